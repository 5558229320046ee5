import { X509Certificate } from 'node:crypto';
import { isMapping } from '../classify.ts';
import type { Credential } from './access.ts';

/**
 * What of a credential has expired by `now` (milliseconds since 1970), as far as it tells: `its token expired on
 * 2026-11-20`. The token is only looked into, not verified: that is the server's affair.
 */
export function expiryOf({ headers, certificate }: Credential, now: number): string | undefined {
  const ends: readonly (readonly [string, number | undefined])[] = [
    ['token', tokenEnd(/^Bearer (.*)/.exec(String(headers.authorization))?.[1])],
    ['client certificate', certificate && certificateEnd(certificate.cert)],
  ];
  for (const [what, end] of ends)
    if (end !== undefined && end < now)
      return `its ${what} expired on ${new Date(end).toISOString().slice(0, 10)}`;
  return undefined;
}

/** The claim `exp` of a JSON Web Token, in milliseconds since 1970; undefined for another token, or one without it. */
export function tokenEnd(token = ''): number | undefined {
  const payload = /^[\w-]+\.([\w-]+)\.[\w-]*$/.exec(token)?.[1];
  if (payload === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const end = isMapping(claims) && typeof claims.exp === 'number' ? claims.exp * 1000 : Number.NaN;
    return Math.abs(end) < 8.64e15 ? end : undefined;
  } catch {
    return undefined;
  }
}

function certificateEnd(pem: string): number | undefined {
  try {
    return Date.parse(new X509Certificate(pem).validTo);
  } catch {
    return undefined;
  }
}

import type { JwtRule } from '../../model/kinds.gen.ts';
import type { At } from '../../model/paths.ts';

/** Where the keys come from that tokens of an issuer are checked with. */
export interface KeySource {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  /** Whether the issuer is asked first where its keys are (OpenID discovery). */
  readonly discovered: boolean;
  readonly at: At;
}

/**
 * The server of the keys; undefined where the rule carries them, or where no URL can be read. Mirrors `ParseJwksURI` in
 * pkg/config/security/security.go and `GetPublicKey` in pilot/pkg/model/jwks_resolver.go.
 */
export function keySource(rule: JwtRule): KeySource | undefined {
  if ((rule.jwks ?? '') !== '') return undefined;
  const key = (['jwksUri', 'jwks_uri', 'issuer'] as const).find((name) => (rule[name] ?? '') !== '');
  if (key === undefined || !URL.canParse(rule[key] ?? '')) return undefined;
  const { protocol, hostname, port } = new URL(rule[key] ?? '');
  if ((protocol !== 'http:' && protocol !== 'https:') || hostname === '') return undefined;
  const scheme = protocol === 'http:' ? 'http' : 'https';
  return {
    scheme,
    host: hostname,
    port: port === '' ? (scheme === 'http' ? 80 : 443) : Number(port),
    discovered: key === 'issuer',
    at: { owner: rule, key, part: 'value' },
  };
}

/** The switch that lets proxies fetch keys instead of istiod (pilot/pkg/features/pilot.go). */
const FETCH_MODE = 'PILOT_JWT_ENABLE_REMOTE_JWKS';

/** Whether proxies may fetch the keys, over connections of the mesh where the server is part of it. */
export function proxiesFetchKeys(environment: ReadonlyMap<string, string>): boolean {
  return /^(?:envoy|hybrid|true)$/i.test(environment.get(FETCH_MODE) ?? '');
}

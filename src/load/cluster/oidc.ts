// The auth-provider for OpenID Connect (client-go: plugin/pkg/client/auth/oidc), as far as it changes nothing: a token that
// has expired is not renewed. Many providers take a refresh-token only once, and who does not write the new one into the
// kubeconfig signs kubectl out.
import { ClusterError } from './cluster-error.ts';
import { tokenEnd } from './expiry.ts';
import { type Fields, upperFirst } from './fields.ts';

/** Milliseconds before its end from which on a token counts as expired, as in client-go: clocks differ. */
const SLACK = 10_000;

export interface IdToken {
  readonly token: string;
  /** Milliseconds since 1970 from when on it is not to be sent. */
  readonly expires: number;
}

/** The token of a user with this auth-provider. Throws a `ClusterError` for one that is missing, expired or none. */
export function idTokenOf(user: Fields): IdToken {
  const token = user.map('auth-provider')?.map('config')?.text('id-token');
  const fail = (message: string): ClusterError =>
    new ClusterError('unauthorized', `${upperFirst(message)}.`, adviceFor(user));
  if (token === undefined) throw fail(`${user.place} has no id-token`);
  const end = tokenEnd(token);
  if (end === undefined) throw fail(`the id-token of ${user.place} does not tell when it expires`);
  const expires = end - SLACK;
  const now = Date.now();
  if (now < expires) return { token, expires };
  const [day, time = ''] = new Date(end).toISOString().split('T');
  const when = end < now ? `expired on ${day} at ${time.slice(0, 5)} UTC` : 'is about to expire';
  throw fail(`the id-token of ${user.place} ${when}`);
}

/** What to do about a token that is not taken (any more). */
export function adviceFor(user: Fields): string {
  const config = user.map('auth-provider')?.map('config');
  const isRenewed = ['refresh-token', 'idp-issuer-url', 'client-id'].every((key) =>
    config?.keys.includes(key),
  );
  return isRenewed
    ? 'Any kubectl command that asks this cluster renews an expired one, such as "kubectl get namespaces" with the same context; meshlint never writes a kubeconfig. Where that fails, sign in again.'
    : 'Sign in again, so that a new one is written there, or use an exec plugin such as kubelogin, which renews it by itself.';
}

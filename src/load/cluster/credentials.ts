// From a user of a kubeconfig to what proves who asks (client-go: clientcmd's getUserIdentificationPartialConfig).
import type { Credential, Credentials, Environment } from './access.ts';
import { ClusterError } from './cluster-error.ts';
import { execCredentials } from './exec-credentials.ts';
import { type Fields, upperFirst } from './fields.ts';
import type { Entry } from './kubeconfig-file.ts';
import { adviceFor, idTokenOf } from './oidc.ts';
import { type PemSource, pathIn, pemSource, readNamedFile, readPem } from './pem.ts';
import { type Reading, rereading } from './reread.ts';

export interface CredentialsOptions {
  /** For messages: `user "alice"`. */
  readonly who: string;
  /** The server is reached by TLS: over anything else nobody tells who he is. */
  readonly secure: boolean;
  readonly environment: Environment;
  /** Paths start here; undefined where there are none. */
  readonly folder?: string;
  /** Reads the user again, from where it was read. */
  readonly reread?: () => Promise<Fields>;
  /** Milliseconds that a plugin may take, where that is more than the usual; half of `--timeout`. */
  readonly patience?: number;
  /** What to do when the server rejects what is written down, where it is not the usual. */
  readonly advice?: string;
  /** For plugins that want to know what they sign in to. */
  readonly cluster?: Entry;
}

/** Fields that do not say how a user proves who he is. */
const OTHER_FIELDS = new Set(['as', 'as-uid', 'as-groups', 'as-user-extra', 'extensions']);

/** Checks how the user proves who he is, without doing it. Throws a `ClusterError` for ways that are not supported. */
export function credentialsOf(user: Fields, options: CredentialsOptions): Credentials {
  const { who, secure, folder, reread = () => Promise.resolve(user) } = options;
  const impersonation = impersonationOf(user);
  // As client-go has it: over http, what proves who asks is not even looked at.
  if (!secure)
    return fixed(who, impersonation, 'Over http no credentials are ever sent; use an address with https.');
  const token = user.text('token');
  const tokenFile = user.text('tokenFile');
  const name = user.text('username');
  const password = user.text('password');
  const cert = pemSource(user, 'client-certificate', folder);
  const key = cert && pemSource(user, 'client-key', folder);
  const exec = user.map('exec');
  const provider = user.map('auth-provider');
  const hasToken = token !== undefined || tokenFile !== undefined;
  const hasPassword = name !== undefined || password !== undefined;
  if (hasToken && hasPassword) throw wrongUser(user, 'a token and a password', 'Remove one of them.');
  if (cert !== undefined && key === undefined)
    throw wrongUser(user, 'a client certificate without its key', 'Add client-key or client-key-data.');
  if (exec !== undefined && provider !== undefined)
    throw wrongUser(user, 'an auth-provider and an exec plugin', 'Remove one of them.');
  if (provider !== undefined && provider.text('name') !== 'oidc') throw unknownProvider(user, provider);
  // What is written down wins over a plugin, and over an id-token where both would be sent in the same header.
  const hasIdToken = provider !== undefined && !hasToken && name === undefined;
  const isStatic = hasToken || name !== undefined || cert !== undefined || hasIdToken;
  if (exec !== undefined && !isStatic) return execCredentials(exec, { ...options, headers: impersonation });
  if (!isStatic) {
    const unknown = user.keys.filter((field) => !OTHER_FIELDS.has(field) && !field.startsWith('client-key'));
    if (unknown.length > 0)
      throw new ClusterError(
        'unsupported',
        `${upperFirst(user.place)} has no credentials that meshlint knows: ${unknown.join(', ')}.`,
        'Use a token, a client certificate, a password or an exec plugin.',
      );
    return fixed(who, impersonation, 'The context has a user without credentials: give it some.');
  }
  const read = async (): Promise<Reading<Credential>> => {
    const idToken = hasIdToken ? idTokenOf(await reread()) : undefined;
    const bearer =
      idToken?.token ??
      (tokenFile === undefined ? token : await readToken(pathIn(folder, tokenFile), token, user));
    const authorization =
      bearer !== undefined
        ? `Bearer ${bearer}`
        : name !== undefined
          ? `Basic ${Buffer.from(`${name}:${password ?? ''}`).toString('base64')}`
          : undefined;
    return {
      value: {
        headers: {
          ...impersonation,
          ...(authorization !== undefined && { authorization: checkHeader(authorization, user) }),
        },
        ...(cert !== undefined &&
          key !== undefined && { certificate: await readCertificate(cert, key, user) }),
      },
      ...(idToken !== undefined && { expires: idToken.expires }),
    };
  };
  if (hasIdToken) return { ...fromFiles(user.place, read, adviceFor(user)), proof: 'id-token' };
  const { advice = 'They may have expired: sign in again, or renew them in the kubeconfig.' } = options;
  const hasFiles = tokenFile !== undefined || [cert, key].some((source) => source && 'path' in source);
  return hasFiles ? fromFiles(who, read, advice) : once(who, read, advice);
}

function fixed(who: string, headers: Credential['headers'], advice: string): Credentials {
  return once(who, () => Promise.resolve({ value: { headers } }), advice);
}

function once(who: string, read: () => Promise<Reading<Credential>>, advice: string): Credentials {
  let reading: Promise<Reading<Credential>> | undefined;
  return {
    who,
    advice,
    async current() {
      reading ??= read();
      return (await reading).value;
    },
    renew: () => Promise.resolve(undefined),
  };
}

function fromFiles(who: string, read: () => Promise<Reading<Credential>>, advice: string): Credentials {
  const { current, again } = rereading(read);
  return {
    who,
    advice,
    current,
    async renew(used) {
      const credential = await again();
      return credential === used ? undefined : credential;
    },
  };
}

/** The token in a file; that of the kubeconfig itself as long as there is none. */
async function readToken(path: string, other: string | undefined, user: Fields): Promise<string> {
  const file = readNamedFile(path, user, 'tokenFile');
  const token = (await (other === undefined ? file : file.catch(() => other))).trim() || other;
  if (token !== undefined) return token;
  throw new ClusterError(
    'kubeconfig',
    `${path}, the tokenFile of ${user.place}, is empty.`,
    'Write a token into it, or name another file.',
  );
}

async function readCertificate(
  cert: PemSource,
  key: PemSource,
  user: Fields,
): Promise<{ cert: string; key: string }> {
  return {
    cert: await readPem(cert, user, 'client-certificate'),
    key: await readPem(key, user, 'client-key'),
  };
}

/** A header of other characters would be refused by Node.js, in words that nobody understands. */
function checkHeader(value: string, user: Fields, what = 'token'): string {
  if (/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) return value;
  throw new ClusterError(
    'kubeconfig',
    `The ${what} of ${user.place} holds characters that cannot be sent, such as line breaks.`,
    'Write it again, in one line.',
  );
}

/** Who else to act as. */
function impersonationOf(user: Fields): Record<string, string | string[]> {
  // Names go over the wire in UTF-8; Node.js takes each character of a header for a byte.
  const send = (name: string): string =>
    checkHeader(Buffer.from(name).toString('latin1'), user, 'name to act as');
  const name = user.text('as');
  if (name === undefined && ['as-uid', 'as-groups', 'as-user-extra'].some((key) => user.keys.includes(key)))
    throw wrongUser(user, 'groups or the like to act as, and no user', 'Add as.');
  const uid = user.text('as-uid');
  const groups = user.texts('as-groups');
  const extra = user.map('as-user-extra');
  const headers: Record<string, string | string[]> = {
    ...(name !== undefined && { 'impersonate-user': send(name) }),
    ...(uid !== undefined && { 'impersonate-uid': send(uid) }),
    ...(groups.length > 0 && { 'impersonate-group': groups.map(send) }),
  };
  for (const key of extra?.keys ?? []) {
    const escaped = encodeURIComponent(key).replace(/[()]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`);
    headers[`impersonate-extra-${escaped}`] = (extra?.texts(key) ?? []).map(send);
  }
  return headers;
}

function wrongUser(user: Fields, what: string, help: string): ClusterError {
  return new ClusterError('kubeconfig', `${upperFirst(user.place)} has ${what}.`, help);
}

function unknownProvider(user: Fields, provider: Fields): ClusterError {
  return new ClusterError(
    'unsupported',
    `${upperFirst(user.place)} signs in with the auth-provider "${provider.text('name') ?? ''}", which is not supported.`,
    'Sign in with an exec plugin instead: the tool of your cloud writes a kubeconfig with one.',
  );
}

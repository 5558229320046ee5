// From a context of a kubeconfig to what is needed to talk to its API server.
import type { ClusterAccess, Environment, TlsSettings } from './access.ts';
import { ClusterError } from './cluster-error.ts';
import { credentialsOf } from './credentials.ts';
import { createFields, type Fields, upperFirst } from './fields.ts';
import type { Entry, Kubeconfig } from './kubeconfig-file.ts';
import { type PemSource, pemSource, readPem } from './pem.ts';
import { proxyFor } from './proxy.ts';
import { rereading } from './reread.ts';

export interface AccessOptions {
  readonly environment: Environment;
  /** Reads the kubeconfig again, for what others renew in it. */
  readonly reread?: () => Promise<Kubeconfig>;
  /** Milliseconds that a plugin may take, where that is more than the usual. */
  readonly patience?: number;
}

/** Access by a context that exists, of a kubeconfig that a person trusts. Throws a `ClusterError`. */
export async function accessTo(
  kubeconfig: Kubeconfig,
  context: string,
  { environment, reread, patience }: AccessOptions,
): Promise<ClusterAccess> {
  const { namespace, cluster, user } = followContext(kubeconfig, context);
  const { fields, folder } = cluster;
  const server = readServer(fields.text('server') ?? '', fields.place);
  const proxy = proxyFor(server, fields.text('proxy-url'), environment);
  return {
    name: context,
    server,
    ...(namespace !== undefined && { namespace }),
    tls: await readTls(fields, folder),
    ...(proxy !== undefined && { proxy }),
    credentials: credentialsOf(user.fields, {
      who: user.fields.place.replace(/ in .*/s, ''),
      secure: server.protocol === 'https:',
      environment,
      cluster,
      ...(user.folder !== undefined && { folder: user.folder }),
      ...(reread && { reread: async () => followContext(await reread(), context).user.fields }),
      ...(patience !== undefined && { patience }),
    }),
    compression: !fields.flag('disable-compression'),
  };
}

/** The same for a kubeconfig that others wrote: what would run, read files or trust anybody is refused by name. */
export async function foundAccessTo(
  kubeconfig: Kubeconfig,
  context: string,
  environment: Environment,
): Promise<ClusterAccess> {
  const { cluster, user } = followContext(kubeconfig, context);
  refuse(user.fields, 'exec', 'a command to run');
  refuse(user.fields, 'auth-provider', 'an auth-provider');
  for (const key of ['tokenFile', 'client-certificate', 'client-key'])
    refuse(user.fields, key, `a file in ${key}`);
  refuse(cluster.fields, 'certificate-authority', 'a file in certificate-authority');
  if (cluster.fields.flag('insecure-skip-tls-verify'))
    refuse(cluster.fields, 'insecure-skip-tls-verify', 'insecure-skip-tls-verify');
  return accessTo(kubeconfig, context, { environment });
}

function refuse(fields: Fields, key: string, what: string): void {
  if (!fields.keys.includes(key)) return;
  throw new ClusterError(
    'unsupported',
    `${upperFirst(fields.place)} has ${what}: refused in a kubeconfig that was found in a cluster.`,
    'Only tokens, and certificates given as data, are used from there. To read that cluster, name it with --contexts.',
  );
}

function followContext(
  kubeconfig: Kubeconfig,
  name: string,
): { readonly namespace: string | undefined; readonly cluster: Entry; readonly user: Entry } {
  const { fields } = kubeconfig.contexts.get(name) ?? { fields: createFields({}, `context "${name}"`) };
  const find = (what: 'cluster' | 'user', wanted: string): Entry => {
    const found = kubeconfig[`${what}s`].get(wanted);
    if (found !== undefined) return found;
    const named = wanted === '' ? `names no ${what}` : `names the ${what} "${wanted}", which does not exist`;
    const others = [...kubeconfig[`${what}s`].keys()].sort().join(', ');
    const help = others === '' ? `Add the ${what}.` : `Name one of these: ${others}.`;
    throw new ClusterError('context', `${upperFirst(fields.place)} ${named}.`, help);
  };
  const user = fields.text('user');
  return {
    namespace: fields.text('namespace'),
    cluster: find('cluster', fields.text('cluster') ?? ''),
    // Without a user, requests are anonymous.
    user: user === undefined ? { fields: createFields({}, 'an anonymous user') } : find('user', user),
  };
}

/** The address of a server. Throws a `ClusterError`; the address is shown only when it cannot hold a password. */
export function readServer(text: string, place: string): URL {
  const hasProtocol = /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
  // As client-go has it: HOST:PORT alone is plain http, and a path without a protocol is no address.
  const whole = hasProtocol || /[/?#]./.test(text) ? text : `http://${text}`;
  const help = 'Write it as server: https://HOST:PORT.';
  const start = upperFirst(place);
  if (text === '') throw new ClusterError('kubeconfig', `${start} has no server.`, help);
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  if (!url?.hostname) throw new ClusterError('kubeconfig', `The server of ${place} is no address.`, help);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new ClusterError(
      'unsupported',
      `${start} is reached by ${url.protocol}//, which is not supported.`,
      help,
    );
  if (url.username !== '' || url.password !== '')
    throw new ClusterError(
      'unsupported',
      `${start} has a user name or password in its address.`,
      'Put username and password into a user of the kubeconfig.',
    );
  url.search = '';
  url.hash = '';
  return url;
}

async function readTls(fields: Fields, folder: string | undefined): Promise<TlsSettings> {
  const source = pemSource(fields, 'certificate-authority', folder);
  const insecure = fields.flag('insecure-skip-tls-verify');
  const serverName = fields.text('tls-server-name');
  if (insecure && source !== undefined)
    throw new ClusterError(
      'kubeconfig',
      `${upperFirst(fields.place)} has certificate-authority and insecure-skip-tls-verify.`,
      'Remove insecure-skip-tls-verify: with the certificate authority, the server can be verified.',
    );
  if (serverName?.includes('://'))
    throw new ClusterError(
      'unsupported',
      `The tls-server-name of ${fields.place} is the address of an identity (SPIFFE, for example), which cannot be verified here.`,
      "Use a DNS name or an IP address that the server's certificate holds.",
    );
  return {
    ...(source !== undefined && (await authorityOf(source, fields))),
    ...(serverName !== undefined && { serverName }),
    insecure,
  };
}

async function authorityOf(source: PemSource, fields: Fields): Promise<Pick<TlsSettings, 'ca' | 'readCa'>> {
  const { current } = rereading(async () => ({
    value: await readPem(source, fields, 'certificate-authority'),
  }));
  return { ca: await current(), ...('path' in source && { readCa: current }) };
}

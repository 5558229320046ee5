// Kubeconfigs that lead to the API server, by all the ways there are to write one.
import { stringify } from 'yaml';
import type { Certificate } from './certificates.ts';
import { type ClusterOptions, type Door, type Ready, tester } from './options.ts';

export interface KubeconfigOptions {
  /** A context for each, named like the cluster; the first is the current one. `main` by default. */
  readonly clusters?: readonly string[];
  readonly door?: Door;
  /** The name of a user of the cluster; `tester` by default. */
  readonly user?: string;
  /** How the user proves that. A token by default. */
  readonly credentials?: 'token' | 'certificate' | 'unknown certificate' | 'wrong token' | 'none';
  /** Whether the authority is named that signed the server's certificate. */
  readonly authority?: 'right' | 'none' | 'insecure';
  /** `tls-server-name`. */
  readonly serverName?: string;
  readonly proxy?: 'open' | 'guarded' | 'guarded, with credentials';
  /** Of the contexts. */
  readonly namespace?: string;
  /** Fields of the cluster, added or replaced as they are written. */
  readonly cluster?: Readonly<Record<string, unknown>>;
  /** All fields of the user, instead of credentials. */
  readonly userFields?: Readonly<Record<string, unknown>>;
}

export interface KnownServer {
  readonly url: (cluster: string, door?: Door) => string;
  readonly ca: string;
  readonly client: Certificate;
  readonly stranger: Certificate;
  readonly ports: Ready['ports'];
  readonly clusters: Readonly<Record<string, ClusterOptions>>;
}

/** The text of a kubeconfig. */
export function kubeconfigOf(wanted: KubeconfigOptions, server: KnownServer): string {
  const { clusters = ['main'], door = 'tls' } = wanted;
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    preferences: {},
    'current-context': clusters[0],
    contexts: clusters.map((name) => ({
      name,
      context: {
        cluster: name,
        user: `${name}-user`,
        ...(wanted.namespace === undefined ? {} : { namespace: wanted.namespace }),
      },
    })),
    clusters: clusters.map((name) => ({
      name,
      cluster: {
        server: server.url(name, door),
        ...authorityOf(wanted.authority ?? (door === 'plain' ? 'none' : 'right'), server),
        ...(wanted.serverName === undefined ? {} : { 'tls-server-name': wanted.serverName }),
        ...proxyOf(wanted.proxy, server),
        ...wanted.cluster,
      },
    })),
    users: clusters.map((name) => ({
      name: `${name}-user`,
      user: wanted.userFields ?? credentialsOf(wanted, server, name),
    })),
  });
}

function authorityOf(
  authority: NonNullable<KubeconfigOptions['authority']>,
  { ca }: KnownServer,
): Readonly<Record<string, unknown>> {
  if (authority === 'insecure') return { 'insecure-skip-tls-verify': true };
  return authority === 'right' ? { 'certificate-authority-data': base64(ca) } : {};
}

function proxyOf(
  proxy: KubeconfigOptions['proxy'],
  { ports }: KnownServer,
): Readonly<Record<string, unknown>> {
  if (proxy === undefined) return {};
  const credentials = proxy === 'guarded, with credentials' ? 'proxy:secret@' : '';
  const port = proxy === 'open' ? ports.proxy : ports.guardedProxy;
  return { 'proxy-url': `http://${credentials}127.0.0.1:${port}` };
}

function credentialsOf(
  { credentials = 'token', user = tester.name }: KubeconfigOptions,
  server: KnownServer,
  cluster: string,
): Readonly<Record<string, unknown>> {
  switch (credentials) {
    case 'none':
      return {};
    case 'wrong token':
      return { token: 'token-of-nobody' };
    case 'certificate':
    case 'unknown certificate': {
      const { cert, key } = credentials === 'certificate' ? server.client : server.stranger;
      return { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) };
    }
    case 'token': {
      const known = [tester, ...(server.clusters[cluster]?.users ?? [])];
      return { token: known.find(({ name }) => name === user)?.token ?? `token-of-${user}` };
    }
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

// Through which proxy a server is reached (Go: golang.org/x/net/http/httpproxy, which kubectl uses).
import { BlockList, isIP } from 'node:net';
import type { Environment } from './access.ts';
import { ClusterError } from './cluster-error.ts';

/**
 * The proxy on the way to `server`: the one of its kubeconfig (`explicit`, which asks nobody else), else `HTTPS_PROXY`,
 * unless `NO_PROXY` names the server. Throws a `ClusterError` for proxies that speak no HTTP.
 */
export function proxyFor(
  server: URL,
  explicit: string | undefined,
  environment: Environment,
): URL | undefined {
  if (explicit !== undefined) return parseProxy(explicit, 'proxy-url of the kubeconfig');
  const name = server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const wanted = environment[name] || environment[name.toLowerCase()];
  if (!wanted || isLocal(server) || isExcluded(server, environment.NO_PROXY || environment.no_proxy || ''))
    return undefined;
  // Only here may the protocol be left out.
  return parseProxy(wanted.includes('://') ? wanted : `http://${wanted}`, name);
}

function parseProxy(text: string, origin: string): URL {
  const url = text.includes('://') && URL.canParse(text) ? new URL(text) : undefined;
  if (url?.hostname) {
    if (url.protocol === 'http:' || url.protocol === 'https:') return url;
    throw new ClusterError(
      'unsupported',
      `Proxies of the kind ${url.protocol}// are not supported (${origin}: ${url.host}).`,
      'Use a proxy that speaks HTTP, or open the way with "kubectl proxy" and a context with that address.',
    );
  }
  // It is not shown: it may hold a password.
  throw new ClusterError('proxy', `${origin} is no address of a proxy.`, 'Write it as http://HOST:PORT.');
}

/** The host of an address as sockets want it: an IPv6 address without brackets. */
export function hostOf({ hostname }: URL): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

export function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** No proxy ever stands between a machine and itself. */
function isLocal(server: URL): boolean {
  const host = hostOf(server);
  return host === 'localhost' || contains(loopback, host);
}

function contains(list: BlockList, host: string): boolean {
  const version = isIP(host);
  return version !== 0 && list.check(host, version === 4 ? 'ipv4' : 'ipv6');
}

/** `NO_PROXY`: names (with those below), `.names` (only those below), addresses, ranges, each with or without a port; `*`. */
function isExcluded(server: URL, noProxy: string): boolean {
  const host = hostOf(server).toLowerCase();
  return noProxy
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => {
      if (entry === '') return false;
      if (entry === '*') return true;
      const range = /^(.+)\/(\d+)$/.exec(entry);
      if (range !== null) return isInRange(host, range[1] ?? '', Number(range[2]));
      const [, name = '', port] = /^(\[.+\]|[^:]+|.*:.*:.*?)(?::(\d+))?$/.exec(entry) ?? [];
      if (port !== undefined && Number(port) !== portOf(server)) return false;
      const plain = name.replace(/^\[(.*)\]$/, '$1').replace(/^\*\./, '.');
      return plain.startsWith('.') ? host.endsWith(plain) : host === plain || host.endsWith(`.${plain}`);
    });
}

function isInRange(host: string, network: string, prefix: number): boolean {
  const version = isIP(network);
  if (version === 0 || prefix > (version === 4 ? 32 : 128)) return false;
  const range = new BlockList();
  range.addSubnet(network, prefix, version === 4 ? 'ipv4' : 'ipv6');
  return contains(range, host);
}

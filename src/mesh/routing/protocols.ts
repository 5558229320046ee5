import { nearestName } from '../../model/near.ts';

/** What a port of a Service speaks, as istiod decides it (pkg/config/protocol, pkg/config/kube/conversion.go). */
export type Protocol =
  | 'UDP'
  | 'TCP'
  | 'HTTP'
  | 'HTTP_PROXY'
  | 'HTTP2'
  | 'HTTPS'
  | 'GRPC'
  | 'GRPC-Web'
  | 'TLS'
  | 'Mongo'
  | 'Redis'
  | 'MySQL'
  | 'Unsupported';

/** How traffic of a protocol is treated; `sniffed`: the proxy finds out from the first bytes. */
export type ProtocolFamily = 'http' | 'tls' | 'tcp' | 'udp' | 'sniffed';

const byPrefix: ReadonlyMap<string, Protocol> = new Map([
  ['tcp', 'TCP'],
  ['udp', 'UDP'],
  ['grpc', 'GRPC'],
  ['http', 'HTTP'],
  ['http2', 'HTTP2'],
  ['http_proxy', 'HTTP_PROXY'],
  ['https', 'HTTPS'],
  ['tls', 'TLS'],
  ['mongo', 'Mongo'],
  ['redis', 'Redis'],
  ['mysql', 'MySQL'],
]);

/** What a name or `appProtocol` may begin with. */
export const protocolNames: readonly string[] = [...byPrefix.keys(), 'grpc-web'].sort();

/** Names that Kubernetes itself gives to protocols; they stand in `appProtocol` only. */
const byAppProtocol: ReadonlyMap<string, Protocol> = new Map([
  ['kubernetes.io/h2c', 'HTTP2'],
  ['kubernetes.io/ws', 'HTTP'],
  ['kubernetes.io/wss', 'HTTPS'],
]);

/** Ports of protocols in which the server speaks first: never sniffed, taken as TCP (smtp, dns, mysql, mongo). */
const serverFirst: ReadonlySet<number> = new Set([25, 53, 3306, 27017]);

const families: Readonly<Record<Protocol, ProtocolFamily>> = {
  UDP: 'udp',
  TCP: 'tcp',
  HTTP: 'http',
  HTTP_PROXY: 'http',
  HTTP2: 'http',
  HTTPS: 'tls',
  GRPC: 'http',
  'GRPC-Web': 'http',
  TLS: 'tls',
  Mongo: 'tcp',
  Redis: 'tcp',
  MySQL: 'tcp',
  Unsupported: 'sniffed',
};

interface Port {
  readonly name?: string;
  readonly appProtocol?: string;
  readonly protocol?: string;
  readonly port?: number;
}

/** The protocol of a Service port; `Unsupported` means that nothing says it and the proxy has to sniff. */
export function protocolOf(port: Port): Protocol {
  if (port.protocol === 'UDP') return 'UDP';
  const { appProtocol } = port;
  const named = appProtocol === undefined ? undefined : byAppProtocol.get(appProtocol);
  if (named !== undefined) return named;
  const protocol = parseProtocol(appProtocol ?? port.name ?? '');
  return protocol === 'Unsupported' && serverFirst.has(port.port ?? 0) ? 'TCP' : protocol;
}

/** The protocol that a text such as `http-web` or `grpc` begins with. */
export function parseProtocol(text: string): Protocol {
  const lower = text.toLowerCase();
  if (lower.startsWith('grpc-web')) return 'GRPC-Web';
  const [prefix = ''] = lower.split('-', 1);
  return byPrefix.get(prefix) ?? 'Unsupported';
}

/** How the traffic of a protocol is treated. */
export function familyOf(protocol: Protocol): ProtocolFamily {
  return families[protocol];
}

/** Kubernetes allows no longer names. */
const longestPortName = 15;

/** A name for a port that says its protocol: what was probably meant, else HTTP. */
export function suggestPortName(name: string): string {
  const lower = name.toLowerCase();
  if (lower === '') return 'http';
  const [prefix = '', ...rest] = lower.split('-');
  const meant = nearestName(prefix, byPrefix.keys());
  if (meant !== undefined) return [meant, ...rest].join('-').slice(0, longestPortName);
  // `web-http` says it at the wrong end.
  const last = rest.at(-1) ?? '';
  const protocol = byPrefix.get(last);
  if (protocol !== undefined) {
    const turned = [last, prefix, ...rest.slice(0, -1)].join('-');
    // grpc-web is a protocol of its own.
    return parseProtocol(turned) === protocol ? turned : last;
  }
  const suggestion = `http-${lower}`;
  return suggestion.length > longestPortName ? 'http' : suggestion;
}

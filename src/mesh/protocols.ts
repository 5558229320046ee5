/** What a port of a Service speaks, as istiod decides it (pkg/config/protocol, pilot/pkg/serviceregistry/kube/conversion.go). */
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

const byPrefix: Readonly<Record<string, Protocol>> = {
  tcp: 'TCP',
  udp: 'UDP',
  grpc: 'GRPC',
  http: 'HTTP',
  http2: 'HTTP2',
  http_proxy: 'HTTP_PROXY',
  https: 'HTTPS',
  tls: 'TLS',
  mongo: 'Mongo',
  redis: 'Redis',
  mysql: 'MySQL',
};

const byAppProtocol: Readonly<Record<string, Protocol>> = {
  'kubernetes.io/h2c': 'HTTP2',
  'kubernetes.io/ws': 'HTTP',
  'kubernetes.io/wss': 'HTTPS',
};

/** Ports of protocols in which the server speaks first: never sniffed, taken as TCP (smtp, dns, mysql, mongo). */
const serverFirst: ReadonlySet<number> = new Set([25, 53, 3306, 27017]);

interface Port {
  readonly name?: string;
  readonly appProtocol?: string;
  readonly protocol?: string;
  readonly port?: number;
}

/** The protocol of a Service port; `Unsupported` means that the name says nothing and the proxy has to sniff. */
export function protocolOf(port: Port): Protocol {
  if (port.protocol === 'UDP') return 'UDP';
  const text = port.appProtocol ?? port.name ?? '';
  const protocol = byAppProtocol[text] ?? parseProtocol(text);
  return protocol === 'Unsupported' && serverFirst.has(port.port ?? 0) ? 'TCP' : protocol;
}

/** The protocol that a text such as `http-web` or `grpc` begins with. */
export function parseProtocol(text: string): Protocol {
  const lower = text.toLowerCase();
  if (lower.startsWith('grpc-web')) return 'GRPC-Web';
  const [prefix = ''] = lower.split('-', 1);
  return Object.hasOwn(byPrefix, prefix) ? (byPrefix[prefix] ?? 'Unsupported') : 'Unsupported';
}

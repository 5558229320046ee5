import { type Fault, quoted } from './fault.ts';
import { isDnsLabel } from './names.ts';

/** A port number (`ValidatePort`, config/validation/agent). */
export function portFault(port: number): Fault | undefined {
  if (Number.isInteger(port) && port >= 1 && port <= 65535) return undefined;
  return { problem: `${port} is not a port number`, help: 'Write a number from 1 to 65535' };
}

/** The name of a port (`ValidatePortName`, config/validation). */
export function portNameFault(name: string): Fault | undefined {
  if (isDnsLabel(name)) return undefined;
  return {
    problem: name === '' ? 'The port has no name' : `${quoted(name)} is not a valid port name`,
    help: 'Use letters, digits and dashes only, at most 63, with a letter or digit at both ends',
  };
}

const http: ReadonlySet<string> = new Set(['http', 'http2', 'http_proxy', 'grpc', 'grpc-web']);
const tls: ReadonlySet<string> = new Set(['https', 'tls']);
const other: ReadonlySet<string> = new Set(['tcp', 'udp', 'mongo', 'redis', 'mysql']);

/** What a protocol speaks, as far as the checks tell it; undefined for unknown ones (`protocol.Parse`, pkg/config/protocol). */
export function protocolFamily(protocol: string): 'http' | 'tls' | 'other' | undefined {
  const name = protocol.toLowerCase();
  if (http.has(name)) return 'http';
  if (tls.has(name)) return 'tls';
  return other.has(name) ? 'other' : undefined;
}

const advice = 'Write HTTP, HTTP2, GRPC, GRPC-WEB, HTTPS, TLS, TCP, MONGO, REDIS or MYSQL';

/** A protocol that Istio knows. */
export function protocolFault(protocol: string): Fault | undefined {
  if (protocolFamily(protocol) !== undefined) return undefined;
  return {
    problem:
      protocol === '' ? 'The port has no protocol' : `${quoted(protocol)} is not a protocol that Istio knows`,
    help: advice,
  };
}

import type { IstioPort, Kinds } from '../../model/kinds.gen.ts';
import type { ValueReport } from '../value-check.ts';
import { checkConnectionPool } from './shared/connection-pool.ts';
import { type Fault, quoted, refuse } from './shared/fault.ts';
import { checkBindAddress, checkUnixSocket, isUnixSocket } from './shared/listeners.ts';
import { portFault, portNameFault, protocolFamily, protocolFault } from './shared/ports.ts';
import { checkServerTls } from './shared/server-tls.ts';

type Ingress = NonNullable<NonNullable<Kinds['Sidecar']['spec']>['ingress']>[number];

/** Checks the listeners for requests to the workload. */
export function checkIngress(report: ValueReport, ingress: readonly Ingress[]): void {
  const ports = new Set<number>();
  for (const listener of ingress) {
    const { port, defaultEndpoint } = listener;
    if (port === undefined) {
      report.error(listener, 'port', 'The ingress listener has no port', 'Set port.number and port.protocol');
      continue;
    }
    checkSidecarPort(report, port);
    refuse(report, port, 'number', portFault(port.number ?? 0));
    checkBindAddress(report, listener, listener.bind);
    if (port.number !== undefined && ports.has(port.number)) {
      const help = 'Give each listener its own port';
      report.error(port, 'number', `Two ingress listeners have port ${port.number}`, help);
    }
    ports.add(port.number ?? 0);
    if (defaultEndpoint) checkEndpoint(report, listener, defaultEndpoint);
    checkTls(report, listener, port);
    checkConnectionPool(report, listener, 'connectionPool', listener.connectionPool);
    if (listener.connectionPool?.http !== undefined && protocolFamily(port.protocol ?? '') !== 'http') {
      report.warning(
        listener.connectionPool,
        'http',
        `The limits for HTTP have no effect, since the port is ${port.protocol || 'of no stated protocol'}`,
        'Write an HTTP protocol at the port, or keep the limits for tcp only',
      );
    }
  }
}

/** What ports of all listeners have: known protocols, and no port of a workload. */
export function checkSidecarPort(report: ValueReport, port: IstioPort): void {
  const { name, protocol, targetPort = 0 } = port;
  if (name) refuse(report, port, 'name', portNameFault(name));
  // Without a protocol the proxy looks at what comes.
  if (protocol) refuse(report, port, 'protocol', protocolFault(protocol));
  if (targetPort > 0) {
    const help = 'Take targetPort away; ingress listeners have defaultEndpoint';
    report.error(port, 'targetPort', 'targetPort does nothing in a Sidecar', help);
  }
}

const loopback: ReadonlySet<string> = new Set(['', '127.0.0.1', '0.0.0.0', '::1', '::']);
const hostAndPort = /^(?:\[([^[\]]*)\]|([^:[\]]*)):([^:[\]]*)$/;

function checkEndpoint(report: ValueReport, listener: Ingress, endpoint: string): void {
  if (isUnixSocket(endpoint)) checkUnixSocket(report, listener, 'defaultEndpoint', endpoint);
  else refuse(report, listener, 'defaultEndpoint', endpointFault(endpoint));
}

/** The workload itself, by loopback or its own address, and a port of it. */
function endpointFault(endpoint: string): Fault | undefined {
  const help = 'Write 127.0.0.1:port, 0.0.0.0:port, [::1]:port, [::]:port or unix:///path';
  const [, inBrackets, bare, port] = hostAndPort.exec(endpoint) ?? [];
  const host = inBrackets ?? bare;
  if (host === undefined || port === undefined) {
    return { problem: `${quoted(endpoint)} is not an address and a port`, help };
  }
  if (!loopback.has(host)) return { problem: `${quoted(host)} is not the workload itself`, help };
  if (!/^[-+]?\d+$/.test(port))
    return { problem: `${quoted(port)} in ${quoted(endpoint)} is not a port number`, help };
  return portFault(Number(port));
}

const unsupported = [
  'subjectAltNames',
  'httpsRedirect',
  'credentialName',
  'credentialNames',
  'tlsCertificates',
] as const;

function checkTls(report: ValueReport, listener: Ingress, port: IstioPort): void {
  const { tls } = listener;
  if (tls === undefined) return;
  for (const key of unsupported) {
    const value = tls[key];
    if (value === undefined || value === false || (value !== true && value.length === 0)) continue;
    report.error(
      tls,
      key,
      `A Sidecar has no ${key}`,
      key.startsWith('credential') || key === 'tlsCertificates'
        ? 'Mount the certificate, and set serverCertificate and privateKey'
        : `Take ${key} away`,
    );
  }
  if (tls.mode === 'ISTIO_MUTUAL' || tls.mode === 'AUTO_PASSTHROUGH') {
    report.error(tls, 'mode', `A Sidecar cannot use ${tls.mode}`, 'Write SIMPLE, MUTUAL or OPTIONAL_MUTUAL');
  }
  if (protocolFamily(port.protocol ?? '') !== 'tls') {
    report.error(
      listener,
      'tls',
      `The port is ${port.protocol || 'of no stated protocol'}, where tls has no place`,
      'Write protocol HTTPS or TLS, or take tls away',
    );
  }
  checkServerTls(report, tls);
}

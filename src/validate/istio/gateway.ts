import type { Server } from '../../model/kinds.gen.ts';
import type { ValueCheck, ValueReport } from '../value-check.ts';
import { namespacedHostFault } from './shared/domains.ts';
import { quoted, refuse, refuseEach } from './shared/fault.ts';
import { checkBindAddress, checkUnixSocket, isUnixSocket } from './shared/listeners.ts';
import { checkMetadata } from './shared/metadata.ts';
import { labelNameFault } from './shared/names.ts';
import { portFault, protocolFamily, protocolFault } from './shared/ports.ts';
import { checkServerTls, passesThrough } from './shared/server-tls.ts';

/** `ValidateGateway` of config/validation. */
export const checkGateway: ValueCheck<'Gateway'> = ({ body }, report) => {
  const { metadata, spec = {} } = body;
  checkMetadata(report, metadata);
  if (metadata.name !== undefined) {
    refuse(report, metadata, 'name', labelNameFault(metadata.name, 'name of a Gateway'));
  }
  const { servers = [] } = spec;
  if (servers.length === 0) {
    report.error(spec, 'servers', 'The Gateway has no servers', 'Add a server with its port and hosts');
  }
  const names = new Set<string>();
  for (const server of servers) {
    checkServer(report, server);
    const { port } = server;
    if (port?.name === undefined || port.name === '') continue;
    if (names.has(port.name)) {
      const help = 'Give each port its own name';
      report.error(port, 'name', `Two servers have ports with the name ${quoted(port.name)}`, help);
    }
    names.add(port.name);
  }
};

/** `validateServer` of config/validation. */
function checkServer(report: ValueReport, server: Server): void {
  const { hosts = [], tls } = server;
  if (hosts.length === 0) {
    report.error(server, 'hosts', 'The server has no hosts', 'List the hosts it is for, or * for all');
  }
  refuseEach(report, hosts, (host) => namespacedHostFault(host, 'Gateway'));
  checkPort(report, server);
  checkBind(report, server);
  if (tls !== undefined) checkServerTls(report, tls);
  checkTlsFits(report, server);
}

function checkPort(report: ValueReport, { port, bind = '' }: Server): void {
  if (port === undefined) return;
  const { number = 0, protocol = '', targetPort = 0, name } = port;
  refuse(report, port, 'protocol', protocolFault(protocol));
  if (number !== 0 || !isUnixSocket(bind)) refuse(report, port, 'number', portFault(number));
  if (targetPort > 0) {
    const help = 'Take targetPort away; the Service of the gateway has one';
    report.error(port, 'targetPort', 'targetPort does nothing in a Gateway', help);
  }
  if (!name) report.error(port, 'name', 'The port has no name', 'Name it, after its protocol for example');
}

/** `validateServerBind` of config/validation. */
function checkBind(report: ValueReport, server: Server): void {
  const { bind = '', port } = server;
  if (!isUnixSocket(bind)) {
    checkBindAddress(report, server, bind);
    return;
  }
  checkUnixSocket(report, server, 'bind', bind);
  if (port?.number) {
    report.error(port, 'number', `A Unix socket has no port, and this one says ${port.number}`, 'Write 0');
  }
}

/** TLS settings belong to HTTPS and TLS; HTTP may only redirect. */
function checkTlsFits(report: ValueReport, server: Server): void {
  const { port, tls } = server;
  if (port === undefined) {
    report.error(server, 'port', 'The server has no port', 'Set port.number, port.name and port.protocol');
    return;
  }
  const { protocol = '' } = port;
  const family = protocolFamily(protocol);
  if (tls?.httpsRedirect && family !== 'http') {
    report.warning(
      tls,
      'httpsRedirect',
      `Only servers of plain HTTP redirect to HTTPS, and this one is ${protocol || 'of no protocol'}`,
      'Set it at a server with protocol HTTP',
    );
  }
  if (family === 'tls' && tls === undefined) {
    report.error(
      server,
      'tls',
      `The server is ${protocol} and has no tls settings`,
      'Add tls with a mode and certificates',
    );
  } else if (family === 'other' && tls !== undefined) {
    report.error(
      server,
      'tls',
      `${protocol} has no TLS, so tls has no place`,
      'Write protocol TLS, or take tls away',
    );
  } else if (
    family === 'http' &&
    tls !== undefined &&
    !(passesThrough(tls) && !tls.caCertificates && !tls.privateKey && !tls.serverCertificate)
  ) {
    report.error(
      server,
      'tls',
      `${protocol} is plain text, where tls can only set httpsRedirect`,
      'Write protocol HTTPS, or leave httpsRedirect alone under tls',
    );
  }
}

import type { Kinds } from '../../model/kinds.gen.ts';
import type { ValueReport } from '../value-check.ts';
import { namespacedHostFault } from './shared/domains.ts';
import { quoted, refuse, refuseEach } from './shared/fault.ts';
import { checkBindAddress, checkUnixSocket, isUnixSocket } from './shared/listeners.ts';
import { enumFault } from './shared/names.ts';
import { portFault } from './shared/ports.ts';
import { checkSidecarPort } from './sidecar-ingress.ts';

type Egress = NonNullable<NonNullable<Kinds['Sidecar']['spec']>['egress']>[number];

/** Checks the listeners for requests of the workload. */
export function checkEgress(
  report: ValueReport,
  egress: readonly Egress[],
  namespace: string | undefined,
): void {
  const ports = new Set<number>();
  const sockets = new Set<string>();
  for (const [index, listener] of egress.entries()) {
    const { port, bind = '', hosts = [] } = listener;
    refuse(report, listener, 'captureMode', enumFault(listener.captureMode, captureModes, 'captureMode'));
    if (port === undefined) {
      if (index < egress.length - 1) {
        const help = 'Give it a port, or put it last';
        report.error(listener, 'port', 'Only the last egress listener can be without a port', help);
      }
    } else {
      checkSidecarPort(report, port);
      const { number = 0 } = port;
      if (number === 0) checkSocket(report, listener, bind);
      else {
        refuse(report, port, 'number', portFault(number));
        checkBindAddress(report, listener, bind);
      }
      if (number === 0 ? sockets.has(bind) : ports.has(number)) {
        const what = number === 0 ? `bind to ${quoted(bind)}` : `have port ${number}`;
        const [owner, key] = number === 0 ? [listener, 'bind'] : [port, 'number'];
        report.error(owner, key, `Two egress listeners ${what}`, 'Put their hosts into one listener');
      }
      if (number === 0) sockets.add(bind);
      else ports.add(number);
    }
    if (hosts.length === 0) {
      const help = 'List hosts as namespace/host, ./* for all of this namespace';
      report.error(listener, 'hosts', 'The egress listener has no hosts', help);
    }
    refuseEach(report, hosts, (host) => namespacedHostFault(host, 'Sidecar'));
    warnOfRepeatedHosts(report, hosts, namespace);
  }
}

const captureModes = ['DEFAULT', 'IPTABLES', 'NONE'];

/** Port 0 is for Unix sockets, to which no traffic is redirected. */
function checkSocket(report: ValueReport, listener: Egress, bind: string): void {
  if (isUnixSocket(bind)) {
    checkUnixSocket(report, listener, 'bind', bind);
  } else {
    const at = listener.port ?? listener;
    report.error(
      at,
      'number',
      'Port 0 is for listeners on a Unix socket',
      'Write a port, or bind to unix:///path',
    );
  }
  if (listener.captureMode === 'IPTABLES') {
    const help = 'Write DEFAULT or NONE';
    report.error(listener, 'captureMode', 'Nothing can be redirected to a Unix socket', help);
  }
}

function warnOfRepeatedHosts(
  report: ValueReport,
  hosts: readonly string[],
  namespace: string | undefined,
): void {
  const seen = new Map<string, Set<string>>();
  let everything: number | undefined;
  for (const [index, entry] of hosts.entries()) {
    const slash = entry.indexOf('/');
    if (slash === -1 || entry.startsWith('~')) continue;
    const written = entry.slice(0, slash);
    const own = written === '.' ? (namespace ?? '.') : written;
    const host = entry.slice(slash + 1);
    const known = seen.get(own) ?? new Set();
    seen.set(own, known);
    if (known.has(host) || known.has('*') || (host === '*' && known.size > 0)) {
      report.warning(
        hosts,
        index,
        `${quoted(entry)} repeats what other hosts of the listener say`,
        'List every host once, and nothing beside the * of its namespace',
      );
    }
    known.add(host);
    if (own === '*' && host === '*') everything = index;
  }
  if (everything === undefined || seen.size < 2) return;
  report.warning(
    hosts,
    everything,
    '*/* is everything, so the other hosts do nothing',
    'Keep */*, or the other hosts',
  );
}

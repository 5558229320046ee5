import type { WorkloadEntrySpec } from '../../../model/kinds.gen.ts';
import type { ValueReport } from '../../value-check.ts';
import { isIp } from './addresses.ts';
import { domainFault } from './domains.ts';
import { type Fault, quoted, refuse } from './fault.ts';
import { checkLabels } from './labels.ts';
import { checkUnixSocket, isUnixSocket } from './listeners.ts';
import { portFault, portNameFault } from './ports.ts';

interface Options {
  /** Whether the address may be a name to look up. */
  readonly hostNames: boolean;
  /** Names of the ports that the ServiceEntry has; a WorkloadEntry by itself belongs to none. */
  readonly servicePorts?: ReadonlySet<string>;
}

/** Checks where a workload is and which ports it has (`validateWorkloadEntry`, config/validation). */
export function checkEndpoint(report: ValueReport, entry: WorkloadEntrySpec, options: Options): void {
  const { address = '', network, ports } = entry;
  if (address === '' && !network) {
    report.error(
      entry,
      'address',
      'The address is missing',
      'Set address, or network where only that is known',
    );
  } else if (address === '') {
    report.warning(
      entry,
      'network',
      `There is no address, only the network ${quoted(network ?? '')}`,
      'Set address, unless the gateways of the network lead to the workload',
    );
  } else if (isUnixSocket(address)) {
    checkSocket(report, entry, options);
  } else {
    checkAddress(report, entry, options.hostNames);
  }
  checkEndpointPorts(report, ports, options.servicePorts);
  checkLabels(report, entry.labels);
}

/** An IP address, or a host name where that will do. */
export function checkAddress(report: ValueReport, entry: WorkloadEntrySpec, hostNames: boolean): void {
  refuse(report, entry, 'address', addressFault(entry.address ?? '', hostNames));
}

function addressFault(address: string, hostNames: boolean): Fault | undefined {
  if (isIp(address) || (hostNames && domainFault(address) === undefined)) return undefined;
  return {
    problem:
      address === ''
        ? 'The address is missing'
        : `${quoted(address)} is not an IP address${hostNames ? ' or host name' : ''}`,
    help: hostNames
      ? 'Write an IP address or a host name, without a port'
      : 'Write an IP address, or resolve host names by resolution: DNS',
  };
}

function checkSocket(report: ValueReport, entry: WorkloadEntrySpec, { servicePorts }: Options): void {
  const { address = '', ports = {} } = entry;
  checkUnixSocket(report, entry, 'address', address);
  if (Object.keys(ports).length > 0) {
    report.error(entry, 'ports', 'A Unix socket has no ports', 'Take ports away');
  }
  if (servicePorts !== undefined && servicePorts.size !== 1) {
    report.error(
      entry,
      'address',
      `A Unix socket serves one port, and the ServiceEntry has ${servicePorts.size}`,
      'Keep one port in the ServiceEntry',
    );
  }
}

/** Checks the ports of an endpoint by their names. */
export function checkEndpointPorts(
  report: ValueReport,
  ports: Readonly<Record<string, number>> | undefined,
  servicePorts: ReadonlySet<string> | undefined,
): void {
  for (const name in ports) {
    refuse(report, ports, name, portNameFault(name));
    refuse(report, ports, name, portFault(ports[name] ?? 0));
    if (servicePorts === undefined || servicePorts.has(name)) continue;
    report.error(
      ports,
      name,
      `The ServiceEntry has no port with the name ${quoted(name)}`,
      servicePorts.size === 0
        ? 'Add the port to the ServiceEntry'
        : `Write ${[...servicePorts].join(' or ')}`,
    );
  }
}

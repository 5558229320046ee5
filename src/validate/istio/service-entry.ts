import type { Kinds } from '../../model/kinds.gen.ts';
import type { ValueCheck, ValueReport } from '../value-check.ts';
import { checkResolution } from './service-entry-resolution.ts';
import { subnetFault } from './shared/addresses.ts';
import { partialWildcardFault, wildcardDomainFault } from './shared/domains.ts';
import { checkExportTo } from './shared/export-to.ts';
import { quoted, refuse, refuseEach } from './shared/fault.ts';
import { checkWorkloadSelector } from './shared/labels.ts';
import { checkMetadata } from './shared/metadata.ts';
import { enumFault } from './shared/names.ts';
import { portFault, portNameFault, protocolFamily, protocolFault } from './shared/ports.ts';

type Entry = Kinds['ServiceEntry'];
type Spec = NonNullable<Entry['spec']>;

/** `ValidateServiceEntry` of config/validation. */
export const checkServiceEntry: ValueCheck<'ServiceEntry'> = ({ body, namespace }, report) => {
  checkMetadata(report, body.metadata);
  const { spec = {} } = body;
  const { workloadSelector, endpoints, addresses, exportTo, location } = spec;
  const selects = checkWorkloadSelector(report, spec, 'workloadSelector', workloadSelector);
  if (workloadSelector !== undefined && endpoints !== undefined) {
    const help = 'Keep workloadSelector or endpoints';
    report.error(spec, 'endpoints', 'workloadSelector and endpoints are both set', help);
  }
  checkHosts(report, spec);
  refuseEach(report, addresses, subnetFault);
  refuse(report, spec, 'location', enumFault(location, ['MESH_EXTERNAL', 'MESH_INTERNAL'], 'location'));
  checkPorts(report, spec, allocatesAddresses(body));
  checkResolution(report, body, selects);
  checkSharedPorts(report, spec);
  checkExportTo(report, exportTo, namespace, { mayHide: true });
};

function checkHosts(report: ValueReport, spec: Spec): void {
  const { hosts = [], resolution } = spec;
  if (hosts.length === 0) {
    report.error(
      spec,
      'hosts',
      'The ServiceEntry has no hosts',
      'List the names that the service is called by',
    );
  }
  for (const [index, host] of hosts.entries()) {
    if (host === '*') {
      report.error(
        hosts,
        index,
        'A ServiceEntry cannot be for every host',
        'Name a host, or *. and a domain',
      );
      continue;
    }
    if (!refuse(report, hosts, index, wildcardDomainFault(host)) || resolution === 'DYNAMIC_DNS') continue;
    const fault = partialWildcardFault(host);
    if (fault !== undefined) report.warning(hosts, index, fault.problem, fault.help);
  }
}

/** Whether istiod gives the hosts addresses of its own (`shouldV2AutoAllocateIPFromPieces`). */
function allocatesAddresses({ metadata, spec }: Entry): boolean {
  if ((spec?.resolution ?? 'NONE') === 'NONE') return false;
  return metadata.labels?.['networking.istio.io/enable-autoallocate-ip']?.toLowerCase() !== 'false';
}

function checkPorts(report: ValueReport, { ports = [], addresses = [] }: Spec, allocated: boolean): void {
  const names = new Set<string>();
  const numbers = new Set<number>();
  for (const port of ports) {
    const { name = '', number = 0, protocol, targetPort } = port;
    const named = refuse(report, port, 'name', portNameFault(name));
    if (named && names.has(name)) {
      report.error(port, 'name', `Two ports have the name ${quoted(name)}`, 'Give each port its own name');
    }
    const numbered = refuse(report, port, 'number', portFault(number));
    if (numbered && numbers.has(number)) {
      report.error(port, 'number', `Port ${number} is listed twice`, 'List each port once');
    }
    names.add(name);
    numbers.add(number);
    if (targetPort) refuse(report, port, 'targetPort', portFault(targetPort));
    if (protocol) refuse(report, port, 'protocol', protocolFault(protocol));
    if (addresses.length > 0 || allocated || (protocol && protocol !== 'TCP')) continue;
    report.warning(
      port,
      protocol === undefined ? 'name' : 'protocol',
      `Port ${quoted(name)} carries ${protocol ? 'TCP' : 'a protocol that is not stated'}, and the hosts have no addresses to tell it by`,
      'Write addresses, or the protocol if it is HTTP or TLS',
    );
  }
}

/** TCP does not say which of several hosts it is for; without resolution that does not matter. */
function checkSharedPorts(report: ValueReport, { hosts = [], ports = [], resolution = 'NONE' }: Spec): void {
  if (resolution === 'NONE' || hosts.length < 2) return;
  const bad = ports.find(({ protocol = '' }) => {
    const family = protocolFamily(protocol);
    return family !== 'http' && family !== 'tls';
  });
  if (bad === undefined) return;
  report.error(
    bad,
    bad.protocol === undefined ? undefined : 'protocol',
    `${bad.protocol || 'A port without protocol'} does not tell which of ${hosts.length} hosts is meant`,
    'Write a ServiceEntry for each host, or a protocol such as HTTP or TLS',
  );
}

import type { Kinds } from '../../model/kinds.gen.ts';
import type { ValueReport } from '../value-check.ts';
import { domainFault } from './shared/domains.ts';
import { checkAddress, checkEndpoint, checkEndpointPorts } from './shared/endpoints.ts';
import { quoted, refuse } from './shared/fault.ts';
import { checkLabels } from './shared/labels.ts';
import { enumFault } from './shared/names.ts';
import { protocolFamily } from './shared/ports.ts';

type Entry = Kinds['ServiceEntry'];
type Spec = NonNullable<Entry['spec']>;

const resolutions = ['NONE', 'STATIC', 'DNS', 'DNS_ROUND_ROBIN', 'DYNAMIC_DNS'];

/** Checks that hosts, addresses and endpoints fit the resolution. */
export function checkResolution(report: ValueReport, entry: Entry, selects: boolean): void {
  const { spec = {} } = entry;
  const { resolution = 'NONE', addresses = [], endpoints = [], ports = [] } = spec;
  refuse(report, spec, 'resolution', enumFault(spec.resolution, resolutions, 'resolution'));
  const servicePorts = new Set(ports.map(({ name = '' }) => name));
  switch (resolution) {
    case 'NONE':
      checkNone(report, spec, selects);
      return;
    case 'STATIC':
      for (const endpoint of endpoints) checkEndpoint(report, endpoint, { hostNames: false, servicePorts });
      return;
    case 'DNS':
    case 'DNS_ROUND_ROBIN':
      refuseBlocks(report, addresses, resolution);
      checkDns(report, spec, resolution, servicePorts);
      return;
    case 'DYNAMIC_DNS':
      refuseBlocks(report, addresses, resolution);
      checkDynamic(report, entry);
  }
}

function refuseBlocks(report: ValueReport, addresses: readonly string[], resolution: string): void {
  for (const [index, address] of addresses.entries()) {
    if (!address.includes('/')) continue;
    report.error(
      addresses,
      index,
      `${quoted(address)} is a block of addresses, which ${resolution} cannot use`,
      'Write single addresses, or resolution NONE or STATIC',
    );
  }
}

function checkNone(report: ValueReport, spec: Spec, selects: boolean): void {
  const stated = spec.resolution === undefined ? 'Without resolution' : 'With resolution NONE';
  if ((spec.endpoints ?? []).length > 0) {
    const problem = `${stated}, requests go where they were sent to, and endpoints have no place`;
    report.error(spec, 'endpoints', problem, 'Write resolution: STATIC or DNS, or take endpoints away');
  }
  if (selects) {
    const problem = `${stated}, requests go where they were sent to, and workloadSelector does nothing`;
    report.warning(spec, 'workloadSelector', problem, 'Write resolution: STATIC');
  }
}

function checkDns(
  report: ValueReport,
  spec: Spec,
  resolution: string,
  servicePorts: ReadonlySet<string>,
): void {
  const { hosts = [], addresses = [], endpoints = [], ports = [] } = spec;
  if (endpoints.length === 0) {
    for (const [index, host] of hosts.entries()) {
      // Anything but a wildcard is reported as a bad host.
      if (!host.includes('*') || host === '*' || domainFault(host) === undefined) continue;
      report.error(
        hosts,
        index,
        `${quoted(host)} cannot be looked up, and there are no endpoints`,
        'Name the host, add endpoints, or use resolution DYNAMIC_DNS or NONE',
      );
    }
  }
  if (resolution === 'DNS_ROUND_ROBIN' && endpoints.length > 1) {
    const help = 'Keep one endpoint, or use resolution DNS';
    report.error(
      spec,
      'endpoints',
      `DNS_ROUND_ROBIN has ${endpoints.length} endpoints, and can have one`,
      help,
    );
  }
  for (const endpoint of endpoints) {
    checkAddress(report, endpoint, true);
    checkLabels(report, endpoint.labels);
    checkEndpointPorts(report, endpoint.ports, servicePorts);
  }
  const tcp = ports.some(({ protocol = '' }) => {
    const family = protocolFamily(protocol);
    return family === 'tls' || (family === 'other' && protocol.toUpperCase() !== 'UDP');
  });
  if (addresses.length === 0 || hosts.length < 2 || !tcp) return;
  report.warning(
    spec,
    'addresses',
    `The addresses do not tell which of ${hosts.length} hosts a TCP connection is for`,
    'Write a ServiceEntry with its own addresses for each host',
  );
}

const dynamicProtocols: ReadonlySet<string> = new Set(['HTTP', 'TLS', 'GRPC', 'HTTP2']);

/** Each request is looked up by the host it names. */
function checkDynamic(report: ValueReport, { metadata, spec = {} }: Entry): void {
  const { hosts = [], ports = [], location = 'MESH_EXTERNAL' } = spec;
  for (const [index, host] of hosts.entries()) {
    if (host.startsWith('*')) continue;
    const help = 'Write *. and a domain, or resolution DNS';
    report.error(hosts, index, `DYNAMIC_DNS is for wildcards, and ${quoted(host)} is none`, help);
  }
  for (const key of ['addresses', 'endpoints'] as const) {
    if ((spec[key] ?? []).length === 0) continue;
    report.error(spec, key, `DYNAMIC_DNS goes by the hosts, and ${key} have no place`, `Take ${key} away`);
  }
  for (const port of ports) {
    const { protocol = '' } = port;
    if (dynamicProtocols.has(protocol.toUpperCase())) continue;
    report.error(
      port,
      port.protocol === undefined ? undefined : 'protocol',
      `${protocol || 'A port without protocol'} does not say which host it is for, which DYNAMIC_DNS goes by`,
      'Write HTTP, HTTP2, GRPC or TLS',
    );
  }
  const waypoint = metadata.labels?.['istio.io/use-waypoint'] ?? '';
  if (location === 'MESH_INTERNAL' && waypoint !== '' && waypoint.toLowerCase() !== 'none') {
    report.error(
      spec,
      'location',
      'A waypoint cannot look up hosts of the mesh by DYNAMIC_DNS',
      'Write location: MESH_EXTERNAL, or take the label istio.io/use-waypoint away',
    );
  }
}

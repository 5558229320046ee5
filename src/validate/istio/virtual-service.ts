import { isClaimKey } from '../../model/claim-key.ts';
import type { Kinds } from '../../model/kinds.gen.ts';
import type { ValueCheck, ValueReport } from '../value-check.ts';
import { isIp } from './shared/addresses.ts';
import { domainsOverlap, sniDomainFault, wildcardDomainFault } from './shared/domains.ts';
import { checkExportTo } from './shared/export-to.ts';
import { type Fault, quoted, refuse } from './shared/fault.ts';
import { checkMetadata } from './shared/metadata.ts';
import { checkHttpRoute } from './virtual-service-http.ts';
import { checkTcpRoute, checkTlsRoute } from './virtual-service-l4.ts';
import { checkGatewayNames } from './virtual-service-match.ts';

type Spec = NonNullable<Kinds['VirtualService']['spec']>;

/** `ValidateVirtualService` of config/validation. */
export const checkVirtualService: ValueCheck<'VirtualService'> = ({ body, namespace }, report) => {
  checkMetadata(report, body.metadata);
  const { spec = {} } = body;
  const { hosts = [], gateways = [], http = [], tcp = [], tls = [] } = spec;
  const isDelegate = hosts.length === 0;
  const ofGateways = gateways.length > 0 && !gateways.includes('mesh');
  if (isDelegate) checkDelegate(report, spec);
  checkGatewayNames(report, gateways);
  if (!ofGateways) checkClaims(report, spec);
  checkHosts(report, spec, ofGateways);
  if (http.length === 0 && tcp.length === 0 && tls.length === 0) {
    report.error(body, 'spec', 'The VirtualService has no routes', 'Add routes under http, tcp or tls');
  }
  for (const route of http) checkHttpRoute(report, route, isDelegate);
  for (const route of tls) checkTlsRoute(report, route, hosts, gateways.includes('mesh'));
  for (const route of tcp) checkTcpRoute(report, route);
  checkExportTo(report, spec.exportTo, namespace);
};

/** Without hosts it is for another VirtualService to delegate to, which works for HTTP routes only. */
function checkDelegate(report: ValueReport, spec: Spec): void {
  for (const key of ['gateways', 'tls', 'tcp'] as const) {
    if ((spec[key] ?? []).length === 0) continue;
    report.error(
      spec,
      key,
      `A VirtualService without hosts is one to delegate to, which has no ${key}`,
      key === 'gateways' ? 'Take gateways away, or add hosts' : 'Add hosts, or use http routes only',
    );
  }
}

function checkClaims(report: ValueReport, { http = [] }: Spec): void {
  for (const { match = [] } of http) {
    for (const { headers, withoutHeaders } of match) {
      for (const keys of [headers, withoutHeaders]) {
        for (const key in keys) {
          if (!isClaimKey(key)) continue;
          report.error(
            keys,
            key,
            `${quoted(key)} routes by a claim of a JWT, which only gateways do`,
            'Name the gateways under gateways, without mesh',
          );
        }
      }
    }
  }
}

function checkHosts(report: ValueReport, { hosts = [], tls = [] }: Spec, ofGateways: boolean): void {
  const bySni = tls.some(({ match = [] }) => match.some(({ sniHosts = [] }) => sniHosts.length > 0));
  let right = true;
  for (const [index, host] of hosts.entries()) {
    if (isIp(host)) continue;
    const fault =
      ofGateways && bySni
        ? sniDomainFault(host)
        : (wildcardDomainFault(host) ?? everyHostFault(host, ofGateways));
    right = refuse(report, hosts, index, fault) && right;
  }
  if (right) checkOwnOverlaps(report, hosts);
}

function everyHostFault(host: string, ofGateways: boolean): Fault | undefined {
  if (ofGateways || host !== '*') return undefined;
  return {
    problem: 'Host * is for gateways only, and this VirtualService applies to the mesh',
    help: 'Name the hosts, or name gateways, without mesh among them',
  };
}

/** Hosts of one VirtualService must not mean the same names. Each is compared with the wildcards only, and by equality. */
function checkOwnOverlaps(report: ValueReport, hosts: readonly string[]): void {
  const seen = new Set<string>();
  const wildcards: string[] = [];
  for (const [index, host] of hosts.entries()) {
    const wild = host.startsWith('*');
    const rival = seen.has(host)
      ? host
      : (wildcards.find((wildcard) => domainsOverlap(wildcard, host)) ??
        (wild ? hosts.slice(0, index).find((other) => domainsOverlap(other, host)) : undefined));
    seen.add(host);
    if (wild) wildcards.push(host);
    if (rival === undefined) continue;
    report.error(
      hosts,
      index,
      rival === host
        ? `Host ${quoted(host)} is listed twice`
        : `Hosts ${quoted(rival)} and ${quoted(host)} overlap`,
      'Keep one of them, or use a VirtualService for each',
    );
  }
}

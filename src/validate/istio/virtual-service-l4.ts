import type { RouteDestination, VirtualServiceTcp, VirtualServiceTls } from '../../model/kinds.gen.ts';
import type { ValueReport } from '../value-check.ts';
import { isIp, subnetFault } from './shared/addresses.ts';
import { checkDestination, checkWeights } from './shared/destination.ts';
import { domainCovers, sniDomainFault, wildcardDomainFault } from './shared/domains.ts';
import { quoted, refuse, refuseEach } from './shared/fault.ts';
import { checkMatchSource } from './virtual-service-match.ts';

/** `validateTLSRoute` of config/validation. */
export function checkTlsRoute(
  report: ValueReport,
  route: VirtualServiceTls,
  hosts: readonly string[],
  toMesh: boolean,
): void {
  const { match = [], route: destinations = [] } = route;
  if (match.length === 0) {
    report.error(
      route,
      'match',
      'The TLS route has no match',
      'Add a match with the sniHosts that it is for',
    );
  }
  for (const one of match) {
    const { sniHosts = [] } = one;
    if (sniHosts.length === 0) {
      report.error(
        one,
        'sniHosts',
        'The TLS match has no sniHosts',
        'List the host names that clients ask for',
      );
    }
    for (const index of sniHosts.keys()) checkSniHost(report, sniHosts, index, hosts, toMesh);
    refuseEach(report, one.destinationSubnets, subnetFault);
    checkMatchSource(report, one);
  }
  checkDestinations(report, route, destinations, 'TLS');
}

function checkSniHost(
  report: ValueReport,
  sniHosts: readonly string[],
  index: number,
  hosts: readonly string[],
  toMesh: boolean,
): void {
  const host = sniHosts[index] ?? '';
  if (isIp(host)) {
    report.warning(
      sniHosts,
      index,
      `${quoted(host)} is an IP address, which clients do not send as the server name`,
      'Write a host name, or use a tcp route',
    );
    return;
  }
  const fault = toMesh ? wildcardDomainFault(host) : sniDomainFault(host);
  if (!refuse(report, sniHosts, index, fault)) return;
  if (hosts.some((outer) => domainCovers(outer, host))) return;
  report.error(
    sniHosts,
    index,
    `${quoted(host)} is not among the hosts of the VirtualService`,
    'Add it to hosts, or write a host that they cover',
  );
}

/** `validateTCPRoute` of config/validation. */
export function checkTcpRoute(report: ValueReport, route: VirtualServiceTcp): void {
  for (const match of route.match ?? []) {
    refuseEach(report, match.destinationSubnets, subnetFault);
    checkMatchSource(report, match);
  }
  checkDestinations(report, route, route.route ?? [], 'TCP');
}

function checkDestinations(
  report: ValueReport,
  owner: object,
  destinations: readonly RouteDestination[],
  protocol: string,
): void {
  if (destinations.length === 0) {
    report.error(owner, 'route', `The ${protocol} route has no destination`, 'Add one under route');
  }
  for (const entry of destinations) checkDestination(report, entry, entry.destination);
  checkWeights(report, destinations);
}

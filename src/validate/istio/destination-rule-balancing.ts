import type { LoadBalancer, LocalityLoadBalancer } from '../../model/kinds.gen.ts';
import type { ValueReport } from '../value-check.ts';
import { checkDurations, durationSyntaxFault } from './shared/durations.ts';
import { quoted, refuse } from './shared/fault.ts';
import { findLocalityFault } from './shared/localities.ts';
import { enumFault } from './shared/names.ts';
import { checkCounters, percentFault } from './shared/numbers.ts';
import { checkOneOf } from './shared/one-of.ts';

const algorithms = ['UNSPECIFIED', 'LEAST_CONN', 'RANDOM', 'PASSTHROUGH', 'ROUND_ROBIN', 'LEAST_REQUEST'];

/** `validateLoadBalancer` of config/validation. */
export function checkLoadBalancer(
  report: ValueReport,
  balancer: LoadBalancer,
  hasOutlierDetection: boolean,
): void {
  const { consistentHash, localityLbSetting, zoneAwareLbSetting, warmup } = balancer;
  checkOneOf(report, balancer, ['simple', 'consistentHash']);
  refuse(report, balancer, 'simple', enumFault(balancer.simple, algorithms, 'loadBalancer.simple'));
  if (consistentHash !== undefined) checkConsistentHash(report, consistentHash);
  if (localityLbSetting !== undefined && zoneAwareLbSetting !== undefined) {
    report.error(
      balancer,
      'zoneAwareLbSetting',
      'localityLbSetting and zoneAwareLbSetting are both set',
      'Keep one of them',
    );
  }
  if (localityLbSetting !== undefined) {
    checkLocality(report, localityLbSetting);
    checkFailover(report, balancer, 'localityLbSetting', localityLbSetting, hasOutlierDetection);
  }
  if (zoneAwareLbSetting !== undefined) {
    for (const [index, label] of (zoneAwareLbSetting.failoverPriority ?? []).entries()) {
      if (!topology.has(label)) continue;
      report.error(
        zoneAwareLbSetting.failoverPriority ?? [],
        index,
        `${quoted(label)} is what zone aware balancing goes by anyway`,
        'List other labels only',
      );
    }
    checkFailover(report, balancer, 'zoneAwareLbSetting', zoneAwareLbSetting, hasOutlierDetection);
  }
  checkDurations(report, balancer, ['warmupDurationSecs'], durationSyntaxFault);
  if (warmup !== undefined) checkWarmup(report, warmup);
}

function checkWarmup(report: ValueReport, warmup: NonNullable<LoadBalancer['warmup']>): void {
  const { duration, minimumPercent, aggression } = warmup;
  if (duration === undefined) {
    report.error(warmup, 'duration', 'The warm-up has no duration', 'Say how long it takes: duration: 60s');
  }
  checkDurations(report, warmup, ['duration']);
  if (minimumPercent !== undefined) refuse(report, warmup, 'minimumPercent', percentFault(minimumPercent));
  if (aggression === undefined || aggression > 0) return;
  report.error(warmup, 'aggression', `aggression ${aggression} is not above 0`, 'Write a number above 0');
}

/** The next prime above what Envoy allows as the size of a Maglev table. */
const tooLarge = 5_000_011;

function checkConsistentHash(report: ValueReport, hash: NonNullable<LoadBalancer['consistentHash']>): void {
  const { httpCookie, maglev, minimumRingSize } = hash;
  checkOneOf(report, hash, ['httpHeaderName', 'httpCookie', 'useSourceIp', 'httpQueryParameterName']);
  checkOneOf(report, hash, ['ringHash', 'maglev']);
  if (httpCookie !== undefined) checkCookie(report, httpCookie);
  if (minimumRingSize) {
    report.warning(hash, 'minimumRingSize', 'minimumRingSize is deprecated here', 'Write it under ringHash');
    if (hash.ringHash !== undefined || maglev !== undefined) {
      report.error(
        hash,
        'minimumRingSize',
        'minimumRingSize stands beside ringHash or maglev, which choose the algorithm',
        'Write minimumRingSize under ringHash',
      );
    }
  }
  checkCounters(report, hash, ['minimumRingSize']);
  if (hash.ringHash !== undefined) checkCounters(report, hash.ringHash, ['minimumRingSize']);
  if (maglev === undefined) return;
  const { tableSize = 0 } = maglev;
  if (tableSize < tooLarge && isPrime(tableSize)) return;
  report.error(
    maglev,
    'tableSize',
    maglev.tableSize === undefined
      ? 'maglev has no tableSize'
      : `tableSize ${tableSize} does not do for Maglev`,
    'Write a prime number below 5000011, such as 65537',
  );
}

function isPrime(number: number): boolean {
  if (number < 2) return false;
  for (let factor = 2; factor * factor <= number; factor++) if (number % factor === 0) return false;
  return true;
}

type Cookie = NonNullable<NonNullable<LoadBalancer['consistentHash']>['httpCookie']>;

function checkCookie(report: ValueReport, cookie: Cookie): void {
  if (!cookie.name) report.error(cookie, 'name', 'The cookie has no name', 'Set httpCookie.name');
  checkDurations(report, cookie, ['ttl'], durationSyntaxFault);
  const names = new Set<string>();
  for (const attribute of cookie.attributes ?? []) {
    const { name = '' } = attribute;
    if (name === '') {
      report.error(attribute, 'name', 'The attribute of the cookie has no name', 'Name the attribute');
    } else if (names.has(name)) {
      report.error(
        attribute,
        'name',
        `The cookie has the attribute ${quoted(name)} twice`,
        'Keep one of them',
      );
    }
    names.add(name);
  }
}

const topology: ReadonlySet<string> = new Set([
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
  'topology.istio.io/subzone',
]);

/** `ValidateLocalityLbSetting` of config/validation/agent, without its checks of failover. */
function checkLocality(report: ValueReport, locality: LocalityLoadBalancer): void {
  const { distribute = [], failover = [], failoverPriority = [] } = locality;
  if (distribute.length > 0 && failover.length > 0) {
    report.error(locality, 'failover', 'distribute and failover are both set', 'Keep distribute or failover');
  }
  for (const [index, label] of failoverPriority.entries()) {
    if (failover.length === 0 || !topology.has(label)) continue;
    report.error(
      failoverPriority,
      index,
      `${quoted(label)} is what failover goes by already`,
      'List other labels only, or take failover away',
    );
  }
  for (const entry of distribute) {
    const { to = {} } = entry;
    let total = 0;
    for (const target in to) {
      const weight = to[target] ?? 0;
      total += weight;
      if (weight >= 1 && weight <= 100) continue;
      report.error(
        to,
        target,
        `The share ${weight} is not a percentage above 0`,
        'Write a number from 1 to 100',
      );
    }
    if (total !== 100) {
      report.error(entry, 'to', `The shares add up to ${total}`, 'Make them add up to 100');
    }
    for (const { key, fault } of findLocalityFault(Object.keys(to))) refuse(report, to, key, fault);
  }
  const sources = distribute.map(({ from = '' }) => from);
  for (const { index, fault } of findLocalityFault(sources))
    refuse(report, distribute[index] ?? {}, 'from', fault);
}

interface WithFailover {
  readonly failover?: LocalityLoadBalancer['failover'];
  readonly failoverPriority?: readonly string[];
}

function checkFailover(
  report: ValueReport,
  owner: object,
  key: string,
  setting: WithFailover,
  hasOutlierDetection: boolean,
): void {
  const { failover = [], failoverPriority = [] } = setting;
  if ((failover.length > 0 || failoverPriority.length > 0) && !hasOutlierDetection) {
    report.warning(
      owner,
      key,
      'Nothing fails over without outlierDetection, which tells what has failed',
      'Set outlierDetection beside loadBalancer',
    );
  }
  for (const entry of failover) {
    const { from = '', to = '' } = entry;
    if (from === to) {
      report.error(entry, 'to', `${quoted(from)} would fail over to itself`, 'Name another region under to');
    }
    for (const side of ['from', 'to'] as const) {
      const region = entry[side] ?? '';
      if (region.includes('/') || region.includes('*')) {
        report.error(entry, side, `${quoted(region)} is not the name of a region`, 'Write the region alone');
      }
    }
  }
}

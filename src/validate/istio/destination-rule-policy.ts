import type { OutlierDetection, PortTrafficPolicy, TrafficPolicy } from '../../model/kinds.gen.ts';
import type { ValueReport } from '../value-check.ts';
import { checkLoadBalancer } from './destination-rule-balancing.ts';
import { checkClientTls } from './destination-rule-tls.ts';
import { isIp } from './shared/addresses.ts';
import { checkConnectionPool } from './shared/connection-pool.ts';
import { domainFault } from './shared/domains.ts';
import { checkDurations, durationSyntaxFault } from './shared/durations.ts';
import { quoted, refuse } from './shared/fault.ts';
import { enumFault } from './shared/names.ts';
import { checkCounters, percentFault } from './shared/numbers.ts';
import { portFault } from './shared/ports.ts';

const settings = [
  'outlierDetection',
  'connectionPool',
  'loadBalancer',
  'tls',
  'tunnel',
  'proxyProtocol',
  'retryBudget',
] as const;

/** Checks the policy that `owner` has under trafficPolicy (`validateTrafficPolicy`, config/validation). */
export function checkTrafficPolicy(
  report: ValueReport,
  owner: object,
  policy: TrafficPolicy | undefined,
  namespace: string | undefined,
): void {
  if (policy === undefined) return;
  const { portLevelSettings = [], tunnel, proxyProtocol, retryBudget } = policy;
  if (portLevelSettings.length === 0 && settings.every((key) => policy[key] === undefined)) {
    const help = 'Set a field of it, or leave trafficPolicy out';
    report.error(owner, 'trafficPolicy', 'trafficPolicy is empty', help);
  }
  if (tunnel !== undefined && proxyProtocol !== undefined) {
    const help = 'Keep tunnel or proxyProtocol';
    report.error(policy, 'proxyProtocol', 'tunnel and proxyProtocol are both set', help);
  }
  checkCommonPolicy(report, policy, namespace);
  for (const settings of portLevelSettings) checkPortPolicy(report, settings, namespace);
  checkTunnel(report, tunnel);
  if (proxyProtocol !== undefined) {
    const fault = enumFault(proxyProtocol.version, ['V1', 'V2'], 'proxyProtocol.version');
    refuse(report, proxyProtocol, 'version', fault);
  }
  if (retryBudget === undefined) return;
  checkDurations(report, retryBudget, ['budgetInterval'], durationSyntaxFault);
  checkCounters(report, retryBudget, ['minRetryConcurrency']);
}

/** What a policy and the policy of a port have alike. */
function checkCommonPolicy(
  report: ValueReport,
  policy: Omit<PortTrafficPolicy, 'port'>,
  namespace: string | undefined,
): void {
  const { outlierDetection, connectionPool, loadBalancer, tls } = policy;
  if (outlierDetection !== undefined) checkOutlierDetection(report, outlierDetection);
  checkConnectionPool(report, policy, 'connectionPool', connectionPool);
  if (loadBalancer !== undefined) checkLoadBalancer(report, loadBalancer, outlierDetection !== undefined);
  if (tls !== undefined) checkClientTls(report, tls, namespace);
}

/** `validatePortTrafficPolicies` of config/validation. */
function checkPortPolicy(
  report: ValueReport,
  policy: PortTrafficPolicy,
  namespace: string | undefined,
): void {
  const { port, outlierDetection, connectionPool, loadBalancer, tls } = policy;
  if (port === undefined) {
    report.error(policy, 'port', 'The settings do not say which port they are for', 'Set port.number');
  }
  if (
    outlierDetection === undefined &&
    connectionPool === undefined &&
    loadBalancer === undefined &&
    tls === undefined
  ) {
    report.error(
      policy,
      undefined,
      'The settings of the port are empty',
      'Set connectionPool, loadBalancer, outlierDetection or tls, or take the entry away',
    );
  }
  checkCommonPolicy(report, policy, namespace);
}

function checkTunnel(report: ValueReport, tunnel: TrafficPolicy['tunnel']): void {
  if (tunnel === undefined) return;
  const { protocol, targetHost = '', targetPort = 0 } = tunnel;
  if (protocol && protocol !== 'CONNECT' && protocol !== 'POST') {
    report.error(tunnel, 'protocol', `There are no tunnels by ${quoted(protocol)}`, 'Write CONNECT or POST');
  }
  if (!isIp(targetHost)) refuse(report, tunnel, 'targetHost', domainFault(targetHost));
  refuse(report, tunnel, 'targetPort', portFault(targetPort));
}

/** `validateOutlierDetection` of config/validation. */
function checkOutlierDetection(report: ValueReport, outlier: OutlierDetection): void {
  checkDurations(report, outlier, ['baseEjectionTime', 'interval']);
  for (const key of ['maxEjectionPercent', 'minHealthPercent'] as const) {
    const percent = outlier[key];
    if (percent !== undefined) refuse(report, outlier, key, percentFault(percent));
  }
  checkCounters(report, outlier, [
    'consecutive5xxErrors',
    'consecutiveGatewayErrors',
    'consecutiveLocalOriginFailures',
  ]);
  if (outlier.consecutiveErrors) {
    report.warning(
      outlier,
      'consecutiveErrors',
      'consecutiveErrors is deprecated',
      'Write consecutive5xxErrors or consecutiveGatewayErrors',
    );
  }
  if ((outlier.consecutiveLocalOriginFailures ?? 0) > 0 && !outlier.splitExternalLocalOriginErrors) {
    report.error(
      outlier,
      'consecutiveLocalOriginFailures',
      'consecutiveLocalOriginFailures counts only where local errors are told apart',
      'Set splitExternalLocalOriginErrors: true, or take consecutiveLocalOriginFailures away',
    );
  }
}

import type { EnvoyMatch, EnvoyPatch } from '../../model/kinds.gen.ts';
import type { ValueCheck, ValueReport } from '../value-check.ts';
import { checkPatchValue, currentFilterName } from './envoy-filter-value.ts';
import { type Fault, quoted, refuse } from './shared/fault.ts';
import { checkWorkloadSelector } from './shared/labels.ts';
import { checkMetadata } from './shared/metadata.ts';
import { enumFault } from './shared/names.ts';
import { checkOneOf } from './shared/one-of.ts';
import { regexSyntaxFault } from './shared/regex.ts';
import { checkTargets } from './shared/targets.ts';

/** `ValidateEnvoyFilter` of config/validation/envoyfilter. */
export const checkEnvoyFilter: ValueCheck<'EnvoyFilter'> = ({ body }, report) => {
  checkMetadata(report, body.metadata);
  const { spec = {} } = body;
  report.hint(
    body,
    'kind',
    'An EnvoyFilter reaches into what Istio builds, which may change with every release',
    'Use another API of Istio where one will do, and test the filter before every upgrade',
  );
  checkWorkloadSelector(report, spec, 'workloadSelector', spec.workloadSelector);
  checkTargets(report, spec);
  for (const patch of spec.configPatches ?? []) checkPatch(report, patch);
};

const kindsOfMatch = {
  LISTENER: 'listener',
  FILTER_CHAIN: 'listener',
  NETWORK_FILTER: 'listener',
  HTTP_FILTER: 'listener',
  ROUTE_CONFIGURATION: 'routeConfiguration',
  VIRTUAL_HOST: 'routeConfiguration',
  HTTP_ROUTE: 'routeConfiguration',
  CLUSTER: 'cluster',
} as const;
type Matched = (typeof kindsOfMatch)[keyof typeof kindsOfMatch];
const matchedBy: ReadonlyMap<string, Matched> = new Map(Object.entries(kindsOfMatch));
const places = [...matchedBy.keys(), 'EXTENSION_CONFIG', 'BOOTSTRAP', 'LISTENER_FILTER'];
const operations = [
  'MERGE',
  'ADD',
  'REMOVE',
  'INSERT_BEFORE',
  'INSERT_AFTER',
  'INSERT_FIRST',
  'REPLACE',
  'MERGE_AND_REPLACE_LIST',
];
const contexts = ['ANY', 'SIDECAR_INBOUND', 'SIDECAR_OUTBOUND', 'GATEWAY', 'WAYPOINT'];

function checkPatch(report: ValueReport, entry: EnvoyPatch): void {
  const { applyTo = 'INVALID', match, patch } = entry;
  if (match !== undefined) {
    refuse(report, match, 'context', enumFault(match.context, contexts, 'context'));
    checkOneOf(report, match, ['listener', 'routeConfiguration', 'cluster', 'waypoint']);
  }
  // Istio leaves patches of waypoints unchecked.
  if (match?.context === 'WAYPOINT') return;
  if (applyTo === 'INVALID') {
    report.error(
      entry,
      'applyTo',
      'The patch does not say what it applies to',
      `Set applyTo, HTTP_FILTER for example`,
    );
  } else {
    refuse(report, entry, 'applyTo', enumFault(applyTo, places, 'applyTo'));
  }
  if (match !== undefined) checkMatch(report, applyTo, match);
  if (patch === undefined) {
    report.error(entry, 'patch', 'The entry has no patch', 'Set patch.operation and patch.value');
    return;
  }
  const { operation = 'INVALID', value } = patch;
  if (operation === 'INVALID') {
    report.error(patch, 'operation', 'The patch has no operation', 'Set operation, MERGE or ADD for example');
    return;
  }
  refuse(report, patch, 'operation', enumFault(operation, operations, 'operation'));
  if (value !== undefined) checkPatchValue(report, applyTo, value);
  else if (operation !== 'REMOVE') {
    report.error(patch, 'value', `The patch has nothing to ${operation}`, 'Set patch.value');
  }
}

const mostVersionLength = 1024;

function checkMatch(report: ValueReport, applyTo: string, match: EnvoyMatch): void {
  const { proxy } = match;
  if (proxy?.proxyVersion) {
    if (new TextEncoder().encode(proxy.proxyVersion).length > mostVersionLength) {
      const help = 'Write a short expression, such as ^1\\.28.*';
      report.warning(proxy, 'proxyVersion', 'proxyVersion is too long, and is not looked at', help);
    } else {
      refuse(report, proxy, 'proxyVersion', regexSyntaxFault(proxy.proxyVersion));
    }
  }
  const wanted = matchedBy.get(applyTo);
  if (wanted === undefined) return;
  for (const key of ['listener', 'routeConfiguration', 'cluster', 'waypoint'] as const) {
    if (key === wanted || match[key] === undefined) continue;
    report.error(match, key, `${applyTo} is not matched by ${key}`, `Match it by ${wanted}`);
  }
  const filter = match.listener?.filterChain?.filter;
  if (filter !== undefined && wanted === 'listener') checkFilterMatch(report, applyTo, match, filter);
}

type Filter = NonNullable<NonNullable<NonNullable<EnvoyMatch['listener']>['filterChain']>['filter']>;

const connectionManager = 'envoy.filters.network.http_connection_manager';

function checkFilterMatch(report: ValueReport, applyTo: string, match: EnvoyMatch, filter: Filter): void {
  const { name = '', subFilter } = filter;
  if (applyTo === 'LISTENER' || applyTo === 'FILTER_CHAIN') {
    const chain = match.listener?.filterChain ?? filter;
    report.warning(chain, 'filter', `A filter to match by does nothing for ${applyTo}`, 'Take filter away');
  }
  refuse(report, filter, 'name', nameFault(name, 'filter'));
  warnOfOldName(report, filter, false);
  if (subFilter === undefined) return;
  warnOfOldName(report, subFilter, true);
  if (applyTo !== 'HTTP_FILTER') {
    const help = 'Take subFilter away, or write applyTo: HTTP_FILTER';
    report.error(filter, 'subFilter', `subFilter is for HTTP_FILTER, and this is ${applyTo}`, help);
    return;
  }
  if (name !== '' && name !== connectionManager && name !== 'envoy.http_connection_manager') {
    const problem = `${quoted(name)} has no HTTP filters in it`;
    report.error(filter, 'name', problem, `Write ${connectionManager}, or take subFilter away`);
  }
  refuse(report, subFilter, 'name', nameFault(subFilter.name ?? '', 'subFilter'));
}

function nameFault(name: string, what: string): Fault | undefined {
  if (name !== '') return undefined;
  return { problem: `The ${what} to match by has no name`, help: 'Set its name' };
}

function warnOfOldName(report: ValueReport, filter: { readonly name?: string }, isHttp: boolean): void {
  const current = currentFilterName(filter.name ?? '', isHttp);
  if (current === undefined) return;
  report.warning(
    filter,
    'name',
    `${quoted(filter.name ?? '')} is the former name of a filter`,
    `Write ${current}`,
  );
}

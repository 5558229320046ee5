import type { ValueReport } from '../value-check.ts';
import { quoted } from './shared/fault.ts';

const listener = 'http_inspector original_dst original_src proxy_protocol tls_inspector';
const network =
  'client_ssl_auth ext_authz http_connection_manager mongo_proxy ratelimit redis_proxy tcp_proxy';
const http =
  'buffer cors csrf ext_authz fault grpc_http1_bridge grpc_json_transcoder grpc_web gzip health_check ip_tagging lua ' +
  'router squash';

/** The names that filters had before Envoy 1.14, to those they have (`DeprecatedFilterNames`, pkg/config/xds). */
const formerNames: ReadonlyMap<string, string> = new Map([
  ...listener.split(' ').map((name) => [`envoy.listener.${name}`, `envoy.filters.listener.${name}`] as const),
  ...http.split(' ').map((name) => [`envoy.${name}`, `envoy.filters.http.${name}`] as const),
  ['envoy.http_dynamo_filter', 'envoy.filters.http.dynamo'],
  ['envoy.rate_limit', 'envoy.filters.http.ratelimit'],
]);
const formerNetworkNames: ReadonlyMap<string, string> = new Map(
  network.split(' ').map((name) => [`envoy.${name}`, `envoy.filters.network.${name}`] as const),
);

/** What a filter is called today, if the name is a former one; HTTP and network filters shared some. */
export function currentFilterName(name: string, isHttp: boolean): string | undefined {
  const network = formerNetworkNames.get(name);
  return isHttp ? (formerNames.get(name) ?? network) : (network ?? formerNames.get(name));
}

type Value = Readonly<Record<string, unknown>>;

/** Envoy's second API, which is gone since 2021. */
const secondVersion = /^type\.googleapis\.com\/envoy\.(?:\w+\.)*v2(?:alpha\d*)?\.\w+$/;
const filters: ReadonlySet<string> = new Set([
  'HTTP_FILTER',
  'NETWORK_FILTER',
  'LISTENER_FILTER',
  'EXTENSION_CONFIG',
]);

/** What a patch changes that is no filter, and has no field `typed_config` of its own. */
const others: ReadonlyMap<string, string> = new Map([
  ['LISTENER', 'listener'],
  ['FILTER_CHAIN', 'filter chain'],
  ['ROUTE_CONFIGURATION', 'route configuration'],
  ['VIRTUAL_HOST', 'virtual host'],
  ['HTTP_ROUTE', 'route'],
  ['CLUSTER', 'cluster'],
  ['BOOTSTRAP', 'bootstrap configuration'],
]);

/**
 * Checks what can be told of a patch without the types of Envoy: that typed configuration says its type, in the
 * third version of the API, that filters have one, and that nothing else does.
 */
export function checkPatchValue(report: ValueReport, applyTo: string, value: Value): void {
  if (filters.has(applyTo)) {
    const typed = value.typed_config ?? value.typedConfig ?? value.config_discovery ?? value.configDiscovery;
    if (typed === undefined || typed === null) {
      report.warning(
        value,
        'name' in value ? 'name' : undefined,
        'The filter has no typed_config, and Envoy no longer goes by names',
        'Add typed_config with the @type of the filter',
      );
    }
  }
  const other = others.get(applyTo);
  for (const key of other === undefined ? [] : ['typed_config', 'typedConfig']) {
    if (value[key] === undefined || value[key] === null) continue;
    const help = 'Write applyTo: HTTP_FILTER, or whatever filter the value is, if it is one';
    report.warning(value, key, `A ${other} has no ${key}, so it is ignored`, help);
  }
  checkTypes(report, value);
}

function checkTypes(report: ValueReport, root: Value): void {
  const waiting: object[] = [root];
  for (let owner = waiting.pop(); owner !== undefined; owner = waiting.pop()) {
    for (const [key, item] of Object.entries(owner)) {
      if (key === '@type' && typeof item === 'string' && secondVersion.test(item)) {
        const problem = `${quoted(item)} is of the second version of Envoy's API, which is gone`;
        report.error(
          owner,
          key,
          problem,
          'Write the type of the third version, which ends in v3 and the name',
        );
      }
      if (typeof item !== 'object' || item === null) continue;
      if ((key === 'typed_config' || key === 'typedConfig') && !Array.isArray(item) && !('@type' in item)) {
        report.error(owner, key, 'The typed_config does not say its type', 'Add @type to it');
      }
      waiting.push(item);
    }
  }
}

import { expect, test } from 'vitest';
import { valueProblems } from '../../../test/value-problems.ts';

test.each([
  ['', []],
  ['workloadSelector: {labels: {}}', ['warning workloadSelector']],
  ['workloadSelector: {labels: {a: b}}, targetRefs: [{kind: Service, name: a}]', ['error targetRefs']],
  ['configPatches: [{}]', ['error configPatches[0].applyTo', 'error configPatches[0].patch']],
  ['configPatches: [{match: {context: WAYPOINT}}]', []],
  [
    'configPatches: [{applyTo: CLUSTER, match: {listener: {}}, patch: {operation: ADD}}]',
    ['error configPatches[0].match.listener', 'error configPatches[0].patch.value'],
  ],
  [
    'configPatches: [{applyTo: CLUSTERS, match: {context: sidecar}, patch: {operation: add, value: {}}}]',
    [
      'error configPatches[0].match.context',
      'error configPatches[0].applyTo',
      'error configPatches[0].patch.operation',
    ],
  ],
  ['configPatches: [{applyTo: CLUSTER, patch: {operation: REMOVE}}]', []],
  ['configPatches: [{applyTo: CLUSTER, patch: {}}]', ['error configPatches[0].patch.operation']],
  [
    'configPatches: [{applyTo: CLUSTER, match: {proxy: {proxyVersion: "("}}, patch: {operation: REMOVE}}]',
    ['error configPatches[0].match.proxy.proxyVersion'],
  ],
  [
    'configPatches: [{applyTo: LISTENER, match: {listener: {filterChain: {filter: {}}}}, patch: {operation: REMOVE}}]',
    [
      'warning configPatches[0].match.listener.filterChain.filter',
      'error configPatches[0].match.listener.filterChain.filter.name',
    ],
  ],
  [
    'configPatches: [{applyTo: NETWORK_FILTER, match: {listener: {filterChain: {filter: {name: envoy.tcp_proxy, subFilter: {}}}}}, patch: {operation: REMOVE}}]',
    [
      'warning configPatches[0].match.listener.filterChain.filter.name',
      'error configPatches[0].match.listener.filterChain.filter.subFilter',
    ],
  ],
  [
    'configPatches: [{applyTo: HTTP_FILTER, match: {listener: {filterChain: {filter: {name: a, subFilter: {name: envoy.ext_authz}}}}}, patch: {operation: REMOVE}}]',
    [
      'warning configPatches[0].match.listener.filterChain.filter.subFilter.name',
      'error configPatches[0].match.listener.filterChain.filter.name',
    ],
  ],
  [
    'configPatches: [{applyTo: HTTP_FILTER, match: {listener: {filterChain: {filter: {name: envoy.filters.network.http_connection_manager, subFilter: {}}}}}, patch: {operation: REMOVE}}]',
    ['error configPatches[0].match.listener.filterChain.filter.subFilter.name'],
  ],
  [
    'configPatches: [{applyTo: HTTP_FILTER, patch: {operation: INSERT_FIRST, value: {name: a}}}]',
    ['warning configPatches[0].patch.value.name'],
  ],
  [
    'configPatches: [{applyTo: HTTP_FILTER, patch: {operation: INSERT_FIRST, value: {name: a, typed_config: {x: 1}}}}]',
    ['error configPatches[0].patch.value.typed_config'],
  ],
  [
    'configPatches: [{applyTo: HTTP_FILTER, patch: {operation: INSERT_FIRST, value: {name: a, typed_config: {"@type": type.googleapis.com/envoy.config.filter.http.lua.v2.Lua}}}}]',
    ['error configPatches[0].patch.value.typed_config.@type'],
  ],
  [
    'configPatches: [{applyTo: HTTP_FILTER, patch: {operation: INSERT_FIRST, value: {name: a, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua}}}}]',
    [],
  ],
  [
    'configPatches: [{applyTo: CLUSTER, patch: {operation: MERGE, value: {typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua}}}}]',
    ['warning configPatches[0].patch.value.typed_config'],
  ],
  [
    'configPatches: [{applyTo: HTTP_ROUTE, patch: {operation: MERGE, value: {typed_per_filter_config: {}}}}]',
    [],
  ],
  [
    'configPatches: [{applyTo: LISTENER_FILTER, patch: {operation: INSERT_FIRST, value: {name: a, typedConfig: {"@type": type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector}}}}]',
    [],
  ],
])('%s', async (spec, expected) => {
  const found = await valueProblems('networking.istio.io/v1alpha3', 'EnvoyFilter', `spec: {${spec}}`);
  expect(found.map((line) => line.replace(' spec.', ' ')).slice(1)).toEqual(expected);
});

import { describe, expect, test } from 'vitest';
import { openTexts, type WorldRequest } from '../../session/session.ts';
import { judgedPatches } from './envoy-filters.ts';

/** `name@namespace priority=1 time=…` with its patches. */
function filter(head: string, ...patches: readonly string[]): string {
  const [own = '', ...settings] = head.split(' ');
  const [name = '', namespace = 'shop'] = own.split('@');
  const setting = (key: string): string | undefined =>
    settings.find((one) => one.startsWith(`${key}=`))?.slice(key.length + 1);
  const time = setting('time');
  const created = time === undefined ? '' : `, creationTimestamp: "2024-01-01T0${time}:00:00Z"`;
  const labels = setting('label') === undefined ? '' : `, labels: { ${setting('label')}: istio }`;
  return `---\napiVersion: networking.istio.io/v1alpha3\nkind: EnvoyFilter\nmetadata: { name: ${name}, namespace: ${namespace}${created}${labels} }\nspec:\n  priority: ${setting('priority') ?? 0}\n  configPatches:\n${patches.map((patch) => `    - ${patch}\n`).join('')}`;
}

/** A patch of HTTP filters: operation, the filter that it is relative to, and the one that it brings. */
function http(operation: string, anchor?: string, brings?: string, match = 'context: ANY'): string {
  const sub = anchor === undefined ? '' : `, subFilter: { name: ${anchor} }`;
  const listener = `listener: { filterChain: { filter: { name: envoy.filters.network.http_connection_manager${sub} } } }`;
  const value = brings === undefined ? '' : `, value: { name: ${brings} }`;
  return `{ applyTo: HTTP_FILTER, match: { ${match}, ${listener} }, patch: { operation: ${operation}${value} } }`;
}

function other(applyTo: string, operation: string, match = '{}'): string {
  return `{ applyTo: ${applyTo}, match: ${match}, patch: { operation: ${operation} } }`;
}

/** What is said, as `name[index] verdict`. */
async function verdicts(
  files: Readonly<Record<string, string>> | string,
  request: WorldRequest = { world: 'closed' },
): Promise<readonly string[]> {
  const list = typeof files === 'string' ? { 'a.yaml': files } : files;
  const { graph } = await openTexts(
    Object.entries(list).map(([path, raw]) => ({ path, raw })),
    request,
  );
  return judgedPatches(graph).map(({ filter: { name }, index, verdict }) => {
    const twice = verdict.type === 'versioned' && verdict.twice ? ' twice' : '';
    const source =
      'source' in verdict && verdict.source !== undefined ? ` ${verdict.source.filter.name}` : '';
    return `${name}[${index}] ${verdict.type}${twice}${source}`;
  });
}

describe('operations by what they apply to', () => {
  const route = '{ routeConfiguration: { vhost: { route: { name: r } } } }';
  test.each<[string, string, string, string | undefined]>([
    ['CLUSTER', 'REPLACE', '{}', 'skipped'],
    ['LISTENER', 'REPLACE', '{}', 'skipped'],
    ['FILTER_CHAIN', 'REPLACE', '{}', 'skipped'],
    ['HTTP_ROUTE', 'REPLACE', route, 'skipped'],
    ['ROUTE_CONFIGURATION', 'REPLACE', '{}', 'skipped'],
    ['EXTENSION_CONFIG', 'REPLACE', '{}', 'skipped'],
    ['VIRTUAL_HOST', 'REPLACE', '{}', 'position'],
    [
      'LISTENER_FILTER',
      'REPLACE',
      '{ listener: { listenerFilter: envoy.filters.listener.tls_inspector } }',
      'position',
    ],
    ['LISTENER_FILTER', 'REMOVE', '{ listener: { listenerFilter: shop.own } }', 'foreign'],
    ['LISTENER_FILTER', 'REPLACE', '{}', 'unnamed'],
    ['NETWORK_FILTER', 'REPLACE', '{}', 'unnamed'],
    ['HTTP_FILTER', 'REMOVE', '{}', 'unnamed'],
    ['HTTP_FILTER', 'REMOVE', '{ context: WAYPOINT }', 'position'],
    ['HTTP_FILTER', 'INSERT_BEFORE', '{}', 'position'],
    ['ROUTE_CONFIGURATION', 'ADD', '{}', 'skipped'],
    ['ROUTE_CONFIGURATION', 'REMOVE', '{}', 'skipped'],
    ['ROUTE_CONFIGURATION', 'MERGE', '{}', undefined],
    ['HTTP_ROUTE', 'ADD', '{}', 'undocumented'],
    ['HTTP_ROUTE', 'REMOVE', route, 'undocumented'],
    ['HTTP_ROUTE', 'REMOVE', '{ routeConfiguration: { vhost: { name: v } } }', 'all-routes'],
    ['HTTP_ROUTE', 'INSERT_FIRST', route, undefined],
    ['HTTP_ROUTE', 'INSERT_BEFORE', route, 'position'],
    ['CLUSTER', 'ADD', '{}', undefined],
    ['CLUSTER', 'REMOVE', '{}', 'position'],
    ['HTTP_FILTER', 'INSERT_FIRST', '{}', undefined],
  ])('%s %s %s', async (applyTo, operation, match, expected) => {
    const found = await verdicts(filter('f', other(applyTo, operation, match)));
    expect(found).toEqual(expected === undefined ? [] : [`f[0] ${expected}`]);
  });
});

describe('what a patch is relative to', () => {
  const relativeTo = (anchor: string): string => http('INSERT_BEFORE', anchor, 'mine');
  test.each<[string, string, readonly string[]]>([
    ['the router', filter('f', relativeTo('envoy.filters.http.router')), ['f[0] position']],
    ['its older name', filter('f', relativeTo('envoy.router')), ['f[0] position']],
    ['a filter of Istio', filter('f', relativeTo('istio.stats')), ['f[0] position']],
    [
      'one of a WasmPlugin',
      filter('f', relativeTo('extenstions.istio.io/wasmplugin/a.b')),
      ['f[0] position'],
    ],
    ['an unknown one', filter('f', relativeTo('x')), ['f[0] foreign']],
    ['one of its own, before', filter('f', http('ADD', undefined, 'x'), relativeTo('x')), ['f[1] position']],
    ['one of its own, behind', filter('f', relativeTo('x'), http('ADD', undefined, 'x')), ['f[0] foreign f']],
    [
      'another one',
      filter('f', relativeTo('x')) + filter('g', http('ADD', undefined, 'x')),
      ['f[0] foreign g'],
    ],
    [
      'an older one',
      filter('f time=2', relativeTo('x')) + filter('g time=1', http('ADD', undefined, 'x')),
      ['f[0] position'],
    ],
    [
      'a younger one',
      filter('f time=1', relativeTo('x')) + filter('g time=2', http('ADD', undefined, 'x')),
      ['f[0] foreign g'],
    ],
    [
      'one as old',
      filter('f time=1', relativeTo('x')) + filter('e time=1', http('ADD', undefined, 'x')),
      ['f[0] position'],
    ],
    [
      'lower priority',
      filter('f', relativeTo('x')) + filter('g priority=-1', http('ADD', undefined, 'x')),
      ['f[0] position'],
    ],
    [
      'higher priority',
      filter('f', relativeTo('x')) + filter('g priority=1', http('ADD', undefined, 'x')),
      ['f[0] foreign g'],
    ],
    [
      'the root namespace',
      filter('f', relativeTo('x')) + filter('g@istio-system', http('ADD', undefined, 'x')),
      ['f[0] position'],
    ],
    [
      'from the root namespace',
      filter('f@istio-system', relativeTo('x')) + filter('g', http('ADD', undefined, 'x')),
      ['f[0] foreign'],
    ],
    [
      'another namespace',
      filter('f', relativeTo('x')) + filter('g@web', http('ADD', undefined, 'x')),
      ['f[0] foreign'],
    ],
    ['its own priority', filter('f priority=1', relativeTo('x')), []],
  ])('%s', async (_, texts, expected) => {
    expect(await verdicts(texts)).toEqual(expected);
  });
});

describe('patches for versions', () => {
  const of = (version: string | undefined, context = 'ANY'): string =>
    http(
      'INSERT_BEFORE',
      'envoy.filters.http.router',
      'x',
      `context: ${context}${version === undefined ? '' : `, proxy: { proxyVersion: '${version}' }`}`,
    );
  test.each<[string, string, readonly string[]]>([
    ['one, then all', filter('f', of('1.1'), of(undefined)), ['f[0] position', 'f[1] versioned twice f']],
    ['all, then one', filter('f', of(undefined), of('1.1')), ['f[0] position', 'f[1] position']],
    ['the same', filter('f', of('1.1'), of('1.1')), ['f[0] position', 'f[1] versioned twice f']],
    ['two', filter('f', of('1.1'), of('1.2')), ['f[0] position', 'f[1] versioned f']],
    [
      'other contexts',
      filter('f', of('1.1', 'GATEWAY'), of(undefined, 'SIDECAR_INBOUND')),
      ['f[0] position', 'f[1] versioned f'],
    ],
    [
      'other filters',
      filter('f', of('1.1')) + filter('g', of(undefined)),
      ['f[0] position', 'g[0] versioned twice f'],
    ],
    [
      'other namespaces',
      filter('f', of('1.1')) + filter('g@web', of(undefined)),
      ['f[0] position', 'g[0] position'],
    ],
    ['a priority', filter('f', of('1.1')) + filter('g priority=1', of(undefined)), ['f[0] position']],
  ])('%s', async (_, texts, expected) => {
    expect(await verdicts(texts)).toEqual(expected);
  });
});

test('filters of an installation of Istio are left alone', async () => {
  const remove = http('REMOVE', 'x');
  expect(await verdicts(filter('f label=operator.istio.io/component', remove))).toEqual([]);
  expect(await verdicts(filter('f label=app.kubernetes.io/part-of', remove))).toEqual([]);
  expect(await verdicts(filter('tcp-stats-filter-1.16@istio-system', remove))).toEqual([]);
  expect(await verdicts(filter('tcp-stats-filter-1.16', remove))).toHaveLength(1);
});

test('variants do not bring filters to each other, and what is patched is not judged', async () => {
  const f = filter('f', http('INSERT_BEFORE', 'x', 'y'));
  const g = filter('g', http('ADD', undefined, 'x'));
  const shared = '---\napiVersion: v1\nkind: Service\nmetadata: { name: s, namespace: shop }\n';
  const files = { 'one/f.yaml': f + shared, 'two/g.yaml': g + shared };
  expect(await verdicts(files, {})).toEqual(['f[0] foreign']);
  const kustomization = 'resources: [f.yaml]\npatches: [{ path: p.yaml }]\n';
  expect(await verdicts({ 'k/f.yaml': f, 'k/kustomization.yaml': kustomization }, {})).toEqual([]);
});

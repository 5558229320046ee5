import { describe, expect, test } from 'vitest';
import type { Resource } from '../../graph/resource.ts';
import { openTexts } from '../../session/session.ts';
import { type ExportingKind, type Scope, scopeOf, scopesMeet, visibleIn } from './visibility.ts';

/** The scope of the first object, as `*` or as a list of namespaces. */
async function scope(kind: ExportingKind, exports: string | undefined, meshConfig = ''): Promise<string> {
  const text =
    kind === 'Service'
      ? `apiVersion: v1\nkind: Service\nmetadata: { name: a, namespace: shop${exports === undefined ? '' : `, annotations: { networking.istio.io/exportTo: "${exports}" }`} }`
      : `apiVersion: networking.istio.io/v1\nkind: ${kind}\nmetadata: { name: a, namespace: shop }\nspec: { ${exports === undefined ? '' : `exportTo: [${exports}]`} }`;
  return show(await scopeIn(kind, text, meshConfig));
}

async function scopeIn(kind: ExportingKind, text: string, meshConfig = ''): Promise<Scope> {
  const config = `---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: istio, namespace: istio-system }\ndata:\n  mesh: |\n    ${meshConfig}\n`;
  const raw = meshConfig === '' ? text : `${text}\n${config}`;
  const { graph } = await openTexts([{ path: 'a.yaml', raw }]);
  const resource: Resource<ExportingKind> | undefined = graph.list(kind)[0];
  return scopeOf(graph, resource ?? expect.unreachable());
}

function show({ everywhere, namespaces }: Scope): string {
  return everywhere ? '*' : [...namespaces].join(' ');
}

test.each([
  [undefined, '*'],
  ['"*"', '*'],
  ['web, "*"', '*'],
  ['"~", "*"', '*'],
  ['"."', 'shop'],
  ['web, "."', 'web shop'],
  ['"~"', ''],
  ['"~", web', ''],
  ['', '*'],
])('exportTo [%s] of VirtualServices and ServiceEntries reaches %s', async (exports, seen) => {
  expect(await scope('VirtualService', exports)).toBe(seen);
  expect(await scope('ServiceEntry', exports)).toBe(seen);
});

test.each([
  [undefined, '*'],
  ['', '*'],
  ['*', '*'],
  ['.', 'shop'],
  [' web , . ', 'web shop'],
  ['~', ''],
])('the annotation "%s" of Services reaches %s', async (exports, seen) => {
  expect(await scope('Service', exports)).toBe(seen);
});

describe('DestinationRules', () => {
  test.each([
    [undefined, '*'],
    ['"*"', '*'],
    ['".", web', 'shop web'],
    ['"~"', ''],
    ['"~", web', 'web'],
  ])('exportTo [%s] reaches %s', async (exports, seen) => {
    expect(await scope('DestinationRule', exports)).toBe(seen);
  });

  test('for chosen workloads are private', async () => {
    const text = `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: a, namespace: shop }
spec: { exportTo: ["*"], workloadSelector: { matchLabels: { app: a } } }`;
    expect(show(await scopeIn('DestinationRule', text))).toBe('shop');
  });
});

test.each<[ExportingKind, string, string | undefined, string]>([
  ['VirtualService', 'defaultVirtualServiceExportTo: ["."]', undefined, 'shop'],
  ['VirtualService', 'defaultVirtualServiceExportTo: ["."]', '"*"', '*'],
  ['VirtualService', 'defaultServiceExportTo: ["."]', undefined, '*'],
  ['ServiceEntry', 'defaultServiceExportTo: ["."]', undefined, 'shop'],
  ['Service', 'defaultServiceExportTo: [web]', undefined, 'web'],
  ['Service', 'defaultServiceExportTo: []', undefined, '*'],
  ['DestinationRule', 'defaultDestinationRuleExportTo: ["."]', undefined, 'shop'],
  // Of the default for DestinationRules istiod honours `.` only.
  ['DestinationRule', 'defaultDestinationRuleExportTo: [web]', undefined, '*'],
])('%s under %s with exportTo %s reaches %s', async (kind, meshConfig, exports, seen) => {
  expect(await scope(kind, exports, meshConfig)).toBe(seen);
});

test('scopes meet where some namespace sees both', () => {
  const all = { everywhere: true, namespaces: new Set<string>() };
  const some = (...names: string[]): Scope => ({ everywhere: false, namespaces: new Set(names) });
  const cases: readonly [Scope, Scope, boolean][] = [
    [all, all, true],
    [all, some('a'), true],
    [all, some(), false],
    [some('a'), some('b'), false],
    [some('a', 'b'), some('b'), true],
    [some(), some(), false],
  ];
  for (const [a, b, meet] of cases) {
    expect([scopesMeet(a, b), scopesMeet(b, a)], `${show(a)} and ${show(b)}`).toEqual([meet, meet]);
  }
});

test('who sees an object', async () => {
  const raw = `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: a, namespace: shop }
spec: { exportTo: [web] }`;
  const { graph } = await openTexts([{ path: 'a.yaml', raw }]);
  const [entry = expect.unreachable()] = graph.list('ServiceEntry');
  expect(['shop', 'web'].map((namespace) => visibleIn(graph, entry, namespace))).toEqual([false, true]);
});

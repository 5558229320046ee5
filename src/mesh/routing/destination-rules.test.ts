import { describe, expect, test } from 'vitest';
import type { WholeGraph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { openTexts } from '../../session/session.ts';
import { type ClientQuery, decidingRule, destinationRules } from './destination-rules.ts';

/** `ns/name host` and what else counts, as one DestinationRule. */
interface Rule {
  readonly at: string;
  readonly host: string;
  readonly exportTo?: readonly string[];
  readonly subsets?: readonly string[];
  readonly selector?: Readonly<Record<string, string>>;
  readonly created?: string;
  readonly tls?: string;
  readonly file?: string;
}

interface Case {
  readonly title: string;
  readonly rules: readonly Rule[];
  readonly host: string;
  /** Namespace of the client, and what its entries are made of: names of the rules joined by `+`. */
  readonly clients: Readonly<Record<string, readonly string[]>>;
  readonly owners?: readonly string[];
  readonly mesh?: object;
}

const reviews = 'reviews.shop.svc.cluster.local';
const tls = [{ at: 'istio-system/tls', host: '*.local' }];

const cases: readonly Case[] = [
  {
    title: "own namespace, then the Service's, then the root",
    rules: [...tls, { at: 'shop/reviews', host: 'reviews' }, { at: 'web/reviews', host: reviews }],
    host: reviews,
    clients: { web: ['reviews'], other: ['reviews'], shop: ['reviews'], 'istio-system': ['reviews'] },
  },
  {
    title: 'the root namespace for who has nothing nearer',
    rules: [...tls, { at: 'shop/reviews', host: 'reviews', exportTo: ['.'] }],
    host: reviews,
    clients: { shop: ['reviews'], web: ['tls'], 'istio-system': ['tls'] },
  },
  {
    title: 'a wildcard of the own namespace comes before the exact rule of the Service',
    rules: [
      { at: 'web/all', host: '*.shop.svc.cluster.local' },
      { at: 'shop/reviews', host: 'reviews' },
    ],
    host: reviews,
    clients: { web: ['all'], other: ['reviews'] },
  },
  {
    title: 'the most specific host of one namespace',
    rules: [
      { at: 'shop/any', host: '*' },
      { at: 'shop/local', host: '*.local' },
      { at: 'shop/shop', host: '*.shop.svc.cluster.local' },
      { at: 'shop/reviews', host: 'reviews' },
    ],
    host: reviews,
    clients: { shop: ['reviews'], web: ['reviews'] },
  },
  {
    title: 'the longest wildcard when there is no exact rule',
    rules: [
      { at: 'shop/any', host: '*' },
      { at: 'shop/shop', host: '*.shop.svc.cluster.local' },
      { at: 'shop/other', host: 'ratings' },
    ],
    host: reviews,
    clients: { shop: ['shop'], web: ['shop'] },
  },
  {
    title: 'an exported rule hidden from the client blocks the wildcard of its namespace',
    rules: [
      ...tls,
      { at: 'shop/reviews', host: 'reviews', exportTo: ['.', 'web'] },
      { at: 'shop/all', host: '*.shop.svc.cluster.local' },
    ],
    host: reviews,
    clients: { web: ['reviews'], other: ['tls'], shop: ['reviews'] },
  },
  {
    title: 'a private one does not',
    rules: [
      { at: 'shop/reviews', host: 'reviews', exportTo: ['.'] },
      { at: 'shop/all', host: '*.shop.svc.cluster.local' },
    ],
    host: reviews,
    clients: { web: ['all'], shop: ['reviews'] },
  },
  {
    title: 'a third namespace is asked by nobody else',
    rules: [{ at: 'tools/reviews', host: reviews }],
    host: reviews,
    clients: { tools: ['reviews'], web: [], shop: [] },
  },
  {
    title: 'clients in the root namespace: its private rules, then the Service, then all of the root',
    rules: [
      { at: 'istio-system/public', host: reviews },
      { at: 'shop/reviews', host: 'reviews' },
      { at: 'istio-system/private', host: '*.local', exportTo: ['.'] },
    ],
    host: reviews,
    clients: { 'istio-system': ['private'], web: ['reviews'] },
  },
  {
    title: '`~` is seen by nobody',
    rules: [{ at: 'shop/reviews', host: 'reviews', exportTo: ['~'] }],
    host: reviews,
    clients: { shop: [], web: [] },
  },
  {
    title: 'the mesh default keeps rules in their namespace',
    rules: [
      { at: 'shop/reviews', host: 'reviews' },
      { at: 'shop/ratings', host: 'ratings', exportTo: ['*'] },
    ],
    host: reviews,
    clients: { shop: ['reviews'], web: [] },
    mesh: { defaultDestinationRuleExportTo: ['.'] },
  },
  {
    title: 'the oldest comes first',
    rules: [
      { at: 'shop/a', host: 'reviews', created: '2024-02-01T00:00:00Z' },
      { at: 'shop/b', host: reviews, created: '2024-01-01T00:00:00Z' },
    ],
    host: reviews,
    clients: { web: ['b+a'], shop: ['b+a'] },
  },
  {
    title: 'other scopes stay apart',
    rules: [
      { at: 'shop/a', host: 'reviews' },
      { at: 'shop/b', host: 'reviews', exportTo: ['*'] },
      { at: 'shop/c', host: 'reviews', exportTo: ['web'] },
    ],
    host: reviews,
    clients: { web: ['a', 'b', 'c'], other: ['a', 'b'] },
  },
  {
    title: 'a wider scope joins the narrower one before it, and goes with it',
    rules: [
      { at: 'shop/a', host: 'reviews', exportTo: ['web'] },
      { at: 'shop/b', host: 'reviews', exportTo: ['web', 'other'] },
    ],
    host: reviews,
    clients: { web: ['a+b'], other: [] },
  },
  {
    title: 'rules for chosen workloads come first, each on its own',
    rules: [
      { at: 'web/all', host: reviews },
      { at: 'web/one', host: reviews, selector: { app: 'one' } },
      { at: 'web/two', host: reviews, selector: { app: 'two' } },
    ],
    host: reviews,
    clients: { web: ['one', 'two', 'all'] },
  },
  {
    title: 'equal selectors are merged',
    rules: [
      { at: 'web/one', host: reviews, selector: { app: 'one' } },
      { at: 'web/two', host: reviews, selector: { app: 'one' } },
    ],
    host: reviews,
    clients: { web: ['one+two'] },
  },
  {
    title: 'a private rule for all is lost in one for chosen workloads',
    rules: [
      { at: 'web/all', host: reviews, exportTo: ['.'] },
      { at: 'web/one', host: reviews, selector: { app: 'one' } },
    ],
    host: reviews,
    clients: { web: ['one+all'] },
  },
  {
    title: 'a wildcard host is covered by itself before wider ones',
    rules: [
      { at: 'shop/exact', host: '*.example.com' },
      { at: 'shop/wider', host: '*.com' },
    ],
    host: '*.example.com',
    clients: { shop: ['exact'] },
  },
  {
    title: 'without a known owner any namespace may be it',
    rules: [{ at: 'egress/api', host: 'api.example.com' }],
    host: 'api.example.com',
    owners: [],
    clients: { web: ['api'] },
  },
  {
    title: 'of copies of one rule the nearest counts',
    rules: [
      { at: 'shop/reviews', host: 'reviews', file: 'dev/rules.yaml', subsets: ['v1'] },
      { at: 'shop/reviews', host: 'reviews', file: 'prod/rules.yaml', subsets: ['v1', 'v2'] },
      { at: 'shop/more', host: 'reviews', file: 'prod/more.yaml', subsets: ['v3'] },
    ],
    host: reviews,
    clients: { web: ['reviews'] },
  },
];

describe.each(cases)('$title', ({ rules, host, clients, owners = ['shop'], mesh = {} }) => {
  test.each(Object.entries(clients))('%s', async (client, expected) => {
    const { graph, from } = await arrange(rules, mesh);
    const entries = destinationRules(graph).forClient({
      client,
      host,
      owners: owners.length > 0 ? owners : undefined,
      from,
    });
    expect(entries.map((entry) => entry.rules.map(({ name }) => name).join('+'))).toEqual(expected);
  });
});

const clientOf = (client: string): Omit<ClientQuery, 'from'> => ({ client, host: reviews, owners: ['shop'] });

test('the first definition of a subset and of a policy counts', async () => {
  const { graph, from } = await arrange([
    { at: 'shop/b', host: 'reviews', subsets: ['v1', 'v2'], tls: 'DISABLE' },
    { at: 'shop/a', host: 'reviews', subsets: ['v1'], tls: 'SIMPLE' },
  ]);
  const [entry] = destinationRules(graph).forClient({ ...clientOf('shop'), from });
  expect(entry?.policies.map(({ policy }) => policy.tls?.mode)).toEqual(['SIMPLE', 'DISABLE']);
  expect(entry?.subsets.get('v1')?.map(({ rule }) => rule.name)).toEqual(['a', 'b']);
  expect(entry?.ordered).toBe(false);
});

test.each([
  ['web', { app: 'one' }, 'one'],
  ['web', { app: 'two' }, 'all'],
  ['web', {}, 'all'],
])('who decides for a client of %s labelled %o', async (namespace, labels, expected) => {
  const { graph, from } = await arrange([
    { at: 'web/all', host: reviews },
    { at: 'web/one', host: reviews, selector: { app: 'one' } },
  ]);
  const entries = destinationRules(graph).forClient({ ...clientOf(namespace), from });
  expect(decidingRule(entries, { namespace, labels })?.rules.map(({ name }) => name)).toEqual([expected]);
});

test('rules by host, and those that may be about it', async () => {
  const { graph } = await arrange([
    { at: 'shop/reviews', host: 'reviews' },
    { at: 'other/reviews', host: 'reviews' },
    { at: 'web/all', host: '*.shop.svc.cluster.local' },
    { at: '~/floating', host: 'reviews' },
    { at: 'shop/empty', host: '' },
  ]);
  const view = destinationRules(graph);
  const names = (rules: readonly Resource[]): string[] =>
    rules.map((rule) => `${rule.namespace}/${rule.name}`);
  expect(names(view.forHost(reviews))).toEqual(['shop/reviews', 'web/all']);
  expect(names(view.maybeForHost(reviews))).toEqual(['~/floating']);
  expect(names(view.maybeForHost('reviews.~.svc.cluster.local'))).toEqual(['other/reviews', 'shop/reviews']);
  expect(names(view.maybeForHost('api.example.com'))).toEqual([]);
});

interface Arranged {
  readonly graph: WholeGraph;
  readonly from: Resource;
}

/** A graph of the rules, and a VirtualService in `dev/` who asks. */
async function arrange(rules: readonly Rule[], mesh: object = {}): Promise<Arranged> {
  const texts = rules.map((rule, i) => {
    const [namespace, name] = rule.at.split('/');
    const manifest = {
      apiVersion: 'networking.istio.io/v1',
      kind: 'DestinationRule',
      metadata: { name, ...(namespace === '~' ? {} : { namespace }), creationTimestamp: rule.created },
      spec: {
        host: rule.host,
        exportTo: rule.exportTo,
        workloadSelector: rule.selector && { matchLabels: rule.selector },
        trafficPolicy: rule.tls && { tls: { mode: rule.tls } },
        subsets: rule.subsets?.map((subset) => ({ name: subset })),
      },
    };
    return { path: rule.file ?? `dev/${i}.json`, raw: JSON.stringify(manifest) };
  });
  const asking = `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: asking, namespace: web }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: istio, namespace: istio-system }
data: { mesh: ${JSON.stringify(JSON.stringify(mesh))} }
`;
  const { graph } = await openTexts([...texts, { path: 'dev/asking.yaml', raw: asking }]);
  const [from] = graph.list('VirtualService');
  if (from === undefined) throw new Error('nobody asks');
  return { graph, from };
}

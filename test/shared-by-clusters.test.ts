import { expect, test } from 'vitest';
import { rules } from '../rules/index.gen.ts';
import { openClusterTexts } from '../src/session/clusters.ts';

// Clusters of one mesh call each other: what one of them has is missing in none. What none has is missing all the same.

const namespace = (name: string): string => `
apiVersion: v1
kind: Namespace
metadata: { name: ${name}, labels: { istio-injection: enabled } }
---`;
const service = (name: string, namespace: string): string => `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: ${namespace} }
spec: { selector: { app: ${name} }, ports: [{ name: http, port: 80 }] }
---`;
const workload = (name: string, namespace: string, version: string): string => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name}, version: ${version} } }
    spec: { serviceAccountName: ${name}, containers: [{ name: main, image: main }] }
---`;

const east = namespace('shop') + service('pay', 'shop') + workload('pay', 'shop', 'v1');
const west = [
  namespace('desk'),
  service('till', 'desk'),
  workload('till', 'desk', 'v1'),
  workload('pay', 'shop', 'v2'),
  workload('stock', 'shop', 'v1'),
].join('');

const route = (host: string): string => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: pay, namespace: shop }
spec: { hosts: [pay], http: [{ route: [{ destination: { host: ${host} } }] }] }
`;
const target = (host: string, version: string): string => `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: pay, namespace: shop }
spec: { host: ${host}, subsets: [{ name: some, labels: { version: ${version} } }] }
`;
const policy = (spec: string): string => `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: pay, namespace: shop }
spec: ${spec}
`;
const caller = (source: string): string => policy(`{ rules: [{ from: [{ source: ${source} }] }] }`);
const selecting = (app: string): string =>
  policy(`{ selector: { matchLabels: { app: ${app} } }, rules: [{}] }`);

const cases: readonly (readonly [what: string, text: string, rule: string | undefined])[] = [
  ['a destination that another cluster has', route('till.desk.svc.cluster.local'), undefined],
  ['a destination that no cluster has', route('safe.desk.svc.cluster.local'), 'routing/missing-destination-host'],
  ['rules for a host that another cluster has', target('till.desk.svc.cluster.local', 'v1'), undefined],
  ['rules for a host that no cluster has', target('safe.desk.svc.cluster.local', 'v1'), 'routing/unknown-destination-rule-host'],
  ['a subset with workloads in another cluster', target('pay', 'v2'), undefined],
  ['a subset without workloads anywhere', target('pay', 'v3'), 'routing/subset-without-workloads'],
  ['callers of a namespace in another cluster', caller('{ namespaces: [desk] }'), undefined],
  ['callers of a namespace that is nowhere', caller('{ namespaces: [bank] }'), 'authz/unknown-source-namespace'],
  ['callers of namespaces by a pattern that fits in another cluster', caller('{ namespaces: [des*] }'), undefined],
  ['callers of namespaces by a pattern that fits nowhere', caller('{ namespaces: [ban*] }'), 'authz/unknown-source-namespace'],
  ['a caller that runs in another cluster', caller('{ principals: [cluster.local/ns/desk/sa/till] }'), undefined],
  ['a caller that runs nowhere', caller('{ principals: [cluster.local/ns/desk/sa/safe] }'), 'authz/unknown-principal'],
  ['a caller that no identity can have', caller('{ principals: [desk/till] }'), 'authz/unknown-principal'],
  ['all workloads of a namespace, which are in another cluster', policy('{ rules: [{}] }').replace('namespace: shop', 'namespace: desk'), undefined],
  ['workloads in another cluster', selecting('stock'), undefined],
  ['workloads that are nowhere', selecting('vault'), 'authz/policy-without-workload'],
]; // biome-ignore format: a table

test.each(cases)('%s', async (_what, text, rule) => {
  const texts = [
    { path: 'east.yaml', raw: east, cluster: 'east' },
    { path: 'own.yaml', raw: text, cluster: 'east' },
    { path: 'west.yaml', raw: west, cluster: 'west' },
  ];
  const clusters = await openClusterTexts(texts, { world: 'closed' });
  const { report } = await clusters.analyze(rules, 'test');
  const found = report.diagnostics.filter(({ severity }) => severity !== 'info');
  expect(found.map((finding) => finding.rule)).toEqual(rule === undefined ? [] : [rule]);
});

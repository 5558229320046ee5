import { expect, test } from 'vitest';
import { rules } from '../rules/index.gen.ts';
import { openClusterTexts } from '../src/session/clusters.ts';

// Clusters of one mesh call each other: what one of them has is missing in none. What none has is missing all the same.

const east = `
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { istio-injection: enabled } }
---
apiVersion: v1
kind: Service
metadata: { name: pay, namespace: shop }
spec: { selector: { app: pay }, ports: [{ name: http, port: 80 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: pay, namespace: shop }
spec:
  selector: { matchLabels: { app: pay } }
  template:
    metadata: { labels: { app: pay, version: v1 } }
    spec: { containers: [{ name: pay, image: pay }] }
`;
const west = `
apiVersion: v1
kind: Namespace
metadata: { name: desk }
---
apiVersion: v1
kind: Service
metadata: { name: till, namespace: desk }
spec: { selector: { app: till }, ports: [{ name: http, port: 80 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: pay, namespace: shop }
spec:
  selector: { matchLabels: { app: pay } }
  template:
    metadata: { labels: { app: pay, version: v2 } }
    spec: { containers: [{ name: pay, image: pay }] }
`;

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
const caller = (namespace: string): string => `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: pay, namespace: shop }
spec: { action: ALLOW, rules: [{ from: [{ source: { namespaces: [${namespace}] } }] }] }
`;

const cases: readonly (readonly [what: string, text: string, rule: string | undefined])[] = [
  ['a destination that another cluster has', route('till.desk.svc.cluster.local'), undefined],
  ['a destination that no cluster has', route('safe.desk.svc.cluster.local'), 'routing/missing-destination-host'],
  ['rules for a host that another cluster has', target('till.desk.svc.cluster.local', 'v1'), undefined],
  ['rules for a host that no cluster has', target('safe.desk.svc.cluster.local', 'v1'), 'routing/unknown-destination-rule-host'],
  ['a subset with workloads in another cluster', target('pay', 'v2'), undefined],
  ['a subset without workloads anywhere', target('pay', 'v3'), 'routing/subset-without-workloads'],
  ['callers of a namespace in another cluster', caller('desk'), undefined],
  ['callers of a namespace that is nowhere', caller('bank'), 'authz/unknown-source-namespace'],
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

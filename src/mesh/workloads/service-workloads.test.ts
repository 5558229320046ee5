import { describe, expect, test } from 'vitest';
import type { WholeGraph } from '../../graph/graph.ts';
import { openTexts } from '../../session/session.ts';
import { serviceWorkloads } from './service-workloads.ts';
import { workloads } from './workloads.ts';

async function graphOf(files: Readonly<Record<string, string>>): Promise<WholeGraph> {
  const texts = Object.entries(files).map(([path, raw]) => ({ path, raw }));
  return (await openTexts(texts)).graph;
}

const service = (spec: string): string => `apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { ${spec} }
---
`;
const deployment = (name: string, labels: string, namespace = 'shop'): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${namespace} }
spec: { template: { metadata: { labels: { ${labels} } } } }
---
`;
const statefulSet = `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db, namespace: shop }
spec: { template: { metadata: { labels: { app: db } } } }
---
`;

describe('workloads of a Service', () => {
  test.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    [
      'carry all labels of its selector',
      {
        'all.yaml':
          service('selector: { app: web, version: v1 }') +
          deployment('v1', 'app: web, version: v1') +
          deployment('v2', 'app: web, version: v2'),
      },
      ['v1'],
    ],
    [
      'stand in its namespace',
      { 'all.yaml': service('selector: { app: web }') + deployment('web', 'app: web', 'store') },
      [],
    ],
    ['are none without a selector', { 'all.yaml': service('') + deployment('web', 'app: web') }, []],
    [
      'are none with an empty selector',
      { 'all.yaml': service('selector: {}') + deployment('web', 'app: web') },
      [],
    ],
    [
      'are none for an external name',
      {
        'all.yaml': service('type: ExternalName, selector: { app: web }') + deployment('web', 'app: web'),
      },
      [],
    ],
    [
      'are found by a label that only pods have',
      { 'all.yaml': service('selector: { statefulset.kubernetes.io/pod-name: db-0 }') + statefulSet },
      ['db'],
    ],
    [
      'are not those of another variant',
      {
        'env/dev/all.yaml': service('selector: { app: web }') + deployment('web', 'app: web'),
        'env/prod/all.yaml': deployment('web', 'app: web') + deployment('extra', 'app: web'),
        'base.yaml': deployment('shared', 'app: web'),
      },
      ['shared', 'web'],
    ],
  ])('%s', async (_, files, expected) => {
    const graph = await graphOf(files);
    const [subject] = graph.list('Service');
    if (subject === undefined) throw new Error('no Service');
    const view = serviceWorkloads(graph);
    const found = view.of(subject);
    expect(found.map(({ resource }) => resource.name).sort()).toEqual(expected);
    // Both directions agree.
    const back = workloads(graph).all.filter((workload) => view.servicesOf(workload).includes(subject));
    expect(back.map(({ resource }) => resource.name).sort()).toEqual(expected);
  });
});

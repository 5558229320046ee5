import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { World } from '../../graph/evidence.ts';
import { openTexts } from '../../session/session.ts';
import { missingRegistry, networkSources } from './mesh-networks.ts';

const networks = (...names: readonly string[]): string =>
  `networks: { one: { endpoints: [${names.map((name) => `{ fromRegistry: ${name} }`).join(', ')}] } }`;
const remote = `apiVersion: v1
kind: Secret
metadata: { name: remote, namespace: istio-system, labels: { istio/multiCluster: "true" } }
data: { west: "" }
stringData: { east: config }
---
`;
const operator = (values: string): string => `apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
metadata: { name: istio, namespace: istio-system }
spec: { values: { global: { ${values} } } }
---
`;
const istiod = `apiVersion: apps/v1
kind: Deployment
metadata: { name: istiod, namespace: istio-system }
spec:
  template:
    metadata: { labels: { app: istiod } }
    spec: { containers: [{ name: discovery, env: [{ name: CLUSTER_ID, value: primary }] }] }
---
`;

/** `name: state suggestion` of each cluster that is named and not found. */
async function missing(names: readonly string[], raw: string, world: World): Promise<string[]> {
  const file = join(mkdtempSync(join(tmpdir(), 'networks-')), 'networks.yaml');
  writeFileSync(file, networks(...names));
  const { graph } = await openTexts([{ path: 'mesh.yaml', raw }], {
    world,
    mesh: { meshNetworksFile: file },
  });
  const [source] = networkSources(graph);
  if (source === undefined) throw new Error('no networks');
  return names.flatMap((name) => {
    const lookup = missingRegistry(graph, name, source.resource);
    return lookup === undefined ? [] : [`${name} ${lookup.state} ${lookup.suggestion ?? ''}`.trim()];
  });
}

describe('clusters that networks name', () => {
  test.each<[string, readonly string[], string, World, readonly string[]]>([
    ['those of istiod itself', ['Kubernetes', 'External', 'Mock'], '', 'closed', []],
    ['in another case', ['kubernetes'], '', 'closed', ['kubernetes absent Kubernetes']],
    ['the keys of remote Secrets', ['west', 'east', 'north'], remote, 'closed', ['north absent']],
    [
      'the name that istiod is installed with',
      ['primary'],
      operator('multiCluster: { clusterName: primary }'),
      'closed',
      [],
    ],
    ['the name that istiod runs with', ['primary'], istiod, 'closed', []],
    ['any, where no remote Secret is kept in files', ['north'], '', 'auto', ['north unknown']],
    [
      'those of remote Secrets in files',
      ['north', 'wset'],
      remote,
      'auto',
      ['north absent', 'wset absent west'],
    ],
    ['any in an open world', ['north'], remote, 'open', ['north unknown']],
  ])('%s', async (_, names, raw, world, expected) => {
    expect(await missing(names, raw, world)).toEqual(expected);
  });
});

test('networks are told by a file, and by what installs Istio', async () => {
  const raw = operator('meshNetworks: { one: { endpoints: [] } }');
  const { graph } = await openTexts([{ path: 'mesh.yaml', raw }], { world: 'auto' });
  expect(networkSources(graph).map(({ networks: all }) => Object.keys(all))).toEqual([['one']]);
});

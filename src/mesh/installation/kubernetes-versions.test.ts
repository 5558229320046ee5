import { describe, expect, test } from 'vitest';
import { isAtLeast } from '../../model/releases.ts';
import { openTexts } from '../../session/session.ts';
import { kubernetesMinimums, minimumKubernetes, newestNodes } from './kubernetes-versions.ts';

test('the table rises, and each of its releases can be read', () => {
  for (const [i, { istio, kubernetes }] of kubernetesMinimums.entries()) {
    expect(`${istio} ${kubernetes}`).toMatch(/^1\.\d+ 1\.\d+$/);
    const before = kubernetesMinimums[i - 1];
    if (before === undefined) continue;
    expect(isAtLeast(before.istio, istio)).toBe(false);
    expect(isAtLeast(before.kubernetes, kubernetes)).toBe(false);
  }
});

test.each([
  ['1.15', undefined],
  ['1.16', '1.22'],
  ['1.20', '1.25'],
  ['1.29', '1.30'],
  ['1.31', '1.32'],
  ['1.40', '1.32'],
])('Istio %s asks for Kubernetes %s', (istio, kubernetes) => {
  expect(minimumKubernetes(istio)).toBe(kubernetes);
});

const node = (name: string, version: string): string => `apiVersion: v1
kind: Node
metadata: { name: ${name} }
status: { nodeInfo: { kubeletVersion: ${version} } }
---
`;

describe('the newest node', () => {
  test.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    [
      'is found among all',
      { 'a.yaml': node('old', 'v1.9.1') + node('new', 'v1.29.4-gke.1') },
      ['new 1.29 1.32'],
    ],
    [
      'is found across the files of a folder',
      { 'a.yaml': node('old', '1.28.0+k3s1'), 'b.yaml': node('new', 'v1.30.0') },
      ['new 1.30 1.33'],
    ],
    [
      'of another folder is of another cluster',
      { 'a/n.yaml': node('old', 'v1.28.0'), 'b/n.yaml': node('new', 'v1.30.0') },
      ['new 1.30 1.33', 'old 1.28 1.31'],
    ],
    ['has a version that can be read', { 'a.yaml': `${node('old', 'latest')}${node('new', '""')}` }, []],
  ])('%s', async (_, files, expected) => {
    const texts = Object.entries(files).map(([path, raw]) => ({ path, raw }));
    const { graph } = await openTexts(texts);
    const found = newestNodes(graph).map(
      ({ node: { name }, version, newestServer }) => `${name} ${version} ${newestServer}`,
    );
    expect(found).toEqual(expected);
  });
});

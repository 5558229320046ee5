import { expect, test } from 'vitest';
import type { Mesh } from '../model/mesh.ts';
import { type Assumptions, assumingMesh, createAssumptions, sayAssumed } from './assumptions.ts';

function settingsOf(assumptions: Assumptions): readonly string[] {
  return [...assumptions.noted()].map(({ setting }) => setting).sort();
}

test('who gets what was worked out before assumes what that took', () => {
  const assumptions = createAssumptions(new Set(['mesh']));
  const { assume, keep } = assumptions;
  const answers = new Map<string, number>();
  const inner = (): number =>
    keep(answers, 'inner', () => {
      assume('mesh', 'a');
      return 1;
    });
  const outer = (): number =>
    keep(answers, 'outer', () => {
      assume('mesh', 'b');
      return inner() + 1;
    });
  expect([outer(), settingsOf(assumptions)]).toEqual([2, ['a', 'b']]);
  assumptions.begin();
  expect([inner(), settingsOf(assumptions)]).toEqual([1, ['a']]);
  assumptions.begin();
  expect(settingsOf(assumptions)).toEqual([]);
  expect([outer(), settingsOf(assumptions)]).toEqual([2, ['a', 'b']]);
});

test('what throws has assumed something, and leaves nothing behind', () => {
  const assumptions = createAssumptions(new Set(['mesh']));
  const failing = (): unknown =>
    assumptions.keep(new Map(), 'key', () => {
      assumptions.assume('mesh', 'a');
      throw new Error('no');
    });
  expect(failing).toThrow('no');
  assumptions.assume('mesh', 'b');
  expect(settingsOf(assumptions)).toEqual(['a', 'b']);
});

test('what was read, or told, is not assumed', () => {
  const assumptions = createAssumptions(new Set(['mesh']), new Set(['trustDomain']));
  const mesh: Mesh = {
    rootNamespace: 'istio-system',
    clusterDomain: 'cluster.local',
    trustDomain: 'example.org',
    trustDomainAliases: [],
    config: { metadata: {} },
    configKnown: false,
  };
  const { trustDomain, trustDomainAliases, istioVersion, rootNamespace, config } = assumingMesh(
    mesh,
    assumptions,
  );
  expect([trustDomain, trustDomainAliases, istioVersion, rootNamespace, config.enableAutoMtls]).toEqual([
    'example.org',
    [],
    undefined,
    'istio-system',
    undefined,
  ]);
  assumptions.assume('istiod', 'PILOT_SCOPE_GATEWAY_TO_NAMESPACE');
  expect(settingsOf(assumptions)).toEqual(['enableAutoMtls', 'trustDomainAliases']);
});

test('each source is said once, with the first of many settings', () => {
  const many = [...'hgfedcba'].map((setting) => ({ source: 'mesh' as const, setting }));
  const others = [
    { source: 'release' as const, setting: 'release' },
    { source: 'istiod' as const, setting: 'X' },
    { source: 'istiod' as const, setting: 'X' },
  ];
  expect(sayAssumed([...others, ...many])).toEqual([
    "Istio's defaults for a, b, c, d, e, f and 2 more, since the mesh configuration could not be read",
    "Istio's default for X, since istiod's Deployment could not be read",
    "a recent release of Istio, since istiod's Deployment could not be read",
  ]);
});

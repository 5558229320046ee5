import { describe, expect, test } from 'vitest';
import { openTexts } from '../../session/session.ts';
import { isControlPlaneObject, isSwitchedOn, istiodEnvironment } from './istiod.ts';

const deployment = (env: string, label = 'istiod'): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: istiod, namespace: istio-system }
spec:
  template:
    metadata: { labels: { app: ${label} } }
    spec: { containers: [{ name: discovery, env: [${env}] }] }
---
`;
const operator = `apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
metadata: { name: installed, namespace: istio-system }
spec: { values: { pilot: { env: { A: true, B: "2" } } } }
---
`;
const sail = `apiVersion: sailoperator.io/v1
kind: Istio
metadata: { name: default }
spec: { values: { pilot: { env: { A: "1" } } } }
---
`;

describe('the environment of istiod', () => {
  test.each<[string, string, Readonly<Record<string, string>>]>([
    [
      'is that of its Deployment',
      deployment('{ name: A, value: x }, { name: B, valueFrom: {} }'),
      { A: 'x' },
    ],
    ['is not that of another', deployment('{ name: A, value: x }', 'web'), {}],
    ['is what an IstioOperator asks for', operator, { A: 'true', B: '2' }],
    ['is what an Istio resource asks for', sail, { A: '1' }],
    ['is rather what runs', operator + deployment('{ name: A, value: "false" }'), { A: 'false', B: '2' }],
    ['is empty when nothing is loaded', sail.replace('pilot', 'cni'), {}],
  ])('%s', async (_, raw, expected) => {
    const { graph } = await openTexts([{ path: 'mesh.yaml', raw }]);
    expect(Object.fromEntries(istiodEnvironment(graph))).toEqual(expected);
  });
});

test.each<[string | undefined, boolean, boolean]>([
  [undefined, true, true],
  [undefined, false, false],
  ['true', false, true],
  ['1', false, true],
  ['false', true, false],
  ['nonsense', true, false],
])('a switch set to %s, by default %s, is %s', (value, fallback, expected) => {
  expect(isSwitchedOn(new Map(value === undefined ? [] : [['A', value]]), 'A', fallback)).toBe(expected);
});

test.each<[Readonly<Record<string, string>>, boolean]>([
  [{ istio: 'pilot' }, true],
  [{ istio: '' }, true],
  [{ release: 'istio' }, true],
  [{ release: 'shop', app: 'istiod' }, false],
])('labels %o of the control plane: %s', (labels, expected) => {
  expect(isControlPlaneObject({ metadata: { labels } })).toBe(expected);
});

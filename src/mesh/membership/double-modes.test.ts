import { expect, test } from 'vitest';
import { openTexts } from '../../session/session.ts';
import { doubleModes } from './double-modes.ts';

const ambient = 'istio.io/dataplane-mode: ambient';
const none = 'istio.io/dataplane-mode: none';
const inject = 'sidecar.istio.io/inject: "true"';
const refuse = 'sidecar.istio.io/inject: "false"';
const rev = 'istio.io/rev: canary';
const enabled = 'istio-injection: enabled';
const disabled = 'istio-injection: disabled';

const rows: readonly (readonly [
  space: readonly string[] | undefined,
  pod: readonly string[],
  verdict: string | undefined,
])[] = [
  [[ambient], [], undefined],
  [[ambient], [inject], 'sidecar by sidecar.istio.io/inject beside Namespace istio.io/dataplane-mode'],
  [[ambient], [rev], 'sidecar by istio.io/rev beside Namespace istio.io/dataplane-mode'],
  [
    [ambient],
    [inject, ambient],
    'sidecar by sidecar.istio.io/inject beside Namespace istio.io/dataplane-mode',
  ],
  [[ambient], [inject, none], undefined],
  [[ambient], [refuse, rev], undefined],
  [[ambient, disabled], [inject], undefined],
  [[ambient, enabled], [], undefined],
  [[ambient, enabled], [inject], undefined],
  [[ambient, rev], [ambient], undefined],
  [[enabled], [ambient], 'ambient by istio.io/dataplane-mode beside Namespace istio-injection'],
  [[rev], [ambient], 'ambient by istio.io/dataplane-mode beside Namespace istio.io/rev'],
  [[enabled], [ambient, refuse], undefined],
  [[disabled], [ambient, inject], undefined],
  [[], [ambient, inject], 'ambient by istio.io/dataplane-mode beside Deployment sidecar.istio.io/inject'],
  [[], [ambient, rev], 'ambient by istio.io/dataplane-mode beside Deployment istio.io/rev'],
  [[], [ambient], undefined],
  [[], [inject], undefined],
  [undefined, [ambient, inject], undefined],
];

test.each(rows)('namespace %j, template %j', async (space, pod, verdict) => {
  const namespace =
    space === undefined
      ? ''
      : `apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { ${space.join(', ')} } }
---
`;
  const raw = `${namespace}apiVersion: apps/v1
kind: Deployment
metadata: { name: one, namespace: shop }
spec:
  template:
    metadata: { labels: { ${pod.join(', ')} } }
    spec: { containers: [{ name: one, image: one }] }
`;
  const { graph } = await openTexts([{ path: 'a.yaml', raw }], { world: 'auto' });
  const told = doubleModes(graph).map(
    ({ added, by, beside }) => `${added} by ${by.key} beside ${beside?.resource.kind} ${beside?.key}`,
  );
  expect(told).toEqual(verdict === undefined ? [] : [verdict]);
});

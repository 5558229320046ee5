import { describe, expect, test } from 'vitest';
import { openTexts } from '../../session/session.ts';
import { invalidLabels } from './label-values.ts';

type Bearer = 'Namespace' | 'Service' | 'Pod' | 'Gateway' | 'template';

const apiVersions: Readonly<Partial<Record<string, string>>> = {
  Gateway: 'gateway.networking.k8s.io/v1',
};

async function faultOf(
  bearer: Bearer,
  label: string,
  mesh: { istioVersion?: string } = {},
): Promise<string | undefined> {
  const raw =
    bearer === 'template'
      ? `apiVersion: apps/v1
kind: Deployment
metadata: { name: one, namespace: shop }
spec:
  template:
    metadata: { labels: { ${label} } }
`
      : `apiVersion: ${apiVersions[bearer] ?? 'v1'}
kind: ${bearer}
metadata: { name: one, namespace: shop, labels: { ${label} } }
`;
  const { graph } = await openTexts([{ path: 'a.yaml', raw }], { world: 'closed', mesh });
  const [first, ...others] = invalidLabels(graph);
  expect(others).toEqual([]);
  return first?.fault;
}

describe('values', () => {
  const rows: readonly (readonly [bearer: Bearer, label: string, fault: string | undefined])[] = [
    ['Namespace', 'istio.io/dataplane-mode: ambient', undefined],
    ['Namespace', 'istio.io/dataplane-mode: none', undefined],
    ['Namespace', 'istio.io/dataplane-mode: ""', undefined],
    ['Namespace', 'istio.io/dataplane-mode: Ambient', 'no-mode'],
    ['Namespace', 'istio.io/dataplane-mode: sidecar', 'no-mode'],
    ['Namespace', 'istio.io/dataplane-mode: $' + '{MODE}', undefined],
    ['template', 'istio.io/dataplane-mode: disabled', 'no-mode'],
    ['Pod', 'istio.io/dataplane-mode: "true"', 'no-mode'],
    ['Service', 'istio.io/dataplane-mode: mesh', undefined],
    ['Namespace', 'istio-injection: enabled', undefined],
    ['Namespace', 'istio-injection: disabled', undefined],
    ['Namespace', 'istio-injection: "true"', 'no-injection'],
    ['Namespace', 'istio-injection: Enabled', 'no-injection'],
    ['template', 'istio-injection: "true"', undefined],
    ['template', 'sidecar.istio.io/inject: "true"', undefined],
    ['template', 'sidecar.istio.io/inject: "false"', undefined],
    ['template', 'sidecar.istio.io/inject: ""', undefined],
    ['template', 'sidecar.istio.io/inject: "False"', 'no-wish'],
    ['template', 'sidecar.istio.io/inject: enabled', 'no-wish'],
    ['Gateway', 'istio.io/waypoint-for: service', undefined],
    ['Gateway', 'istio.io/waypoint-for: workload', undefined],
    ['Gateway', 'istio.io/waypoint-for: all', undefined],
    ['Gateway', 'istio.io/waypoint-for: none', undefined],
    ['Gateway', 'istio.io/waypoint-for: workloads', 'no-traffic-type'],
    ['Gateway', 'istio.io/waypoint-for: ALL', 'no-traffic-type'],
    ['Service', 'istio.io/ingress-use-waypoint: "True"', undefined],
    ['Service', 'istio.io/ingress-use-waypoint: "1"', undefined],
    ['Service', 'istio.io/ingress-use-waypoint: "tRUE"', 'no-boolean'],
    ['Service', 'istio.io/ingress-use-waypoint: enabled', 'no-boolean'],
    ['Namespace', 'istio.io/ingress-use-waypoint: "yes"', 'no-boolean'],
    ['Namespace', 'istio.io/use-waypoint: waypoint', undefined],
    ['Namespace', 'istio.io/use-waypoint: none', undefined],
    ['Namespace', 'istio.io/use-waypoint: my.waypoint-2', undefined],
    ['Namespace', 'istio.io/use-waypoint: ""', 'no-name'],
    ['Service', 'istio.io/use-waypoint: None', 'no-name'],
    ['Service', 'istio.io/use-waypoint: my_waypoint', 'no-name'],
    ['Service', 'istio.io/use-waypoint: shop/waypoint', 'old-reference'],
    ['template', 'istio.io/use-waypoint: "#none"', 'old-reference'],
    // Keys that every object of JavaScript has.
    ['Service', 'toString: "x"', undefined],
    ['Service', 'constructor: "x"', undefined],
  ];
  test.each(rows)('%s with %s', async (bearer, label, fault) => {
    expect(await faultOf(bearer, label)).toBe(fault);
  });
});

describe('releases', () => {
  const rows: readonly (readonly [
    istioVersion: string,
    bearer: Bearer,
    label: string,
    fault: string | undefined,
  ])[] = [
    ['1.26', 'template', 'sidecar.istio.io/inject: "yes"', undefined],
    ['1.26', 'template', 'sidecar.istio.io/inject: "OFF"', undefined],
    ['1.26', 'template', 'sidecar.istio.io/inject: enabled', 'no-wish'],
    ['1.27', 'template', 'sidecar.istio.io/inject: "yes"', 'no-wish'],
    ['1.29', 'Service', 'istio.io/ingress-use-waypoint: "tRUE"', undefined],
    ['1.29', 'Service', 'istio.io/ingress-use-waypoint: "1"', 'no-boolean'],
    ['1.30', 'Service', 'istio.io/ingress-use-waypoint: "t"', undefined],
  ];
  test.each(rows)('%s: %s with %s', async (istioVersion, bearer, label, fault) => {
    expect(await faultOf(bearer, label, { istioVersion })).toBe(fault);
  });
});

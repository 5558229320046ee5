import { describe, expect, test } from 'vitest';
import type { World } from '../../graph/evidence.ts';
import type { WholeGraph } from '../../graph/graph.ts';
import { openTexts } from '../../session/session.ts';
import { workloads } from '../workloads/workloads.ts';
import { type WaypointBinding, waypoints } from './waypoints.ts';

const use = (name: string, more = ''): string => `{ istio.io/use-waypoint: ${name}${more} }`;
const useIn = (name: string, namespace: string): string =>
  use(name, `, istio.io/use-waypoint-namespace: ${namespace}`);

/** A waypoint `namespace/name`. */
function waypoint(ref: string, { labels = '{}' } = {}): string {
  const [namespace, name] = ref.split('/');
  return `---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { namespace: ${namespace}, name: ${name}, labels: ${labels} }
spec: { gatewayClassName: istio-waypoint, listeners: [{ name: mesh, port: 15008, protocol: HBONE }] }
`;
}
const w = waypoint('shop/w');

function show(binding: WaypointBinding): string {
  const { state, label } = binding;
  if (state === 'unknown') {
    const { wanted } = binding;
    return `unknown${label === undefined ? '' : ` labelled ${wanted?.namespace}/${wanted?.name}`}`;
  }
  if (state === 'none') return label === undefined ? 'none' : `none ${label.via}`;
  if (state === 'bound') return `bound ${binding.gateway.namespace}/${binding.gateway.name} ${label?.via}`;
  return `error ${binding.fault} ${label?.via} ${binding.wanted.namespace}/${binding.wanted.name}`;
}

async function graphOf(raw: string, world: World = 'auto'): Promise<WholeGraph> {
  return (await openTexts([{ path: 'a.yaml', raw }], { world })).graph;
}

/** What stands before a workload with the label `app: web`. */
const fronts: readonly { it: string; ns?: string; own?: string; services: string; is: string }[] = [
  { it: 'no Service', services: w, is: 'none' },
  { it: 'a Service with a waypoint', services: service('a', use('w')) + w, is: 'bound shop/w own' },
  {
    it: 'one of two Services',
    services: service('a', '{}') + service('b', use('w')) + w,
    is: 'bound shop/w own',
  },
  { it: 'a Service for others', services: service('a', use('w'), 'app: other') + w, is: 'none' },
  {
    it: 'a Service that opts out',
    ns: use('w'),
    services: service('a', use('none')) + w,
    is: 'none namespace',
  },
  {
    it: 'the workload itself',
    own: ', istio.io/use-waypoint: w',
    services: waypoint('shop/w', { labels: '{ istio.io/waypoint-for: all }' }),
    is: 'bound shop/w own',
  },
  {
    it: 'no Service is loaded, the namespace has a waypoint',
    ns: use('w'),
    services: w,
    is: 'unknown labelled undefined/undefined',
  },
  {
    it: 'bound before meant',
    services: service('a', useIn('x', 'far')) + service('b', use('w')) + w,
    is: 'bound shop/w own',
  },
  {
    it: 'meant before faulty',
    services: service('a', useIn('x', 'far')) + service('b', use('gone')) + w,
    is: 'unknown labelled far/x',
  },
  {
    it: 'faulty before none',
    services: service('a', '{}') + service('b', use('gone')) + w,
    is: 'error missing own shop/gone',
  },
  {
    it: 'a ServiceEntry that selects it',
    services: `---\napiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: { name: a, namespace: shop, labels: ${use('w')} }\nspec: { workloadSelector: { labels: { app: web } } }\n${w}`,
    is: 'bound shop/w own',
  },
];

function service(name: string, labels: string, selector = 'app: web'): string {
  return `---\napiVersion: v1\nkind: Service\nmetadata: { name: ${name}, namespace: shop, labels: ${labels} }\nspec: { selector: { ${selector} } }\n`;
}

describe('the waypoint before a workload', () => {
  test.each(fronts)('$it → $is', async ({ ns = '{}', own = '', services, is }) => {
    const graph = await graphOf(
      `apiVersion: v1\nkind: Namespace\nmetadata: { name: shop, labels: ${ns} }\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web, namespace: shop }\nspec: { template: { metadata: { labels: { app: web${own} } } } }\n${services}`,
    );
    const workload = workloads(graph).all.find(({ resource }) => resource.kind === 'Deployment');
    expect(workload && show(waypoints(graph).before(workload))).toBe(is);
  });
});

test('who is behind a waypoint', async () => {
  const graph = await graphOf(
    `apiVersion: v1\nkind: Namespace\nmetadata: { name: shop, labels: ${use('w')} }\n${service('a', '{}')}${service('b', use('none'))}${service('c', use('v', ', istio.io/use-waypoint-canary: w'))}---\napiVersion: apps/v1\nkind: Deployment\nmetadata: { name: d, namespace: shop }\n${waypoint('shop/w', { labels: '{ istio.io/waypoint-for: all }' })}${waypoint('shop/v')}${waypoint('shop/x')}`,
  );
  const { boundTo } = waypoints(graph);
  const names = graph.list('KubernetesGateway').map((gateway) => [
    gateway.name,
    boundTo(gateway)
      .map((one) => ('resource' in one ? one.resource.name : one.name))
      .sort(),
  ]);
  expect(names).toEqual([
    ['v', ['c']],
    ['w', ['a', 'c', 'd']],
    ['x', []],
  ]);
});

test('a kustomization that changes the object or the waypoint leaves it open', async () => {
  const kustomization = (file: string): string => `resources: [${file}]\npatches: [{ path: more.yaml }]\n`;
  const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n';
  async function bindingOf(patched: string, labels: string, gateway: string): Promise<string> {
    const files = {
      'kustomization.yaml': kustomization(patched),
      'ns.yaml': namespace,
      'web.yaml': service('web', labels).slice(4),
      'w.yaml': gateway.slice(4),
    };
    const texts = Object.entries(files).map(([path, raw]) => ({ path, raw }));
    const { graph } = await openTexts(texts, { world: 'auto' });
    const [web] = graph.list('Service');
    return web === undefined ? '' : show(waypoints(graph).waypointOf(web));
  }
  const forWorkloads = waypoint('shop/w', { labels: '{ istio.io/waypoint-for: workload }' });
  expect(await bindingOf('web.yaml', '{}', w)).toBe('unknown');
  expect(await bindingOf('web.yaml', use('w'), w)).toBe('unknown labelled undefined/undefined');
  expect(await bindingOf('web.yaml', use('none'), w)).toBe('unknown');
  expect(await bindingOf('w.yaml', use('w'), forWorkloads)).toBe('unknown labelled shop/w');
  expect(await bindingOf('w.yaml', use('w'), w)).toBe('bound shop/w own');
});

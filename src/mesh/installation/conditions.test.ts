import { describe, expect, test } from 'vitest';
import { openTexts } from '../../session/session.ts';
import { negativeConditions } from './conditions.ts';

async function negative(...manifests: readonly object[]): Promise<string[]> {
  const raw = manifests.map((manifest) => JSON.stringify(manifest)).join('\n---\n');
  const { graph } = await openTexts([{ path: 'mesh.yaml', raw }], { world: 'closed' });
  return negativeConditions(graph).map(({ condition, part }) => `${condition.type} ${part}`.trim());
}
const condition = (type: string, status: string, more: object = {}): object => ({ type, status, ...more });
const gateway = (status: object, className = 'istio', metadata: object = {}): object => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'Gateway',
  metadata: { name: 'edge', namespace: 'a', ...metadata },
  spec: { gatewayClassName: className },
  status,
});
const route = (kind: string, controllerName: string | undefined): object => ({
  apiVersion: kind === 'TCPRoute' ? 'gateway.networking.k8s.io/v1alpha2' : 'gateway.networking.k8s.io/v1',
  kind,
  metadata: { name: 'route', namespace: 'a' },
  status: {
    parents: [
      {
        parentRef: { name: 'edge', namespace: 'b' },
        ...(controllerName === undefined ? {} : { controllerName }),
        conditions: [condition('Accepted', 'False'), condition('ResolvedRefs', 'True')],
      },
    ],
  },
});
const policy = (...conditions: readonly object[]): object => ({
  apiVersion: 'security.istio.io/v1',
  kind: 'AuthorizationPolicy',
  metadata: { name: 'p', namespace: 'a' },
  status: { conditions },
});
const service = (...conditions: readonly object[]): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 's', namespace: 'a' },
  status: { conditions },
});

describe('conditions that say that something does not work', () => {
  test.each<[string, object, readonly string[]]>([
    [
      'a Service without its waypoint',
      service(condition('istio.io/WaypointBound', 'False')),
      ['istio.io/WaypointBound'],
    ],
    ['of others are not ours', service(condition('example.com/Synced', 'False')), []],
    ['a policy in ztunnel', policy(condition('ZtunnelAccepted', 'False')), ['ZtunnelAccepted']],
    [
      'a policy bound in part',
      policy(condition('WaypointAccepted', 'True', { reason: 'PartiallyInvalid' })),
      ['WaypointAccepted'],
    ],
    ['a policy that is bound', policy(condition('WaypointAccepted', 'True', { reason: 'Accepted' })), []],
    ['a Gateway', gateway({ conditions: [condition('Programmed', 'False')] }), ['Programmed']],
    [
      'a Gateway that waits',
      gateway({ conditions: [condition('Programmed', 'False', { reason: 'AddressNotAssigned' })] }),
      [],
    ],
    [
      'its listeners instead of itself',
      gateway({
        conditions: [condition('Accepted', 'False', { reason: 'ListenersNotValid' })],
        listeners: [
          { name: 'web', conditions: [condition('Conflicted', 'True'), condition('Accepted', 'True')] },
        ],
      }),
      ['Conflicted listener web'],
    ],
    [
      'a listener without conflicts',
      gateway({ listeners: [{ name: 'web', conditions: [condition('Conflicted', 'False')] }] }),
      [],
    ],
    ['a Gateway of somebody else', gateway({ conditions: [condition('Programmed', 'False')] }, 'nginx'), []],
    [
      'an earlier state',
      gateway({ conditions: [condition('Programmed', 'False', { observedGeneration: 1 })] }, 'istio', {
        generation: 2,
      }),
      [],
    ],
    [
      'the state as it is',
      gateway({ conditions: [condition('Programmed', 'False', { observedGeneration: 2 })] }, 'istio', {
        generation: 2,
      }),
      ['Programmed'],
    ],
    ['a route at its parent', route('HTTPRoute', 'istio.io/gateway-controller'), ['Accepted parent b/edge']],
    ['a route of another kind', route('TCPRoute', undefined), ['Accepted parent b/edge']],
    ['a route at a parent of somebody else', route('HTTPRoute', 'nginx.org/controller'), []],
  ])('%s', async (_, manifest, expected) => {
    expect(await negative(manifest)).toEqual(expected);
  });

  test("a class is Istio's by its controller", async () => {
    const own = (controllerName: string): object => ({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'GatewayClass',
      metadata: { name: 'edge' },
      spec: { controllerName },
    });
    const one = gateway({ conditions: [condition('Accepted', 'False')] }, 'edge');
    expect(await negative(own('istio.io/gateway-controller'), one)).toEqual(['Accepted']);
    expect(await negative(own('example.com/controller'), one)).toEqual([]);
  });
});

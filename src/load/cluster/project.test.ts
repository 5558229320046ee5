import { describe, expect, test } from 'vitest';
import { type Kind, kinds } from '../../model/kinds.gen.ts';
import type { Served } from './discovery.ts';
import { asObject } from './json.ts';
import type { KindRead } from './plan.ts';
import { project } from './project.ts';
import { createSharing } from './share-parts.ts';

type Fields = Record<string, unknown>;

const served: Served = {
  find: (group, resource) =>
    group === 'gateway.networking.k8s.io' && resource === 'gateways'
      ? { kind: 'Gateway', namespaced: true, versions: ['v1', 'v1beta1'] }
      : undefined,
  unread: () => [],
};

function cut(kind: Kind, object: Fields, shape: KindRead['shape'] = 'cut'): Fields | undefined {
  const { group, plural: resource, namespaced, versions } = kinds[kind];
  const version = versions[0] ?? 'v1';
  return project({ kind, group, resource, version, namespaced, shape, served }, structuredClone(object));
}

const PASSWORD = 'canary-51ab';
const container = {
  name: 'app',
  image: 'app:1',
  command: ['run', PASSWORD],
  args: [PASSWORD],
  env: [{ name: 'PASSWORD', value: PASSWORD }],
  resources: { limits: { cpu: '1' } },
  volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
  ports: [{ containerPort: 80, name: 'http' }],
  livenessProbe: {
    httpGet: { port: 'http', httpHeaders: [{ name: 'x', value: PASSWORD }] },
    periodSeconds: 5,
  },
  readinessProbe: { exec: { command: ['check', PASSWORD] } },
  securityContext: { runAsUser: 1337 },
};
const kept = {
  name: 'app',
  image: 'app:1',
  ports: [{ containerPort: 80, name: 'http' }],
  securityContext: { runAsUser: 1337 },
  livenessProbe: { httpGet: { port: 'http' } },
  readinessProbe: {},
};
const metadata = { name: 'one', namespace: 'shop' };

describe('what is kept', () => {
  test.each<[string, Kind, Fields, unknown]>([
    [
      'of metadata, what tells objects apart and how old they are',
      'Service',
      {
        metadata: {
          ...metadata,
          uid: '1',
          resourceVersion: '7',
          selfLink: '/x',
          finalizers: ['a'],
          managedFields: [{}],
          generation: 3,
          creationTimestamp: '2026-01-01T00:00:00Z',
          labels: { app: 'web' },
          annotations: {
            'kubectl.kubernetes.io/last-applied-configuration': PASSWORD,
            'kapp.k14s.io/original': PASSWORD,
            mine: 'kept',
          },
          ownerReferences: [{ apiVersion: 'v1', kind: 'X', name: 'x', uid: '2', controller: true }],
        },
        spec: { ports: [] },
      },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: {
          ...metadata,
          labels: { app: 'web' },
          annotations: { mine: 'kept' },
          ownerReferences: [{ apiVersion: 'v1', kind: 'X', name: 'x', controller: true }],
          creationTimestamp: '2026-01-01T00:00:00Z',
          generation: 3,
        },
        spec: { ports: [] },
      },
    ],
    [
      'of a Pod, what rules read',
      'Pod',
      {
        metadata: {
          ...metadata,
          annotations: {
            'sidecar.istio.io/status': '{"containers":["istio-proxy"]}',
            'proxy.istio.io/config': 'x',
            'prometheus.io/port': '80',
            'vault/secret': PASSWORD,
          },
        },
        spec: {
          containers: [container],
          initContainers: [{ name: 'istio-init', restartPolicy: 'Always' }],
          hostNetwork: true,
          nodeName: 'n',
          serviceAccountName: 'web',
          volumes: [{ name: 'v', secret: { secretName: 's' } }],
          tolerations: [{}],
        },
        status: { phase: 'Running', podIP: '10.0.0.1', containerStatuses: [{}] },
      },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          ...metadata,
          annotations: {
            'sidecar.istio.io/status': '{}',
            'proxy.istio.io/config': 'x',
            'prometheus.io/port': '80',
          },
        },
        spec: {
          serviceAccountName: 'web',
          hostNetwork: true,
          nodeName: 'n',
          containers: [kept],
          initContainers: [{ name: 'istio-init', restartPolicy: 'Always' }],
        },
        status: { phase: 'Running' },
      },
    ],
    [
      'of a proxy, whether it is a router',
      'Pod',
      { metadata, spec: { containers: [{ name: 'istio-proxy', args: ['proxy', 'router'] }] } },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata,
        spec: { containers: [{ name: 'istio-proxy', args: ['proxy', 'router'] }] },
        status: {},
      },
    ],
    [
      'of a CronJob, its template',
      'CronJob',
      {
        metadata,
        spec: {
          schedule: '* * * * *',
          jobTemplate: { spec: { template: { spec: { containers: [container] } } } },
        },
        status: { active: [] },
      },
      {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata,
        spec: {
          schedule: '* * * * *',
          jobTemplate: { spec: { template: { spec: { containers: [kept] } } } },
        },
      },
    ],
    [
      'of a ReplicaSet that a Deployment owns, nothing',
      'ReplicaSet',
      { metadata: { ...metadata, ownerReferences: [{ kind: 'Deployment', name: 'web' }] }, spec: {} },
      undefined,
    ],
    [
      'of a ConfigMap that has nothing to do with Istio, nothing',
      'ConfigMap',
      { metadata, data: { a: PASSWORD } },
      undefined,
    ],
    [
      'of a Node, how old its kubelet is',
      'Node',
      {
        metadata: { name: 'n' },
        spec: { podCIDR: 'x' },
        status: { nodeInfo: { kubeletVersion: 'v1.33.1', osImage: 'x' }, images: [{}] },
      },
      {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name: 'n' },
        status: { nodeInfo: { kubeletVersion: 'v1.33.1' } },
      },
    ],
    [
      'of what makes Secrets, their names',
      'ExternalSecret',
      { metadata, spec: { target: { name: 'cert', template: { data: { a: PASSWORD } } } }, status: {} },
      {
        apiVersion: 'external-secrets.io/v1',
        kind: 'ExternalSecret',
        metadata,
        spec: { target: { name: 'cert' } },
      },
    ],
    [
      'of what makes Secrets, sealed',
      'SealedSecret',
      {
        metadata,
        spec: {
          encryptedData: { a: 'x' },
          template: { metadata: { name: 'cert', labels: {} }, data: { a: PASSWORD } },
        },
      },
      {
        apiVersion: 'bitnami.com/v1alpha1',
        kind: 'SealedSecret',
        metadata,
        spec: { template: { metadata: { name: 'cert' } } },
      },
    ],
  ])('%s', (_, kind, object, expected) => {
    expect(cut(kind, object)).toEqual(expected);
    expect(JSON.stringify(cut(kind, object) ?? '')).not.toContain(PASSWORD);
  });

  test('of istiod, its environment too', () => {
    const env = [{ name: 'PILOT_ENABLE_AMBIENT', value: 'true' }];
    const template = {
      metadata: { labels: { app: 'istiod' } },
      spec: { containers: [{ name: 'discovery', env }] },
    };
    expect(cut('Deployment', { metadata, spec: { template } })).toMatchObject({ spec: { template } });
  });

  test.each(['Pod', 'Deployment', 'CronJob', 'SealedSecret'] as const)(
    'of a whole %s, everything but what may be a secret',
    (kind) => {
      const pod = {
        containers: [{ ...container, command: [], args: [], livenessProbe: {}, readinessProbe: {} }],
        tolerations: [{ key: 'x' }],
      };
      const template = { spec: pod, ...(kind === 'SealedSecret' ? { data: { a: PASSWORD } } : {}) };
      const spec =
        kind === 'Pod'
          ? pod
          : kind === 'CronJob'
            ? { jobTemplate: { spec: { template: { spec: pod } } } }
            : { template };
      const text = JSON.stringify(cut(kind, { metadata, spec }, 'whole'));
      expect(text).not.toContain(PASSWORD);
      if (kind === 'SealedSecret') return;
      for (const word of ['limits', 'tolerations', 'volumeMounts', '{"name":"PASSWORD"}'])
        expect(text).toContain(word);
    },
  );
});

describe('a definition', () => {
  const definition = (name: string): Fields => ({
    metadata: { name },
    spec: { versions: [{ name: 'old', schema: {} }] },
  });

  test('says what discovery says, and leaves out its schemas', () => {
    expect(
      cut('CustomResourceDefinition', definition('gateways.gateway.networking.k8s.io'), 'metadata'),
    ).toEqual({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'gateways.gateway.networking.k8s.io' },
      spec: {
        group: 'gateway.networking.k8s.io',
        names: { kind: 'Gateway', plural: 'gateways' },
        scope: 'Namespaced',
        versions: [
          { name: 'v1', served: true },
          { name: 'v1beta1', served: true },
        ],
      },
    });
  });

  test('of which discovery says nothing says nothing itself', () => {
    expect(cut('CustomResourceDefinition', definition('things.example.com'), 'metadata')).toMatchObject({
      spec: {},
    });
  });

  test('is whole where it is wanted', () => {
    const whole = definition('things.example.com');
    expect(cut('CustomResourceDefinition', whole)).toMatchObject(whole);
  });
});

test('pods that are alike share what they have alike', () => {
  const share = createSharing();
  const pods = ['a', 'b'].map((name) =>
    cut('Pod', {
      metadata: { ...metadata, name, labels: { app: 'web' } },
      spec: { containers: [container] },
    }),
  );
  const before = JSON.stringify(pods);
  for (const pod of pods) if (pod !== undefined) share(pod);
  expect(JSON.stringify(pods)).toBe(before);
  const [one, other] = pods.map((pod) => asObject(pod?.spec)?.containers);
  expect(one).toBe(other);
});

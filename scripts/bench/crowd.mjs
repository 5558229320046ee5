// @ts-check
// What stands in a cluster besides its mesh: pods, and Secrets that nobody may ask for but one.

const NAMESPACES = 50;

/** A pod as a cluster has it, of some five kilobytes. */
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'worker-{i}',
    namespace: 'crowd-{n}',
    labels: { app: 'worker', 'pod-template-hash': '5d4f8c7b9', version: 'v{i}' },
    annotations: { 'example.com/checksum': '0123456789abcdef'.repeat(4) },
  },
  spec: {
    serviceAccountName: 'worker',
    nodeName: 'node-{n}',
    containers: [
      {
        name: 'worker',
        image: 'registry.example.com/crowd/worker:1.4.{n}',
        ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
        env: Array.from({ length: 24 }, (_, i) => ({
          name: `SETTING_NUMBER_${i}`,
          value: 'a value '.repeat(5),
        })),
        resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
        readinessProbe: { httpGet: { path: '/ready', port: 8080, scheme: 'HTTP' }, periodSeconds: 10 },
        volumeMounts: [{ name: 'token', mountPath: '/var/run/secrets/token', readOnly: true }],
      },
    ],
    volumes: [
      {
        name: 'token',
        projected: {
          sources: [
            { serviceAccountToken: { path: 'token', expirationSeconds: 3607 } },
            { configMap: { name: 'kube-root-ca.crt' } },
          ],
        },
      },
    ],
    tolerations: ['not-ready', 'unreachable'].map((key) => ({
      key: `node.kubernetes.io/${key}`,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: 300,
    })),
  },
  status: {
    phase: 'Running',
    podIP: '10.0.0.1',
    conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
      type,
      status: 'True',
      lastProbeTime: null,
      lastTransitionTime: '2026-01-01T00:00:00Z',
    })),
    containerStatuses: [
      {
        name: 'worker',
        ready: true,
        restartCount: 0,
        image: 'registry.example.com/crowd/worker:1.4.0',
        imageID: `registry.example.com/crowd/worker@sha256:${'0123456789abcdef'.repeat(4)}`,
        state: { running: { startedAt: '2026-01-01T00:00:00Z' } },
      },
    ],
  },
};

/** A release as Helm keeps it. */
const release = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: 'sh.helm.release.v1.worker-{i}.v1',
    namespace: 'crowd-{n}',
    labels: { owner: 'helm', status: 'deployed' },
  },
  type: 'helm.sh/release.v1',
  data: { release: Buffer.from('release '.repeat(500)).toString('base64') },
};

/** The Gateway that names the one Secret that is fetched. */
export const edge = [
  {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: { name: 'edge', namespace: 'istio-system' },
    spec: {
      selector: { istio: 'ingressgateway' },
      servers: [
        {
          port: { number: 443, name: 'https', protocol: 'HTTPS' },
          tls: { mode: 'SIMPLE', credentialName: 'edge' },
          hosts: ['edge.example.com'],
        },
      ],
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'edge', namespace: 'istio-system' },
    type: 'kubernetes.io/tls',
    data: { 'tls.crt': 'eA==', 'tls.key': 'eA==' },
  },
];

/** For the API server, which makes them when they are asked for. @param {number} pods @param {number} secrets */
export function crowd(pods, secrets) {
  return [
    { count: pods, object: pod, namespaces: NAMESPACES },
    { count: secrets, object: release, namespaces: NAMESPACES },
  ].filter(({ count }) => count > 0);
}

/** The same pods, for files. @param {number} pods */
export function* madePods(pods) {
  const text = JSON.stringify(pod);
  for (let i = 0; i < pods; i++) {
    yield JSON.parse(text.replaceAll('{i}', `${i}`).replaceAll('{n}', `${i % NAMESPACES}`));
  }
}

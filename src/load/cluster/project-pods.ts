// Pods are most of what a cluster holds, and most of a pod is of no interest.
import { withoutCopies } from './copies.ts';
import { asObject, objectAt, objectsOf, pick } from './json.ts';

type Fields = Record<string, unknown>;

/** The annotations of Pods that rules read, or judge by their names; others may be many and long. */
const readAnnotations = /istio|^prometheus\.io\/|^kubernetes\.io\/ingress\.class$/i;
/** What the injector did, in a long text of which only the presence counts. */
const INJECTED = 'sidecar.istio.io/status';

/** A Pod with what rules read of one. */
export function cutPod({ spec, status, metadata, ...rest }: Fields): Fields {
  const meta = asObject(metadata) ?? {};
  const annotations = asObject(meta.annotations);
  const read = Object.entries(annotations ?? {})
    .filter(([key]) => readAnnotations.test(key))
    .map(([key, text]) => [key, key === INJECTED ? '{}' : text]);
  return {
    ...rest,
    metadata: annotations === undefined ? meta : { ...meta, annotations: Object.fromEntries(read) },
    spec: cutSpec(asObject(spec) ?? {}, meta),
    status: pick(asObject(status) ?? {}, ['phase']),
  };
}

/** A controller with what rules read of the pods that it makes. */
export function cutPodTemplate(value: Fields): Fields {
  return withPodSpec(value, cutSpec);
}

/** A Pod or a controller as it is, but for the values of environment variables: applications keep passwords there. */
export function dropEnvironment(value: Fields): Fields {
  const spec = asObject(value.spec);
  if (value.kind !== 'Pod' || spec === undefined) return withPodSpec(value, withoutEnvironment);
  return { ...value, spec: withoutEnvironment(spec, asObject(value.metadata) ?? {}) };
}

/** Changes the pods' spec of a controller, wherever its template stands. */
function withPodSpec(value: Fields, change: (spec: Fields, metadata: Fields) => Fields): Fields {
  const spec = asObject(value.spec);
  const job = asObject(spec?.jobTemplate);
  if (job !== undefined) return { ...value, spec: { ...spec, jobTemplate: withPodSpec(job, change) } };
  const template = asObject(spec?.template);
  const pod = asObject(template?.spec);
  if (pod === undefined) return value;
  const metadata = asObject(template?.metadata) ?? {};
  const annotations = asObject(metadata.annotations);
  const kept =
    annotations === undefined ? {} : { metadata: { ...metadata, annotations: withoutCopies(annotations) } };
  return { ...value, spec: { ...spec, template: { ...template, ...kept, spec: change(pod, metadata) } } };
}

const specKeys = [
  'serviceAccountName',
  'serviceAccount',
  'hostNetwork',
  'nodeName',
  'securityContext',
  'restartPolicy',
] as const;
const containerKeys = ['name', 'image', 'ports', 'securityContext', 'restartPolicy'] as const;
const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;
/** Where the kubelet knocks. What it runs inside of the pod, and how often, is left out. */
const handlers = [
  ['httpGet', ['port', 'host', 'path', 'scheme']],
  ['tcpSocket', ['port', 'host']],
  ['grpc', ['port', 'service']],
] as const;

function cutSpec(spec: Fields, metadata: Fields): Fields {
  return {
    ...pick(spec, specKeys),
    ...eachContainer(spec, (container) => cutContainer(container, metadata)),
  };
}

function withoutEnvironment(spec: Fields, metadata: Fields): Fields {
  if (isIstiod(metadata)) return spec;
  const cut = eachContainer(spec, (container) =>
    container.env === undefined
      ? container
      : { ...container, env: objectsOf(container.env).map(({ name }) => ({ name })) },
  );
  return { ...spec, ...cut };
}

function eachContainer(spec: Fields, change: (container: Fields) => Fields): Fields {
  const changed: Fields = {};
  for (const list of ['containers', 'initContainers']) {
    if (spec[list] !== undefined) changed[list] = objectsOf(spec[list]).map(change);
  }
  return changed;
}

function cutContainer(container: Fields, metadata: Fields): Fields {
  const kept = pick(container, containerKeys);
  // A proxy that is told to be a router is a gateway.
  if (container.name === 'istio-proxy') Object.assign(kept, pick(container, ['args']));
  if (isIstiod(metadata)) Object.assign(kept, pick(container, ['env', 'envFrom']));
  for (const key of probes) {
    const probe = asObject(container[key]);
    if (probe === undefined) continue;
    const cut: Fields = {};
    for (const [handler, fields] of handlers) {
      const found = objectAt(probe, handler);
      if (found !== undefined) cut[handler] = pick(found, fields);
    }
    kept[key] = cut;
  }
  return kept;
}

/** The environment of istiod switches its features on and off. */
function isIstiod(metadata: Fields): boolean {
  const labels = asObject(metadata.labels);
  return labels?.app === 'istiod' || labels?.istio === 'pilot';
}

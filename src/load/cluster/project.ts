// What is kept of an object: what rules read, and nothing that is a secret.
import { type Kind, kinds } from '../../model/kinds.gen.ts';
import { withoutCopies } from './copies.ts';
import { asObject, asText, objectAt, objectsOf, pick } from './json.ts';
import type { KindRead } from './plan.ts';
import { cutPod, cutPodTemplate, dropEnvironment } from './project-pods.ts';

type Fields = Record<string, unknown>;

/**
 * An object as it is kept, with the apiVersion and kind that the items of lists leave out; undefined for what nobody asks
 * for. Its fields are taken over: the object given is not to be used any more.
 */
export function project(read: KindRead, object: Fields): Fields | undefined {
  const { kind, version, group } = read;
  const { apiVersion: _, kind: __, metadata, ...rest } = object;
  const value: Fields = {
    apiVersion: group === '' ? version : `${group}/${version}`,
    kind: kinds[kind].kind,
    metadata: cutMetadata(asObject(metadata) ?? {}),
    ...rest,
  };
  if (read.shape === 'metadata') return bareOf(read, value);
  const cut = (read.shape === 'whole' ? wholeCutters : cutters)[kind];
  return cut === undefined ? value : cut(value);
}

/** Leaves out what no rule asks for. */
function cutMetadata(metadata: Fields): Fields {
  const kept = pick(metadata, metadataKeys);
  const annotations = asObject(kept.annotations);
  if (annotations !== undefined) kept.annotations = withoutCopies(annotations);
  const owners = objectsOf(kept.ownerReferences);
  if (owners.length > 0) {
    kept.ownerReferences = owners.map((owner) => pick(owner, ['apiVersion', 'kind', 'name', 'controller']));
  }
  return kept;
}

const metadataKeys = [
  'name',
  'namespace',
  'labels',
  'annotations',
  'ownerReferences',
  'creationTimestamp',
  'deletionTimestamp',
  'generation',
] as const;

/** Servers that know no other form answer with the whole object. */
function bareOf(read: KindRead, { apiVersion, kind, metadata }: Fields): Fields {
  const bare: Fields = { apiVersion, kind, metadata };
  if (read.kind === 'CustomResourceDefinition')
    bare.spec = definedBy(read, asText(asObject(metadata)?.name) ?? '');
  return bare;
}

/**
 * What discovery tells of a kind stands in for its definition, which is long: names and served versions, no schemas.
 * Definitions are called `PLURAL.GROUP`.
 */
function definedBy({ served }: KindRead, name: string): Fields {
  const dot = name.indexOf('.');
  const [plural, group] = [name.slice(0, dot), name.slice(dot + 1)];
  const found = served.find(group, plural);
  if (found === undefined) return {};
  return {
    group,
    names: { kind: found.kind, plural },
    scope: found.namespaced ? 'Namespaced' : 'Cluster',
    versions: found.versions.map((version) => ({ name: version, served: true })),
  };
}

/** The ConfigMaps that say how Istio is set up: its mesh, its injector, of each revision. */
const settingsOfIstio = /^istio(?:-|$)/;

type Cutters = Readonly<Partial<Record<Kind, (value: Fields) => Fields | undefined>>>;

const cutController = (value: Fields): Fields => cutPodTemplate(without(value, 'status'));

const cutters: Cutters = {
  Pod: cutPod,
  Deployment: cutController,
  StatefulSet: cutController,
  DaemonSet: cutController,
  ReplicationController: cutController,
  Rollout: cutController,
  Job: cutController,
  CronJob: cutController,
  // The server leaves these out by their labels, unless somebody changed those.
  ReplicaSet: (value) => (isMadeBy(value, /^(?:Deployment|Rollout)$/) ? undefined : cutController(value)),
  ConfigMap: (value) => (settingsOfIstio.test(nameOf(value)) ? value : undefined),
  Node: (value) => ({
    ...without(value, 'spec'),
    status: { nodeInfo: pick(objectAt(value, 'status', 'nodeInfo') ?? {}, ['kubeletVersion']) },
  }),
  // Their templates may hold in plain text what becomes of the Secret.
  ExternalSecret: (value) => ({
    ...without(value, 'status'),
    spec: { target: pick(objectAt(value, 'spec', 'target') ?? {}, ['name']) },
  }),
  SealedSecret: cutSealed,
};

/** Environments and Secrets are where applications keep passwords: these go, whoever asks. */
const wholeCutters: Cutters = {
  Pod: dropEnvironment,
  Deployment: dropEnvironment,
  StatefulSet: dropEnvironment,
  DaemonSet: dropEnvironment,
  ReplicaSet: dropEnvironment,
  ReplicationController: dropEnvironment,
  Rollout: dropEnvironment,
  Job: dropEnvironment,
  CronJob: dropEnvironment,
  SealedSecret: cutSealed,
};

function cutSealed(value: Fields): Fields {
  const metadata = pick(objectAt(value, 'spec', 'template', 'metadata') ?? {}, ['name', 'namespace']);
  return { ...without(value, 'status'), spec: { template: { metadata } } };
}

function without(value: Fields, key: string): Fields {
  const { [key]: _, ...rest } = value;
  return rest;
}

function isMadeBy(value: Fields, kinds: RegExp): boolean {
  return objectsOf(objectAt(value, 'metadata')?.ownerReferences).some(({ kind }) =>
    kinds.test(asText(kind) ?? ''),
  );
}

function nameOf(value: Fields): string {
  return asText(objectAt(value, 'metadata')?.name) ?? '';
}

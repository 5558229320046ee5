// What the API server makes of an object that comes in: its metadata, and the few defaults an analyzer sees.
import { createHash } from 'node:crypto';
import { asList, asObject, asText, type Json, type KubernetesObject, type Metadata } from './objects.ts';

const created = '2026-01-01T00:00:00Z';

/** The object itself, or those in a List. */
export function itemsOf(value: unknown): readonly Json[] {
  const object = asObject(value);
  const isList = asText(object.kind).endsWith('List') && Array.isArray(object.items);
  return isList ? asList(object.items).flatMap(itemsOf) : [object];
}

/** Metadata as stored. `identity` is unique to the object within the server. */
export function metadataFor(
  given: Json,
  place: { readonly namespace?: string; readonly name: string },
  version: number,
  identity: string,
  before?: Metadata,
): Metadata {
  const { namespace: _, ...metadata } = asObject(given.metadata);
  return {
    ...metadata,
    name: place.name,
    ...(place.namespace === undefined ? {} : { namespace: place.namespace }),
    uid: before?.uid ?? uidOf(identity),
    resourceVersion: `${version}`,
    generation: Number(before?.generation ?? 0) + 1,
    creationTimestamp: before?.creationTimestamp ?? (asText(metadata.creationTimestamp) || created),
    managedFields: managedFieldsOf(asText(given.apiVersion)),
  };
}

/** Who set which field, as applying a file leaves it behind. */
export function managedFieldsOf(apiVersion: string): readonly Json[] {
  const fieldsV1 = { 'f:metadata': { 'f:annotations': {}, 'f:labels': {} }, 'f:spec': {} };
  return [
    { manager: 'kubectl', operation: 'Update', apiVersion, time: created, fieldsType: 'FieldsV1', fieldsV1 },
  ];
}

/** A UID that is the same in every run. */
function uidOf(identity: string): string {
  const hash = createHash('sha256').update(identity).digest('hex');
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `4${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-');
}

/** The object with its stored metadata, and with the defaults that change what is found in it. */
export function withDefaults(given: Json, metadata: Metadata): KubernetesObject {
  const kind = asText(given.kind);
  const object = { ...given, apiVersion: asText(given.apiVersion), kind, metadata };
  const spec = asObject(given.spec);
  switch (`${object.apiVersion}/${kind}`) {
    case 'v1/Namespace': {
      const labels = { 'kubernetes.io/metadata.name': metadata.name, ...metadata.labels };
      return { ...object, metadata: { ...metadata, labels }, status: given.status ?? { phase: 'Active' } };
    }
    case 'v1/Service':
      return { ...object, spec: serviceSpec(spec) };
    case 'v1/Secret': {
      const encoded = Object.entries(asObject(given.stringData)).map(([key, value]) => [
        key,
        Buffer.from(asText(value)).toString('base64'),
      ]);
      const data = { ...asObject(given.data), ...Object.fromEntries(encoded) };
      // What is undefined is left out of JSON.
      return { ...object, type: asText(given.type) || 'Opaque', stringData: undefined, data };
    }
    case 'v1/Pod':
      return { ...object, spec: podSpec(spec) };
    case 'apps/v1/DaemonSet':
    case 'apps/v1/Deployment':
    case 'apps/v1/StatefulSet': {
      const template = asObject(spec.template);
      return {
        ...object,
        spec: { ...spec, template: { ...template, spec: podSpec(asObject(template.spec)) } },
      };
    }
    case 'apiextensions.k8s.io/v1/CustomResourceDefinition':
      return { ...object, status: given.status ?? definitionStatus(spec) };
    default:
      return object;
  }
}

function serviceSpec(spec: Json): Json {
  const type = asText(spec.type) || 'ClusterIP';
  const ports = asList(spec.ports)
    .map(asObject)
    .map((port) => ({
      protocol: 'TCP',
      ...(type === 'ExternalName' ? {} : { targetPort: port.port }),
      ...port,
    }));
  return { ...spec, type, ...(spec.ports === undefined ? {} : { ports }) };
}

function podSpec(spec: Json): Json {
  const containers = asList(spec.containers).map((container) => {
    const { ports, ...rest } = asObject(container);
    const filled = asList(ports).map((port) => ({ protocol: 'TCP', ...asObject(port) }));
    return { ...rest, ...(ports === undefined ? {} : { ports: filled }) };
  });
  return { restartPolicy: 'Always', ...spec, ...(spec.containers === undefined ? {} : { containers }) };
}

function definitionStatus(spec: Json): Json {
  const stored = asList(spec.versions)
    .map(asObject)
    .filter(({ storage }) => storage === true);
  return {
    acceptedNames: spec.names,
    conditions: [
      { type: 'NamesAccepted', status: 'True' },
      { type: 'Established', status: 'True' },
    ],
    storedVersions: stored.map(({ name }) => name),
  };
}

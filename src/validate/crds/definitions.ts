import { splitApiVersion } from '../../model/names.ts';
import type { Manifest } from '../../text/manifest.ts';
import { asList, asObject, asText, type Fields } from './read.ts';
import { type CrdSchema, hasRules, readCrdSchema } from './schema.ts';

/** One version of a kind, as one CustomResourceDefinition has it. */
export interface DefinedVersion {
  readonly name: string;
  readonly served: boolean;
  /** The file of the definition. */
  readonly file: string;
  /** Undefined when the definition has none. */
  schema(): DefinedSchema | undefined;
}

export interface DefinedSchema {
  readonly root: CrdSchema;
  readonly hasRules: boolean;
  /** Whether the status is written by its own way only, so that it does not count in a manifest. */
  readonly dropsStatus: boolean;
}

/** The versions of each kind, by `group/Kind`; several definitions may have the same one. */
export type Definitions = ReadonlyMap<string, readonly DefinedVersion[]>;

/** Reads the CustomResourceDefinitions among manifests. A schema is read when a manifest asks for it. */
export function readDefinitions(manifests: readonly Manifest[]): Definitions {
  const found = new Map<string, DefinedVersion[]>();
  for (const { value, origin } of manifests) {
    if (!isDefinition(value)) continue;
    const spec = asObject(value.spec);
    const group = asText(spec?.group);
    const kind = asText(asObject(spec?.names)?.kind);
    if (spec === undefined || group === undefined || kind === undefined) continue;
    const beta = value.apiVersion === 'apiextensions.k8s.io/v1beta1';
    const versions = versionsOf(spec).map((version) => define(spec, version, beta, origin.source.path));
    const known = found.get(`${group}/${kind}`);
    if (known === undefined) found.set(`${group}/${kind}`, versions);
    else known.push(...versions);
  }
  return found;
}

/** Whether a manifest is a CustomResourceDefinition. */
export function isDefinition(value: Readonly<Record<string, unknown>>): boolean {
  return (
    value.kind === 'CustomResourceDefinition' &&
    splitApiVersion(String(value.apiVersion)).group === 'apiextensions.k8s.io'
  );
}

function versionsOf(spec: Fields): readonly Fields[] {
  const listed = (asList(spec.versions) ?? []).map(asObject).filter((version) => version !== undefined);
  return listed.length === 0 && typeof spec.version === 'string'
    ? [{ name: spec.version, served: true }]
    : listed;
}

function define(spec: Fields, version: Fields, beta: boolean, file: string): DefinedVersion {
  let read: DefinedSchema | undefined;
  return {
    name: String(version.name),
    served: version.served !== false,
    file,
    schema() {
      read ??= readDefined(spec, version, beta);
      return read;
    },
  };
}

function readDefined(spec: Fields, version: Fields, beta: boolean): DefinedSchema | undefined {
  const written =
    asObject(asObject(version.schema)?.openAPIV3Schema) ??
    asObject(asObject(spec.validation)?.openAPIV3Schema);
  if (written === undefined) return undefined;
  // Before v1, fields were only dropped where the definition asked for it.
  const keeps = beta ? spec.preserveUnknownFields !== false : spec.preserveUnknownFields === true;
  const subresources = asObject(version.subresources) ?? asObject(spec.subresources);
  const root = readCrdSchema(withCommon(written), keeps);
  return { root, hasRules: hasRules(root), dropsStatus: subresources?.status !== undefined };
}

/** Every resource has these, whatever its schema says; of metadata only the limits of names count. */
function withCommon(written: Fields): Fields {
  const properties = asObject(written.properties) ?? {};
  const names = asObject(asObject(properties.metadata)?.properties) ?? {};
  const text = { type: 'string' };
  return {
    ...written,
    type: 'object',
    properties: {
      ...properties,
      apiVersion: text,
      kind: text,
      metadata: {
        type: 'object',
        'x-kubernetes-preserve-unknown-fields': true,
        properties: {
          name: asObject(names.name) ?? text,
          generateName: asObject(names.generateName) ?? text,
        },
      },
    },
  };
}

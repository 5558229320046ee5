// In which form an answer is wanted, and objects in those forms.
import { asList, asText, at, type Json, type KubernetesObject, Refusal } from './objects.ts';
import { groupVersionOf, type ResourceType } from './resource-types.ts';

export interface Form {
  readonly as: 'plain' | 'table' | 'metadata' | 'discovery';
  /** Of the group that the form belongs to, such as `v1` or `v2beta1`. */
  readonly version: string;
}

const forms: Readonly<Record<string, Form['as']>> = {
  Table: 'table',
  PartialObjectMetadata: 'metadata',
  PartialObjectMetadataList: 'metadata',
  APIGroupDiscoveryList: 'discovery',
};

/** The first form of an `Accept` header that the server has: JSON only. Refuses with 406 where there is none. */
export function negotiate(accept: string | undefined): Form {
  for (const clause of (accept ?? '*/*').split(',')) {
    const [type = '', ...rest] = clause.split(';').map((part) => part.trim());
    const parameters = new Map(rest.map((part) => [part.split('=')[0], part.split('=')[1] ?? '']));
    if (!['application/json', 'application/*', '*/*'].includes(type)) continue;
    const wanted = parameters.get('as');
    if (wanted === undefined) return { as: 'plain', version: '' };
    const form = forms[wanted];
    if (form !== undefined) return { as: form, version: parameters.get('v') ?? 'v1' };
  }
  throw new Refusal(406, 'only the following media types are accepted: application/json');
}

/** An object in a form, as a single answer or in a watch. */
export function inForm(
  object: KubernetesObject,
  type: ResourceType,
  form: Form,
  include: string | null,
): Json {
  const converted = inVersion(object, type);
  if (form.as === 'metadata') return metadataOf(converted);
  if (form.as !== 'table') return converted;
  const metadata = { resourceVersion: object.metadata.resourceVersion };
  return tableOf([converted], type, metadata, form.version, include);
}

/** The object as the version that was asked for shows it: nothing but apiVersion changes (conversion strategy None). */
export function inVersion(object: KubernetesObject, type: ResourceType): KubernetesObject {
  return { ...object, apiVersion: groupVersionOf(type) };
}

export function metadataOf({ metadata }: KubernetesObject): Json {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
}

/** Rows for people, as `kubectl get` asks for them: names, the columns a definition declares, and age. */
export function tableOf(
  objects: readonly KubernetesObject[],
  type: ResourceType,
  metadata: Json,
  version: string,
  include: string | null,
): Json {
  const name = { name: 'Name', type: 'string', format: 'name', description: 'Name', priority: 0 };
  const age = { name: 'Age', type: 'string', format: '', description: 'Age', priority: 0 };
  const own = type.columns.filter((column) => column.type !== 'date');
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${version}`,
    metadata,
    columnDefinitions: [
      name,
      ...own.map((column) => ({ format: '', description: '', priority: 0, ...column, jsonPath: undefined })),
      age,
    ],
    rows: objects.map((object) => ({
      cells: [object.metadata.name, ...own.map(({ jsonPath }) => cellOf(object, asText(jsonPath))), '1d'],
      ...(include === 'None' ? {} : { object: include === 'Object' ? object : metadataOf(object) }),
    })),
  };
}

/** What stands at the plain JSON paths that definitions use for columns. */
function cellOf(object: Json, path: string): string {
  const value = at(object, ...path.replace(/^\./, '').split('.'));
  return Array.isArray(value) ? JSON.stringify(asList(value)) : asText(value);
}

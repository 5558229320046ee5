// A module of its own: common rules need the rest of fixes in every run, and this one never.
import type { Resource } from '../graph/resource.ts';
import { templateOf } from '../mesh/workloads/workload-sources.ts';
import type { Labels } from '../model/labels.ts';
import { type Fix, insertField, removeField, renameKey } from './fix.ts';

/** Moves an annotation, on a resource or in the template of its pods, to the labels beside it. */
export function moveToLabels(
  resource: Resource,
  annotations: Labels,
  name: string,
  safe: boolean,
): Fix | undefined {
  const places = [resource.metadata, templateOf(resource)?.metadata];
  const metadata = places.find((place) => place?.annotations === annotations);
  const value = annotations[name];
  if (metadata === undefined || value === undefined) return undefined;
  const { labels } = metadata;
  const isOnly = Object.keys(annotations).length === 1;
  const gone = isOnly ? removeField(metadata, 'annotations') : removeField(annotations, name);
  const there =
    labels === undefined
      ? insertField(metadata, 'labels', { [name]: value })
      : insertField(labels, name, value);
  return {
    title: `Move ${name} from annotations to labels`,
    safe,
    edits: isOnly && labels === undefined ? [renameKey(metadata, 'annotations', 'labels')] : [gone, there],
  };
}

import { type Kind, kinds } from '../../model/kinds.gen.ts';
import type { LiveState } from '../../model/live.ts';
import { splitApiVersion } from '../../model/names.ts';
import type { Manifest } from '../../text/manifest.ts';
import { isMapping, isText, type Mapping } from '../classify.ts';
import { copyValue } from '../memory.ts';

/**
 * The objects of a cluster as manifests, each a source of its own without text. Whoever gets them may repair them in
 * place: their values are copies, unless the state is not judged again.
 */
export function manifestsOf(
  { cluster, objects }: Pick<LiveState, 'cluster' | 'objects'>,
  isLast = false,
): Manifest[] {
  return objects.map((object) => {
    const path = `${cluster}:${identityOf(object.value)}`;
    const value = isLast ? object.value : copyMapping(object.value);
    return { value, origin: { source: { path, text: '', live: { cluster } }, start: 0, end: 0 } };
  });
}

/** `Kind/namespace/name`, or `Kind/name`; a kind that several groups have is written as kubectl does, with its group. */
function identityOf({ apiVersion, kind, metadata }: Readonly<Mapping>): string {
  const { namespace, name } = isMapping(metadata) ? metadata : {};
  const { group } = splitApiVersion(String(apiVersion));
  const isPlain = groupOf(String(kind)) === group;
  return [
    isPlain || group === '' ? String(kind) : `${String(kind)}.${group}`,
    ...(isText(namespace) ? [namespace] : []),
    String(name),
  ].join('/');
}

/** The group of what is called by its bare name; of no other kind. */
function groupOf(name: string): string | undefined {
  return Object.hasOwn(kinds, name) ? kinds[name as Kind].group : undefined;
}

function copyMapping(value: Readonly<Mapping>): Mapping {
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copyValue(item)]));
}

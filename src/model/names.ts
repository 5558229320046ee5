/**
 * The namespace of manifests that name none and that nothing places: they see each other as one namespace.
 * `~` is no DNS label, so it can never clash with a real namespace.
 */
export const FLOATING = '~';

/** A resource named by another: `namespace` is '' for cluster-scoped kinds. */
export interface Ref {
  readonly namespace: string;
  readonly name: string;
}

/** `ns/name`, or `name` alone where there is no namespace to show (cluster-scoped or floating). */
export function showRef(ref: Ref): string {
  return ref.namespace === '' || ref.namespace === FLOATING ? ref.name : `${ref.namespace}/${ref.name}`;
}

/** "a", "a and b", "a, b and c"; at most `most` names, the rest counted. */
export function showList(names: readonly string[], most = 5): string {
  const shown = names.length > most ? [...names.slice(0, most), `${names.length - most} more`] : [...names];
  const last = shown.pop() ?? '';
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}

/** Splits `apiVersion` into group and version; the core group is ''. */
export function splitApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/');
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

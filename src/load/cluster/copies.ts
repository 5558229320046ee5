// What tools leave in an object to know later what they applied: another copy of it, secrets included.

const copies: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'kapp.k14s.io/original',
  'objectset.rio.cattle.io/applied',
]);

/** Annotations without such copies; the same where there are none. */
export function withoutCopies<T extends Readonly<Record<string, unknown>>>(
  annotations: T,
): T | Record<string, unknown> {
  const entries = Object.entries(annotations);
  const kept = entries.filter(([name]) => !copies.has(name));
  return kept.length === entries.length ? annotations : Object.fromEntries(kept);
}

import { compareText } from '../model/collections.ts';
import type { Kind, Kinds, ObjectMeta } from '../model/kinds.gen.ts';
import type { Origin } from '../text/manifest.ts';

/** The `spec` of a kind that has one. The graph makes sure that it is there, if only as an empty mapping. */
type SpecOf<K extends Kind> = Kinds[K] extends { readonly spec?: infer S } ? NonNullable<S> : undefined;

/** A manifest placed in the graph: its namespace is known (or known to float), defaults are applied. */
export interface Resource<K extends Kind = Kind> {
  readonly kind: K;
  readonly apiVersion: string;
  readonly name: string;
  /** '' for cluster-scoped kinds, `FLOATING` when nothing says where the manifest belongs. */
  readonly namespace: string;
  readonly metadata: ObjectMeta;
  readonly spec: SpecOf<K>;
  /** The whole manifest as written, made to fit its type. */
  readonly body: Kinds[K];
  readonly origin: Origin;
  /** Whether fields are missing that are filled in before it is applied. */
  readonly filledIn?: boolean;
  /** The cluster that it belongs to, where several are told apart. */
  readonly cluster?: string;
}

/** A manifest whose kind is known and whose value fits that kind: what the graph is built from. */
export interface Identified<K extends Kind = Kind> {
  readonly kind: K;
  readonly body: Kinds[K];
  readonly apiVersion: string;
  readonly origin: Origin;
  readonly filledIn?: boolean;
  /** For mesh-wide files that carry no metadata (`--mesh-config`, `--mesh-networks`). */
  readonly identity?: { readonly namespace: string; readonly name: string };
}

/** Order of listing: namespace, name, then place; the same whatever order files were read in. */
export function compareResources(a: Resource, b: Resource): number {
  return (
    compareText(a.namespace, b.namespace) ||
    compareText(a.name, b.name) ||
    compareText(a.origin.source.path, b.origin.source.path) ||
    a.origin.start - b.origin.start ||
    compareItems(a.origin.item, b.origin.item)
  );
}

function compareItems(a: Origin['item'], b: Origin['item']): number {
  for (let i = 0; i < Math.max(a?.length ?? 0, b?.length ?? 0); i++) {
    const x = a?.[i];
    const y = b?.[i];
    if (x !== y) return typeof x === 'number' && typeof y === 'number' ? x - y : compareText(`${x}`, `${y}`);
  }
  return 0;
}

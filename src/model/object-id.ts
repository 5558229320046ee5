import { kinds } from './kinds.gen.ts';

/** One object of a cluster, whatever version of its API it is written in. */
export interface ObjectId {
  /** API group; empty for the core group. */
  readonly group: string;
  readonly kind: string;
  /** Empty for what is cluster-scoped. */
  readonly namespace: string;
  readonly name: string;
}

/** `Kind ns/name`; a kind whose name another group has as well is written with its group. */
export function showObject({ group, kind, namespace, name }: ObjectId): string {
  const rivals = Object.values(kinds).filter((info) => info.kind === kind && !info.pseudo);
  const full = rivals.length > 1 && group !== '' ? `${kind}.${group}` : kind;
  return `${full} ${namespace === '' ? name : `${namespace}/${name}`}`;
}

import type { Kind } from '../model/kinds.gen.ts';
import type { Graph } from './graph.ts';

/** How a kind is read: `some` = what is loaded; `all` = a verdict may rest on absence, which only look-ups answer. */
export type Reads = { readonly [K in Kind]?: 'some' | 'all' };

/** Kinds that a declaration of reads names. */
export type ReadKinds<Rd extends Reads> = keyof Rd & Kind;

/**
 * Something derived from the graph once and shared. Calling it needs a graph that may read what the view reads,
 * so a rule cannot use a view without declaring its kinds.
 */
export interface View<Rd extends Reads, T> {
  readonly reads: Rd;
  (graph: Graph<ReadKinds<Rd>>): T;
}

/** Declares a view. The result is kept in the graph, never in the module. */
export function view<const Rd extends Reads, T>(
  reads: Rd,
  build: (graph: Graph<ReadKinds<Rd>>) => T,
): View<Rd, T> {
  const key = { reads };
  return Object.assign((graph: Graph<ReadKinds<Rd>>): T => graph.memo(key, () => build(graph)), { reads });
}

/** A view of one object at a time, for what is asked of many and often: each answer is found once and kept. */
export interface ViewOf<Rd extends Reads, O, T> {
  readonly reads: Rd;
  (graph: Graph<ReadKinds<Rd>>, one: O): T;
}

/** Declares a view of one object at a time. */
export function viewOf<const Rd extends Reads, O extends object, T>(
  reads: Rd,
  build: (graph: Graph<ReadKinds<Rd>>, one: O) => T,
): ViewOf<Rd, O, T> {
  const answers = view(reads, () => new Map<O, T>());
  return Object.assign(
    (graph: Graph<ReadKinds<Rd>>, one: O): T => graph.keep(answers(graph), one, () => build(graph, one)),
    { reads },
  );
}

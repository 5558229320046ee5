import { kindsOf, type SoughtKind } from '../graph/evidence.ts';
import type { WholeGraph } from '../graph/graph.ts';
import { type Kind, kinds } from '../model/kinds.gen.ts';

/** A graph that notes in `reads` which kinds are asked for. Using a view counts as reading all that it declares. */
export function trackReads(graph: WholeGraph, reads: Set<Kind>): WholeGraph {
  let inView = 0;

  function note(sought: SoughtKind): void {
    if (inView === 0) for (const kind of kindsOf(sought)) reads.add(kind);
  }
  function building<T>(build: () => T): T {
    inView++;
    try {
      return build();
    } finally {
      inView--;
    }
  }

  return {
    ...graph,
    list(kind, namespace) {
      note(kind);
      return graph.list(kind, namespace);
    },
    copies(kind, ref) {
      note(kind);
      return graph.copies(kind, ref);
    },
    find(kind, ref, from) {
      note(kind);
      return graph.find(kind, ref, from);
    },
    known(group, namespace, from) {
      note(group);
      return graph.known(group, namespace, from);
    },
    knownEverywhere(group, from) {
      note(group);
      return graph.knownEverywhere(group, from);
    },
    nearName(kind, ref) {
      note(kind);
      return graph.nearName(kind, ref);
    },
    memo(key, build) {
      const declared = declaredReads(key);
      if (declared === undefined) return graph.memo(key, build);
      for (const kind of declared) note(kind);
      return graph.memo(key, () => building(build));
    },
  };
}

/** The kinds that the view behind a memo key declares; undefined when the key belongs to no view. */
function declaredReads(key: object): readonly Kind[] | undefined {
  if (!('reads' in key) || typeof key.reads !== 'object' || key.reads === null) return undefined;
  const declared = key.reads;
  return (Object.keys(kinds) as Kind[]).filter((kind) => kind in declared);
}

import { at, defineRule, type Graph, kinds, type Resource, showRef } from '#sdk';

export default defineRule({
  code: 'IST1901',
  severity: 'error',
  since: '0.1.0',
  summary: 'The same resource is defined twice.',
  reads: {},
  messages: {
    differs: {
      what: '{kind} {name} is defined twice, with different content.',
      why: 'Applied together, the one that is applied last replaces the other without a word.',
      help: 'Keep one of them, or give them different names or namespaces.',
    },
    equal: {
      what: '{kind} {name} is defined twice, with the same content.',
      why: 'Whoever changes one of them and forgets the other gets whichever is applied last.',
      help: 'Remove one of them.',
    },
  },
  check({ graph, report }) {
    for (const copies of graph.duplicates()) {
      for (const [i, copy] of copies.entries()) {
        const first = copies.find((other, j) => j < i && together(graph, other, copy));
        if (first === undefined) continue;
        const differs = JSON.stringify(first.body) !== JSON.stringify(copy.body);
        report(copy, {
          at: at(copy.metadata, 'name'),
          message: differs ? 'differs' : 'equal',
          severity: differs ? 'error' : 'warning',
          data: { kind: kinds[copy.kind].kind, name: showRef(copy) },
          related: [{ resource: first, note: 'first defined here' }],
        });
      }
    }
  },
});

/**
 * Copies in different files may be alternatives of each other, unless the input is all there is; those in what was
 * rendered from different folders are so even then.
 */
function together(graph: Pick<Graph, 'world' | 'coexist'>, a: Resource, b: Resource): boolean {
  const isWhole = graph.world === 'closed' || graph.world === 'live';
  return a.origin.source.path === b.origin.source.path || (isWhole && graph.coexist(a, b));
}

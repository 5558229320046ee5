import type { WholeGraph } from '../graph/graph.ts';

/** Freezes what rules are handed, so that a rule that writes into it throws. */
export function freezeGraph(graph: WholeGraph): void {
  deepFreeze(graph.mesh);
  for (const resource of graph.all()) {
    deepFreeze(resource.body);
    deepFreeze(resource.metadata);
    deepFreeze(resource.spec);
    Object.freeze(resource);
  }
}

function deepFreeze(value: unknown): void {
  const stack: unknown[] = [value];
  while (stack.length > 0) {
    const top = stack.pop();
    if (typeof top !== 'object' || top === null || Object.isFrozen(top)) continue;
    Object.freeze(top);
    for (const child of Object.values(top)) stack.push(child);
  }
}

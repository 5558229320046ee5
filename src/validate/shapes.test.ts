import { expect, test } from 'vitest';
import { type Kind, kinds } from '../model/kinds.gen.ts';
import type { Shape } from '../model/shape.ts';
import { loadShapes } from './shapes.ts';

/** The names of all shapes that one refers to, however far. */
function refsOf(shape: Shape, shared: (name: string) => Shape, found = new Set<string>()): Set<string> {
  if (typeof shape === 'string' || 'scalar' in shape) return found;
  if ('ref' in shape) {
    if (found.has(shape.ref)) return found;
    found.add(shape.ref);
    return refsOf(shared(shape.ref), shared, found);
  }
  if ('list' in shape) return refsOf(shape.list, shared, found);
  if ('map' in shape) return refsOf(shape.map, shared, found);
  for (const field of Object.values(shape.fields)) refsOf(field, shared, found);
  return found;
}

test.each(Object.keys(kinds) as Kind[])('%s comes with all that its shape refers to', async (kind) => {
  const shapes = await loadShapes([kind]);
  expect(shapes.kind(kind)).toHaveProperty('fields');
  const refs = [...refsOf(shapes.kind(kind), shapes.shared)];
  expect(refs.filter((name) => shapes.shared(name) === 'any')).toEqual([]);
});

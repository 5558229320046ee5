import { type Kind, kinds } from '../model/kinds.gen.ts';
import { readShape, type Shape, type ShapeTexts } from '../model/shape.ts';
import { shapes as routes } from '../model/shapes-routes.gen.ts';

/** The shapes of some kinds and of all that these refer to. Each call reads the shape anew: the caller keeps it. */
export interface Shapes {
  kind(kind: Kind): Shape;
  /** A shape that others refer to by its name. */
  shared(name: string): Shape;
}

/** Few inputs hold kinds of all these; the shapes of the commonest one are there from the start. */
const sets = {
  routes: async () => routes,
  istio: async () => (await import('../model/shapes-istio.gen.ts')).shapes,
  'gateway-api': async () => (await import('../model/shapes-gateway-api.gen.ts')).shapes,
  kubernetes: async () => (await import('../model/shapes-kubernetes.gen.ts')).shapes,
  mesh: async () => (await import('../model/shapes-mesh.gen.ts')).shapes,
} satisfies Record<string, () => Promise<ShapeTexts>>;

/** The set that a kind is in, as `shapeSet` of scripts/generate-kinds.mjs deals them out. */
function setOf(kind: Kind): keyof typeof sets {
  if (kind === 'VirtualService') return 'routes';
  const { group, pseudo } = kinds[kind];
  if (pseudo || group === 'install.istio.io' || group === 'sailoperator.io') return 'mesh';
  if (group.endsWith('.istio.io')) return 'istio';
  return group.startsWith('gateway.networking.') ? 'gateway-api' : 'kubernetes';
}

/** Loads the shapes of these kinds. */
export async function loadShapes(wanted: Iterable<Kind>): Promise<Shapes> {
  const names = new Set([...wanted].map(setOf));
  const loaded = await Promise.all([...names].map((name) => sets[name]()));
  function find(name: string): Shape {
    for (const { names: known, texts } of loaded) {
      const text = texts[known.indexOf(name)];
      if (text !== undefined) return readShape(text);
    }
    return 'any';
  }
  return { kind: find, shared: (name) => find(`#${name}`) };
}

import type { Kind } from '../model/kinds.gen.ts';
import type { Limits, ScalarShape, Shape } from '../model/shape.ts';
import type { Shapes } from './shapes.ts';

/**
 * A shape made ready for a walk: all nodes look alike, so that the walk stays on one fast path. Only a node that
 * was expanded has its type; a mesh touches few of the fields there are, and most commands start for few kinds.
 */
export interface Node {
  /** The shape still to be expanded. */
  waiting: Shape | undefined;
  type: ScalarShape | 'list' | 'map' | 'object';
  /** The items of a list, the values of a map; expanded with it. */
  item: Node | undefined;
  fields: ReadonlyMap<string, Node>;
  defaults: readonly (readonly [name: string, value: unknown])[];
  limits: Limits | undefined;
  /** Any other field is right, too. */
  open: boolean;
  /** Other names that were met, each with the field that it is a slip of. */
  slips: Map<string, string | undefined> | undefined;
}

/** Makes nodes and keeps those that several places share. */
export class Nodes {
  readonly #scalars = new Map<ScalarShape, Node>();
  readonly #shared = new Map<string, Node>();
  readonly #shapes: Shapes;

  constructor(shapes: Shapes) {
    this.#shapes = shapes;
  }

  kind(kind: Kind): Node {
    return keep(this.#shared, kind, () => node('any', this.#shapes.kind(kind)));
  }

  /** A node for the shape, expanded only if that costs nothing. */
  #of(shape: Shape): Node {
    if (typeof shape === 'string') return keep(this.#scalars, shape, () => node(shape, undefined));
    if ('ref' in shape) return keep(this.#shared, shape.ref, () => node('any', shape));
    return node('any', shape);
  }

  /** Fills a waiting node in. Defaults are handed over as the schema has them, each with the node of its field. */
  expand(target: Node, complete: (field: Node, value: unknown) => unknown): void {
    const shape = target.waiting;
    target.waiting = undefined;
    if (shape === undefined) return;
    if (typeof shape === 'string') {
      target.type = shape;
    } else if ('ref' in shape) {
      target.waiting = this.#shapes.shared(shape.ref);
      this.expand(target, complete);
    } else if ('scalar' in shape) {
      target.type = shape.scalar;
      target.limits = shape;
    } else if ('list' in shape || 'map' in shape) {
      target.type = 'list' in shape ? 'list' : 'map';
      target.item = this.#of('list' in shape ? shape.list : shape.map);
      this.expand(target.item, complete);
      if (limited(shape)) target.limits = shape;
    } else {
      target.type = 'object';
      const fields = new Map(Object.entries(shape.fields).map(([name, field]) => [name, this.#of(field)]));
      target.fields = fields;
      target.open = shape.open === true;
      if (limited(shape)) target.limits = shape;
      if (shape.defaults === undefined) return;
      target.defaults = Object.entries(shape.defaults).map(([name, value]) => {
        const field = fields.get(name);
        return [name, field === undefined ? value : complete(field, value)] as const;
      });
    }
  }
}

const NO_FIELDS: ReadonlyMap<string, Node> = new Map();
const NO_DEFAULTS: Node['defaults'] = [];

function node(type: ScalarShape, waiting: Shape | undefined): Node {
  return {
    waiting,
    type,
    item: undefined,
    fields: NO_FIELDS,
    defaults: NO_DEFAULTS,
    limits: undefined,
    open: false,
    slips: undefined,
  };
}

function limited({ min, max, required, keys }: Limits): boolean {
  return min !== undefined || max !== undefined || required !== undefined || keys !== undefined;
}

function keep<S>(nodes: Map<S, Node>, shape: S, make: () => Node): Node {
  const known = nodes.get(shape);
  if (known !== undefined) return known;
  const made = make();
  nodes.set(shape, made);
  return made;
}

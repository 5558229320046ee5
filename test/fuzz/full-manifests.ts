import { type Kind, kinds } from '../../src/model/kinds.gen.ts';
import type { Shape } from '../../src/model/shape.ts';
import { loadShapes } from '../../src/validate/shapes.ts';

const shapes = await loadShapes(Object.keys(kinds) as Kind[]);

/** Shapes that refer to themselves end here. */
const MAX_DEPTH = 12;

/** A manifest of the kind in which every field that its shape names is written, once. */
export function fullManifest(kind: Kind): Record<string, unknown> {
  const value = fill(shapes.kind(kind), '', 0) as Record<string, unknown>;
  const { group, kind: name, versions } = kinds[kind];
  const version = versions[0] ?? 'v1';
  return {
    ...value,
    apiVersion: group === '' ? version : `${group}/${version}`,
    kind: name,
    metadata: {
      name: 'full',
      namespace: 'shop',
      labels: { app: 'full', 'istio.io/use-waypoint': 'full', 'istio.io/dataplane-mode': 'ambient' },
      annotations: { 'networking.istio.io/exportTo': '.' },
    },
  };
}

function fill(shape: Shape, name: string, depth: number): unknown {
  if (typeof shape === 'string') return scalar(shape, name);
  if (depth > MAX_DEPTH) return 'fields' in shape ? {} : 'list' in shape ? [] : {};
  if ('scalar' in shape) return scalar(shape.scalar, name);
  if ('ref' in shape) return fill(shapes.shared(shape.ref), name, depth + 1);
  if ('list' in shape) return [fill(shape.list, name, depth + 1)];
  if ('map' in shape) return { app: fill(shape.map, name, depth + 1) };
  return Object.fromEntries(
    Object.entries(shape.fields).map(([key, field]) => [key, fill(field, key, depth + 1)]),
  );
}

/** Texts that make references meet: everything is called `full`, in namespace `shop`. */
const texts: Readonly<Record<string, string>> = {
  host: 'full.shop.svc.cluster.local',
  hosts: 'full.shop.svc.cluster.local',
  namespace: 'shop',
  exportTo: '.',
  protocol: 'HTTP',
  mode: 'STRICT',
  action: 'ALLOW',
  kind: 'Service',
  group: '',
  principals: 'cluster.local/ns/shop/sa/full',
};

function scalar(shape: string, name: string): unknown {
  switch (shape) {
    case 'integer':
    case 'number':
    case 'integer or string':
      return 80;
    case 'boolean':
      return true;
    default:
      return texts[name] ?? 'full';
  }
}

import { describe, expect, test } from 'vitest';
import { type Kind, kinds } from '../model/kinds.gen.ts';
import type { Limits, Shape } from '../model/shape.ts';
import { createConformer, type Watch } from './conform.ts';
import type { Breach } from './conform-limits.ts';
import { breachWords } from './conform-words.ts';
import { loadShapes } from './shapes.ts';

const shapes = await loadShapes(Object.keys(kinds) as Kind[]);

type Fields = Record<string, unknown>;

function breaches(kind: Kind, value: Fields, watch: Watch = 'all'): readonly Breach[] {
  const found: Breach[] = [];
  createConformer(shapes, { unknown: () => {}, breach: (breach) => found.push(breach) })(kind, value, watch);
  return found;
}

function said(kind: Kind, value: Fields, watch?: Watch): string[] {
  return breaches(kind, value, watch).map((breach) => {
    const { problem, help } = breachWords(breach);
    return `${problem}. ${help}.`;
  });
}

const listener = (more: Fields): Fields => ({ name: 'http', port: 80, protocol: 'HTTP', ...more });
const gateway = (...listeners: unknown[]): Fields => ({ spec: { gatewayClassName: 'istio', listeners } });

const cases: { name: string; kind: Kind; value: Fields; watch?: Watch; said: string[] }[] = [
  {
    name: 'values of enums, with what was probably meant',
    kind: 'PeerAuthentication',
    value: {
      spec: { mtls: { mode: 'strict' }, portLevelMtls: { 80: { mode: 'PERMISIVE' }, 81: { mode: 'ON' } } },
    },
    said: [
      'spec.mtls.mode is "strict", which is none of its values. Write STRICT.',
      'spec.portLevelMtls.80.mode is "PERMISIVE", which is none of its values. Write PERMISSIVE.',
      'spec.portLevelMtls.81.mode is "ON", which is none of its values. Write one of: UNSET, DISABLE, PERMISSIVE, STRICT.',
    ],
  },
  {
    name: 'numbers, lengths and patterns',
    kind: 'KubernetesGateway',
    value: gateway(
      listener({ port: 0 }),
      listener({ name: 'x'.repeat(254) }),
      listener({ name: 'A' }),
      listener({ name: '' }),
    ),
    said: [
      'spec.listeners[0].port is 0. Write 1 to 65535.',
      'spec.listeners[1].name has 254 letters. Write 1 to 253 letters.',
      'spec.listeners[2].name is "A", which is not how such a value is written. Write a value that matches ^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$.',
      'spec.listeners[3].name is empty. Write 1 to 253 letters.',
    ],
  },
  {
    name: 'fields that must be there, unless they have a default',
    kind: 'KubernetesGateway',
    value: {
      spec: { listeners: [{ name: null, port: 80, protocol: 'HTTP', allowedRoutes: { kinds: [{}] } }] },
    },
    said: [
      'spec has no gatewayClassName. Add gatewayClassName.',
      'spec.listeners[0] has no name. Add name.',
      'spec.listeners[0].allowedRoutes.kinds[0] has no kind. Add kind.',
    ],
  },
  {
    name: 'items of a list that are alike',
    kind: 'KubernetesGateway',
    value: gateway(listener({}), listener({ port: 81 })),
    said: [
      'spec.listeners[1] has the same name as an item before it: http. Give each item a name of its own.',
    ],
  },
  {
    name: 'sizes of lists and mappings',
    kind: 'AuthorizationPolicy',
    value: { spec: { rules: Array.from({ length: 513 }, () => ({})), targetRefs: [] } },
    said: ['spec.rules has 513 items. Write at most 512 items.'],
  },
  {
    name: 'letters, not units, are counted',
    kind: 'GatewayClass',
    value: { spec: { controllerName: 'example.com/a', description: '🚀'.repeat(64) } },
    said: [],
  },
  {
    name: 'nothing of what is filled in later',
    kind: 'KubernetesGateway',
    value: gateway(listener({ name: '__NAME__', hostname: 'HOST_NAME' })),
    said: [],
  },
  {
    name: 'nothing of what stands in for a value of a wrong type, or in a status',
    kind: 'KubernetesGateway',
    value: { spec: { gatewayClassName: 'istio', listeners: ['http'] }, status: { listeners: [{}] } },
    said: [],
  },
  {
    name: 'nothing of a kind that the input defines',
    kind: 'GatewayClass',
    watch: 'none',
    value: { spec: {} },
    said: [],
  },
];

test.each(cases)('$name', ({ kind, value, watch, said: expected }) => {
  expect(said(kind, value, watch)).toEqual(expected);
});

/** Every place with a limit: a value that breaks it, and where that has to be found. */
interface Mutation {
  readonly limit: string;
  readonly value: Fields;
  readonly path: string;
}

type Wrap = (value: unknown) => unknown;

function* mutations(
  shape: Shape,
  path: readonly (string | number)[],
  wrap: Wrap,
  trail: readonly string[],
): Generator<Mutation> {
  if (typeof shape === 'string') return;
  if ('ref' in shape) {
    if (trail.includes(shape.ref)) return;
    yield* mutations(shapes.shared(shape.ref), path, wrap, [...trail, shape.ref]);
    return;
  }
  for (const [limit, bad, at] of badValues(shape)) {
    yield { limit, value: wrap(bad) as Fields, path: [...path, ...at].join('.') };
  }
  if ('list' in shape) yield* mutations(shape.list, [...path, 0], (value) => wrap([value]), trail);
  else if ('map' in shape)
    yield* mutations(shape.map, [...path, 'key'], (value) => wrap({ key: value }), trail);
  else if ('fields' in shape) {
    for (const [name, field] of Object.entries(shape.fields)) {
      if (path.length === 0 && name !== 'spec') continue;
      yield* mutations(field, [...path, name], (value) => wrap({ [name]: value }), trail);
    }
  }
}

function* badValues(
  shape: Exclude<Shape, string | { ref: string }>,
): Generator<[string, unknown, (string | number)[]]> {
  const { min, max, pattern, required = [], keys }: Limits = shape;
  if ('scalar' in shape) {
    const number = shape.scalar !== 'string';
    if (shape.enum !== undefined) yield ['enum', number ? 7 : 'none of these', []];
    if (min !== undefined) yield ['min', number ? min - 1 : '', []];
    if (max !== undefined) yield ['max', number ? max + 1 : 'a'.repeat(max + 1), []];
    if (pattern !== undefined) yield ['pattern', '\u0000 ', []];
  } else if ('list' in shape) {
    if (min !== undefined) yield ['min', [], []];
    if (max !== undefined) yield ['max', Array.from({ length: max + 1 }, () => null), []];
    if (keys !== undefined) {
      const item =
        keys.length === 0
          ? sample(shape.list)
          : Object.fromEntries(keys.map((key) => [key, sample(fieldOf(shape.list, key))]));
      yield ['keys', [item, item], [1]];
    }
  } else if ('map' in shape) {
    if (min !== undefined) yield ['min', {}, []];
    if (max !== undefined)
      yield ['max', Object.fromEntries(Array.from({ length: max + 1 }, (_, i) => [i, null])), []];
  } else {
    for (const name of required) {
      if (!Object.hasOwn(shape.defaults ?? {}, name)) yield ['required', {}, [name]];
    }
  }
}

function fieldOf(shape: Shape, name: string): Shape {
  const plain = resolved(shape);
  return typeof plain === 'object' && 'fields' in plain ? (plain.fields[name] ?? 'any') : 'any';
}

function resolved(shape: Shape): Shape {
  return typeof shape === 'object' && 'ref' in shape ? resolved(shapes.shared(shape.ref)) : shape;
}

function sample(shape: Shape): unknown {
  const plain = resolved(shape);
  const type = typeof plain === 'object' && 'scalar' in plain ? plain.scalar : plain;
  return type === 'integer' || type === 'number' ? 80 : 'a';
}

const judged = (Object.keys(kinds) as Kind[]).filter((kind) =>
  /^(networking|security|telemetry|extensions)\.istio\.io$|^gateway\.networking\./.test(kinds[kind].group),
);

describe('a value that breaks a limit is found at its field', () => {
  const counts = new Map<string, number>();

  test.each(judged)('%s', (kind) => {
    const missed: string[] = [];
    for (const { limit, value, path } of mutations(shapes.kind(kind), [], (value) => value, [])) {
      counts.set(limit, (counts.get(limit) ?? 0) + 1);
      const found = breaches(kind, value).map((breach) => breach.path.join('.'));
      if (!found.includes(path)) missed.push(`${path}: ${limit}`);
    }
    expect(missed).toEqual([]);
  });

  test('for every limit of every kind', () => {
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const each = [...counts].map(([limit, count]) => `${limit} ${count}`).join(', ');
    console.log(`${total} bad values in ${judged.length} kinds, each found at its field: ${each}`);
    expect(total).toBeGreaterThan(900);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Kind, kinds } from '../model/kinds.gen.ts';
import type { Shape } from '../model/shape.ts';
import { createConformer, type ShapeProblem, typed } from './conform.ts';
import { loadShapes } from './shapes.ts';

type Fields = Record<string, unknown>;

const everyKind = Object.keys(kinds) as Kind[];
const shapes = await loadShapes(everyKind);

function run(kind: Kind, value: Fields): { value: Fields; problems: readonly ShapeProblem[] } {
  const problems = createConformer(shapes)(kind, value);
  return { value, problems };
}

function show(problems: readonly ShapeProblem[]): string[] {
  return problems.map(({ path, expected, found }) => `${path.join('.')}: ${expected}, not ${found}`);
}

describe('conform', () => {
  const cases: { name: string; kind: Kind; given: Fields; value: Fields; problems: string[] }[] = [
    {
      name: 'leaves alone what is right, and unknown fields whatever they are',
      kind: 'PeerAuthentication',
      given: { metadata: { name: 'a' }, spec: { mtls: { mode: 'STRICT', odd: null } }, more: [null] },
      value: { metadata: { name: 'a' }, spec: { mtls: { mode: 'STRICT', odd: null } }, more: [null] },
      problems: [],
    },
    {
      name: 'gives metadata',
      kind: 'Secret',
      given: {},
      value: { metadata: {}, type: 'Opaque' },
      problems: [],
    },
    {
      name: 'replaces wrong metadata',
      kind: 'Namespace',
      given: { metadata: ['a'] },
      value: { metadata: {} },
      problems: ['metadata: object, not list'],
    },
    {
      name: 'drops null fields silently',
      kind: 'VirtualService',
      given: { metadata: null, spec: { hosts: null, http: [{ match: null }] }, status: null },
      value: { metadata: {}, spec: { http: [{}] } },
      problems: [],
    },
    {
      name: 'drops what has the wrong type',
      kind: 'VirtualService',
      given: { metadata: {}, spec: { hosts: 'a', tls: {}, http: [{ timeout: ['5s'], route: 7 }] } },
      value: { metadata: {}, spec: { http: [{}] } },
      problems: [
        'spec.hosts: list, not string',
        'spec.tls: list, not object',
        'spec.http.0.timeout: string, not list',
        'spec.http.0.route: list, not number',
      ],
    },
    {
      name: 'turns scalars into strings where strings are wanted',
      kind: 'ConfigMap',
      given: { metadata: { labels: { version: 1.5 } }, data: { a: 1, b: true, c: 'x' } },
      value: { metadata: { labels: { version: '1.5' } }, data: { a: '1', b: 'true', c: 'x' } },
      problems: [
        'metadata.labels.version: string, not number',
        'data.a: string, not number',
        'data.b: string, not boolean',
      ],
    },
    {
      name: 'keeps the keys of a map of strings, drops other null entries',
      kind: 'PeerAuthentication',
      given: { metadata: { labels: { a: null } }, spec: { portLevelMtls: { 80: null, 81: {} } } },
      value: { metadata: { labels: { a: '' } }, spec: { portLevelMtls: { 81: {} } } },
      problems: [],
    },
    {
      name: 'empties wrong list items, so that the others keep their places',
      kind: 'VirtualService',
      given: { metadata: {}, spec: { hosts: [null, ['a'], 'b', 3], http: [null, 'x', { name: 'c' }] } },
      value: { metadata: {}, spec: { hosts: ['', '', 'b', '3'], http: [{}, {}, { name: 'c' }] } },
      problems: [
        'spec.hosts.0: string, not null',
        'spec.hosts.1: string, not list',
        'spec.hosts.3: string, not number',
        'spec.http.0: object, not null',
        'spec.http.1: object, not string',
      ],
    },
    {
      name: 'applies defaults, in list items too, the emptied ones among them',
      kind: 'Service',
      given: { metadata: {}, spec: { ports: [{ port: 80, protocol: 'UDP' }, { port: 81 }, null] } },
      value: {
        metadata: {},
        spec: {
          type: 'ClusterIP',
          sessionAffinity: 'None',
          ports: [{ port: 80, protocol: 'UDP' }, { port: 81, protocol: 'TCP' }, { protocol: 'TCP' }],
        },
      },
      problems: ['spec.ports.2: object, not null'],
    },
    {
      name: 'puts the default where a value was wrong or null',
      kind: 'Service',
      given: { metadata: {}, spec: { type: null, sessionAffinity: {} } },
      value: { metadata: {}, spec: { type: 'ClusterIP', sessionAffinity: 'None' } },
      problems: ['spec.sessionAffinity: string, not object'],
    },
    {
      name: 'applies defaults inside defaults',
      kind: 'KubernetesGateway',
      given: { metadata: {}, spec: { listeners: [{}, { allowedRoutes: {} }], allowedListeners: {} } },
      value: {
        metadata: {},
        spec: {
          listeners: [
            { allowedRoutes: { namespaces: { from: 'Same' } } },
            { allowedRoutes: { namespaces: { from: 'Same' } } },
          ],
          allowedListeners: { namespaces: { from: 'None' } },
        },
      },
      problems: [],
    },
    {
      name: 'reads integers written as text when they are written as integers are',
      kind: 'DestinationRule',
      given: {
        metadata: {},
        spec: {
          trafficPolicy: {
            portLevelSettings: [
              { port: { number: '80' } },
              { port: { number: '080' } },
              { port: { number: 1.5 } },
            ],
            retryBudget: { percent: '2.5', minRetryConcurrency: '1e3' },
          },
        },
      },
      value: {
        metadata: {},
        spec: {
          trafficPolicy: {
            portLevelSettings: [{ port: { number: 80 } }, { port: {} }, { port: {} }],
            retryBudget: { percent: 2.5 },
          },
        },
      },
      problems: [
        'spec.trafficPolicy.portLevelSettings.0.port.number: integer, not string',
        'spec.trafficPolicy.portLevelSettings.1.port.number: integer, not string',
        'spec.trafficPolicy.portLevelSettings.2.port.number: integer, not number',
        'spec.trafficPolicy.retryBudget.percent: number, not string',
        'spec.trafficPolicy.retryBudget.minRetryConcurrency: integer, not string',
      ],
    },
    {
      name: 'takes integers and strings where both are allowed, nothing else',
      kind: 'Service',
      given: {
        metadata: {},
        spec: {
          type: 'x',
          sessionAffinity: 'y',
          ports: [1, 'a', 1.5, false].map((targetPort) => ({ targetPort, protocol: 'TCP' })),
        },
      },
      value: {
        metadata: {},
        spec: {
          type: 'x',
          sessionAffinity: 'y',
          ports: [
            { targetPort: 1, protocol: 'TCP' },
            { targetPort: 'a', protocol: 'TCP' },
            { protocol: 'TCP' },
            { protocol: 'TCP' },
          ],
        },
      },
      problems: [
        'spec.ports.2.targetPort: integer or string, not number',
        'spec.ports.3.targetPort: integer or string, not boolean',
      ],
    },
    {
      name: 'drops numbers that are none',
      kind: 'VirtualService',
      given: {
        metadata: {},
        spec: {
          http: [{ mirrorPercentage: { value: Number.NaN }, mirrorPercent: Number.POSITIVE_INFINITY }],
        },
      },
      value: { metadata: {}, spec: { http: [{ mirrorPercentage: {} }] } },
      problems: [
        'spec.http.0.mirrorPercentage.value: number, not number',
        'spec.http.0.mirrorPercent: integer, not number',
      ],
    },
    {
      name: 'reads a mesh configuration, which has its fields at the top',
      kind: 'MeshConfig',
      given: {
        rootNamespace: 'istio-system',
        enableAutoMtls: 'yes',
        extensionProviders: [{ name: 'a', zipkin: { port: 1 } }],
      },
      value: {
        metadata: {},
        rootNamespace: 'istio-system',
        extensionProviders: [{ name: 'a', zipkin: { port: 1 } }],
      },
      problems: ['enableAutoMtls: boolean, not string'],
    },
  ];
  test.each(cases)('$name', ({ kind, given, value, problems }) => {
    const done = run(kind, given);
    expect(done.value).toEqual(value);
    expect(show(done.problems)).toEqual(problems);
  });

  test('gives every resource its own copy of a default', () => {
    const conform = createConformer(shapes);
    const [first, second] = [
      { metadata: {}, spec: {} },
      { metadata: {}, spec: {} },
    ];
    conform('HTTPRoute', first);
    conform('HTTPRoute', second);
    const [a, b] = [typed('HTTPRoute', first), typed('HTTPRoute', second)];
    expect(a.spec?.rules).toEqual([{ matches: [{ path: { type: 'PathPrefix', value: '/' } }] }]);
    expect(a.spec?.rules).toEqual(b.spec?.rules);
    expect(a.spec?.rules).not.toBe(b.spec?.rules);
    expect(a.spec?.rules?.[0]?.matches?.[0]?.path).not.toBe(b.spec?.rules?.[0]?.matches?.[0]?.path);
  });

  test('hands out paths that stay as they were', () => {
    const conform = createConformer(shapes);
    const problems = conform('VirtualService', { spec: { hosts: [null, null] } });
    conform('VirtualService', { spec: { http: 1 } });
    expect(problems.map(({ path }) => path)).toEqual([
      ['spec', 'hosts', 0],
      ['spec', 'hosts', 1],
    ]);
  });

  test('takes a key named __proto__ for a key', () => {
    const given = JSON.parse(
      '{"__proto__":{"spec":1},"metadata":{"labels":{"__proto__":null,"constructor":2}}}',
    );
    const { value, problems } = run('Namespace', given);
    expect(JSON.stringify(value)).toBe(
      '{"__proto__":{"spec":1},"metadata":{"labels":{"__proto__":"","constructor":"2"}}}',
    );
    expect(show(problems)).toEqual(['metadata.labels.constructor: string, not number']);
  });

  test('walks no deeper than the shape', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level++) deep = level % 2 === 0 ? { deep } : [deep];
    const { problems } = run('EnvoyFilter', {
      metadata: deep,
      spec: { configPatches: [{ patch: { value: { deep } } }, deep] },
    });
    expect(show(problems)).toEqual(['metadata: object, not list', 'spec.configPatches.1: object, not list']);
  });
});

/** Says the same as the conformer in the plainest way: every place where the value does not fit. */
function misfits(shape: Shape, value: unknown, at = ''): string[] {
  if (shape === 'any') return [];
  if (shape === 'string') return typeof value === 'string' ? [] : [at];
  if (shape === 'boolean') return typeof value === 'boolean' ? [] : [at];
  if (shape === 'number') return typeof value === 'number' && Number.isFinite(value) ? [] : [at];
  if (shape === 'integer') return Number.isInteger(value) ? [] : [at];
  if (shape === 'integer or string') return Number.isInteger(value) || typeof value === 'string' ? [] : [at];
  if ('ref' in shape) return misfits(shared(shape.ref), value, at);
  if ('scalar' in shape) return misfits(shape.scalar, value, at);
  if ('list' in shape)
    return Array.isArray(value)
      ? value.flatMap((item, index) => misfits(shape.list, item, `${at}[${index}]`))
      : [at];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [at];
  const own = Object.entries(value);
  if ('map' in shape) return own.flatMap(([name, item]) => misfits(shape.map, item, `${at}{${name}}`));
  const missing = Object.keys(shape.defaults ?? {}).filter((name) => !Object.hasOwn(value, name));
  return own
    .flatMap(([name, item]) => {
      const field = Object.hasOwn(shape.fields, name) ? shape.fields[name] : undefined;
      if (field === undefined) return [];
      return item === null || item === undefined ? [`${at}.${name}`] : misfits(field, item, `${at}.${name}`);
    })
    .concat(missing.map((name) => `${at}.${name} (default)`));
}

/** Every place where something right, or unknown to the shape, is not what it was. */
function losses(shape: Shape, before: unknown, after: unknown, at = ''): string[] {
  if (typeof shape === 'object' && 'ref' in shape) return losses(shared(shape.ref), before, after, at);
  if (typeof shape === 'object' && 'scalar' in shape) return losses(shape.scalar, before, after, at);
  if (typeof shape === 'object' && 'list' in shape) {
    if (!Array.isArray(before)) return [];
    if (!Array.isArray(after) || after.length !== before.length) return [at];
    return before.flatMap((item, index) => losses(shape.list, item, after[index], `${at}[${index}]`));
  }
  if (typeof shape === 'string') {
    const right = misfits(shape, before).length === 0;
    return right && JSON.stringify(after) !== JSON.stringify(before) ? [at] : [];
  }
  if (!isFields(before)) return [];
  if (!isFields(after)) return [at];
  return Object.entries(before).flatMap(([name, item]) => {
    const inner =
      'map' in shape ? shape.map : Object.hasOwn(shape.fields, name) ? shape.fields[name] : undefined;
    if (inner !== undefined && item === null) return [];
    return losses(inner ?? 'any', item, after[name], `${at}.${name}`);
  });
}

function shared(name: string): Shape {
  return shapes.shared(name);
}

/** Values near the shape: mostly right, with all that can be wrong strewn in. */
function near(shape: Shape): fc.Arbitrary<unknown> {
  const oneOf = (right: fc.Arbitrary<unknown>) =>
    fc.oneof(
      { arbitrary: right, weight: 12 },
      { arbitrary: fc.constantFrom(null, '', '8', '08', 0, 1.5, -0, Number.NaN, true, [], {}), weight: 2 },
      { arbitrary: fc.jsonValue({ maxDepth: 2 }), weight: 1 },
    );
  if (shape === 'any') return fc.jsonValue({ maxDepth: 2 });
  if (shape === 'string') return oneOf(fc.string({ maxLength: 4 }));
  if (shape === 'boolean') return oneOf(fc.boolean());
  if (shape === 'number') return oneOf(fc.double());
  if (shape === 'integer') return oneOf(fc.integer());
  if (shape === 'integer or string') return oneOf(fc.oneof(fc.integer(), fc.string({ maxLength: 4 })));
  if ('ref' in shape) return near(shared(shape.ref));
  if ('scalar' in shape) return near(shape.scalar);
  if ('list' in shape) return oneOf(fc.array(near(shape.list), { maxLength: 3 }));
  if ('map' in shape)
    return oneOf(fc.dictionary(fc.string({ maxLength: 3 }), near(shape.map), { maxKeys: 3 }));
  const names = Object.keys(shape.fields);
  const some = fc.subarray(names, { maxLength: Math.min(names.length, 5) });
  return oneOf(
    some.chain((chosen) =>
      fc.record(
        Object.fromEntries(
          [...chosen, 'unknown'].map((name) => [name, near(shape.fields[name] ?? 'any')] as const),
        ),
        { requiredKeys: [] },
      ),
    ),
  );
}

function nearResource(kind: Kind): fc.Arbitrary<Fields> {
  return near(shapes.kind(kind)).map((value) => (isFields(value) ? value : { spec: value }));
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every object and list by its place. */
function places(value: unknown, at = '', found = new Map<string, object>()): Map<string, object> {
  if (typeof value !== 'object' || value === null) return found;
  found.set(at, value);
  for (const [name, item] of Object.entries(value)) places(item, `${at}/${JSON.stringify(name)}`, found);
  return found;
}

describe.each(everyKind)('any %s', (kind) => {
  const options = { numRuns: 60 };

  test('fits its shape afterwards, and a second run finds nothing', () => {
    const shape = shapes.kind(kind);
    const conform = createConformer(shapes);
    fc.assert(
      fc.property(nearResource(kind), (value) => {
        conform(kind, value);
        expect(misfits(shape, value)).toEqual([]);
        const once = structuredClone(value);
        expect(conform(kind, value)).toEqual([]);
        expect(value).toEqual(once);
      }),
      options,
    );
  });

  test('loses nothing that was right', () => {
    const shape = shapes.kind(kind);
    fc.assert(
      fc.property(nearResource(kind), (value) => {
        const before = structuredClone(value);
        createConformer(shapes)(kind, value);
        expect(losses(shape, before, value)).toEqual([]);
      }),
      options,
    );
  });

  test('keeps its objects and lists', () => {
    fc.assert(
      fc.property(nearResource(kind), (value) => {
        const before = places(value);
        createConformer(shapes)(kind, value);
        for (const [at, after] of places(value)) {
          const was = before.get(at);
          if (was !== undefined && Array.isArray(was) === Array.isArray(after)) expect(after).toBe(was);
        }
      }),
      options,
    );
  });

  test('may be any JSON at all', () => {
    const shape = shapes.kind(kind);
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        createConformer(shapes)(kind, value);
        expect(misfits(shape, value)).toEqual([]);
      }),
      options,
    );
  });
});

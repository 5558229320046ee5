import { describe, expect, test } from 'vitest';
import { rules } from '../rules/index.gen.ts';
import { openTexts } from '../src/session/session.ts';

/** A definition of `app.example.io/v1` Widget with this schema of its spec, as JSON Schema in YAML flow. */
function definition(
  spec: string,
  { version = 'v1', more = '', group = 'app.example.io', kind = 'Widget' } = {},
): string {
  return `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: ${kind.toLowerCase()}s.${group} }
spec:
  group: ${group}
  names: { kind: ${kind}, plural: ${kind.toLowerCase()}s }
  scope: Namespaced
  versions:
    - name: ${version}
      served: true
      storage: true${more}
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec: ${spec}
            status: { type: object, properties: { ready: { type: boolean } } }
`;
}

function widget(spec: string, rest = ''): string {
  return `apiVersion: app.example.io/v1\nkind: Widget\nmetadata: { name: one, namespace: shop }\nspec: ${spec}\n${rest}`;
}

/** What is said of the input, as `code field: message`, and the rules that were not checked. */
async function findings(...texts: readonly string[]): Promise<string[]> {
  const raw = texts.join('\n---\n');
  const { report } = await (await openTexts([{ path: 'a.yaml', raw }])).analyze(rules, 'test');
  return [
    ...report.diagnostics.map(({ code, message, path }) => `${code} ${show(path)}: ${message}`),
    ...(report.coverage.uncheckedRules ?? []).map(
      ({ field, rule, why }) => `unchecked ${field} ${rule}: ${why}`,
    ),
  ];
}

function show(path: readonly (string | number)[]): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .slice(1);
}

/** Schemas of one field `x`, values that fit, and those that do not with what is said. */
const fields: readonly {
  readonly schema: string;
  readonly good: readonly string[];
  readonly bad: Readonly<Record<string, string>>;
}[] = [
  {
    schema: '{ type: string, minLength: 2, maxLength: 4, pattern: "^[a-z]+$" }',
    good: ['ab', 'abcd', '<NAME>', 'null'],
    bad: {
      a: 'IST1910 spec.x: spec.x has 1 letters.',
      abcde: 'IST1910 spec.x: spec.x has 5 letters.',
      AB: 'IST1910 spec.x: spec.x is "AB", which is not how such a value is written.',
      '5': 'IST1910 spec.x: spec.x is a number, where a text belongs.',
      '[a]': 'IST1910 spec.x: spec.x is a list, where a text belongs.',
    },
  },
  {
    schema: '{ type: string, enum: [red, green] }',
    good: ['red', '"<COLOUR>"'],
    bad: { Red: 'IST1910 spec.x: spec.x is "Red", which is none of its values.' },
  },
  {
    schema: '{ type: integer, minimum: 1, maximum: 10, exclusiveMaximum: true, multipleOf: 3 }',
    good: ['3', '9'],
    bad: {
      '0': 'IST1910 spec.x: spec.x is 0.',
      '12': 'IST1910 spec.x: spec.x is 12.',
      '4': 'IST1910 spec.x: spec.x is 4.',
      '1.5': 'IST1910 spec.x: spec.x is a number, where a whole number belongs.',
    },
  },
  {
    schema: '{ type: number, enum: [1, 2.5] }',
    good: ['1', '2.5'],
    bad: { '2': 'IST1910 spec.x: spec.x is "2", which is none of its values.' },
  },
  {
    schema:
      '{ x-kubernetes-int-or-string: true, anyOf: [{ type: integer }, { type: string }], pattern: "^[0-9]+%?$" }',
    good: ['5', '50%'],
    bad: {
      half: 'IST1910 spec.x: spec.x is "half", which is not how such a value is written.',
      true: 'IST1910 spec.x: spec.x is true or false, where a number or a text belongs.',
    },
  },
  { schema: '{ type: string, nullable: true }', good: ['null', 'a'], bad: {} },
  {
    schema: '{ type: array, minItems: 1, maxItems: 2, items: { type: string } }',
    good: ['[a]', '[a, b]'],
    bad: {
      '[]': 'IST1910 spec.x: spec.x is empty.',
      '[a, b, c]': 'IST1910 spec.x: spec.x has 3 items.',
      '[a, 1]': 'IST1910 spec.x[1]: spec.x[1] is a number, where a text belongs.',
    },
  },
  {
    schema: '{ type: array, x-kubernetes-list-type: set, items: { type: string } }',
    good: ['[a, b]'],
    bad: { '[a, b, a]': 'IST1910 spec.x[2]: spec.x[2] is "a" once more.' },
  },
  {
    schema:
      '{ type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [name, kind], items: { type: object, required: [name], properties: { name: { type: string }, kind: { type: string, default: A } } } }',
    good: ['[{ name: a }, { name: a, kind: B }]'],
    bad: {
      '[{ name: a }, { name: a, kind: A }]':
        'IST1910 spec.x[1]: spec.x[1] has the same name, kind as an item before it: a, A.',
      '[{ kind: A }]': 'IST1910 spec.x[0].name: spec.x[0] has no name.',
    },
  },
  {
    schema: '{ type: object, additionalProperties: { type: integer }, minProperties: 1 }',
    good: ['{ a: 1, b: 2 }'],
    bad: {
      '{}': 'IST1910 spec.x: spec.x is empty.',
      '{ a: b }': 'IST1910 spec.x.a: spec.x.a is a text, where a whole number belongs.',
    },
  },
  {
    schema: '{ type: object, properties: { timeout: { type: string } } }',
    good: ['{ timeout: 5s }', '{ gone: null }'],
    bad: { '{ timeot: 5s }': 'IST1902 spec.x.timeot: spec.x has no field timeot.' },
  },
  {
    schema: '{ type: object, x-kubernetes-preserve-unknown-fields: true }',
    good: ['{ any: [thing] }'],
    bad: {},
  },
  {
    schema: '{ type: object, x-kubernetes-embedded-resource: true, properties: { spec: { type: object } } }',
    good: ['{ apiVersion: v1, kind: Pod, metadata: { name: a }, spec: {} }'],
    bad: { '{ speck: {} }': 'IST1902 spec.x.speck: spec.x has no field speck.' },
  },
  {
    schema:
      '{ type: object, properties: { a: { type: string }, b: { type: string } }, oneOf: [{ required: [a] }, { required: [b] }] }',
    good: ['{ a: x }', '{ b: x }'],
    bad: {
      '{}': 'IST1910 spec.x: spec.x has none of a and b.',
      '{ a: x, b: x }': 'IST1910 spec.x: spec.x has a and b, which exclude each other.',
    },
  },
  {
    schema:
      '{ type: object, properties: { a: { type: string }, b: { type: string } }, oneOf: [{ not: { anyOf: [{ required: [a] }, { required: [b] }] } }, { required: [a] }, { required: [b] }] }',
    good: ['{}', '{ a: x }'],
    bad: { '{ a: x, b: x }': 'IST1910 spec.x: spec.x has a and b, which exclude each other.' },
  },
  {
    schema: '{ type: string, anyOf: [{ pattern: "^a" }, { maxLength: 1 }], not: { enum: [ab] } }',
    good: ['ac', 'b'],
    bad: { cc: 'IST1910 spec.x: spec.x has none of the forms that its schema allows.' },
  },
  {
    schema: '{ type: integer, allOf: [{ minimum: 2 }, { maximum: 4 }] }',
    good: ['3'],
    bad: { '5': 'IST1910 spec.x: spec.x is 5.' },
  },
  {
    schema: '{ type: string, format: ipv4 }',
    good: ['10.0.0.1'],
    bad: { '"10.0.0"': 'IST1910 spec.x: spec.x is "10.0.0", which is no ipv4.' },
  },
  { schema: '{ type: string, format: "of our own" }', good: ['a'], bad: {} },
  {
    schema: '{ type: string, pattern: "(?i)^abc$" }',
    good: ['ABC'],
    bad: { abd: 'IST1910 spec.x: spec.x is "abd", which is not how such a value is written.' },
  },
];

describe.each(fields)('$schema', ({ schema, good, bad }) => {
  const crd = definition(`{ type: object, properties: { x: ${schema} } }`);
  test.each(good)('takes %s', async (value) => {
    expect(await findings(crd, widget(`{ x: ${value} }`))).toEqual([]);
  });
  test.each(Object.entries(bad))('refuses %s', async (value, said) => {
    expect(await findings(crd, widget(`{ x: ${value} }`))).toEqual([said]);
  });
});

const rule = (text: string, more = ''): string => `x-kubernetes-validations: [{ rule: '${text}'${more} }]`;

/** Schemas of a spec with rules, a spec, and what is said. */
const ruled: readonly (readonly [title: string, schema: string, spec: string, said: readonly string[]])[] = [
  [
    'a rule that holds',
    `{ type: object, properties: { a: { type: integer } }, ${rule('self.a > 1')} }`,
    '{ a: 2 }',
    [],
  ],
  [
    'a rule with a message',
    `{ type: object, properties: { a: { type: integer } }, ${rule('self.a > 1', ', message: a is too small.')} }`,
    '{ a: 1 }',
    ['IST1910 spec: spec: a is too small.'],
  ],
  [
    'a rule without one',
    `{ type: object, properties: { a: { type: integer } }, ${rule('self.a > 1')} }`,
    '{ a: 1 }',
    ['IST1910 spec: spec: it breaks the rule self.a > 1.'],
  ],
  [
    'a message that is an expression, at a field',
    `{ type: object, properties: { a: { type: integer } }, ${rule('self.a > 1', ', message: no, messageExpression: \'"a is " + string(self.a)\', fieldPath: .a')} }`.replaceAll(
      '\'"a is',
      '\'"a is',
    ),
    '{ a: 1 }',
    ['IST1910 spec.a: spec.a: a is 1.'],
  ],
  [
    'rules at every level, of items and of values',
    `{ type: object, properties: { list: { type: array, items: { type: string, ${rule('self != "*"')} } }, map: { type: object, additionalProperties: { type: integer, ${rule('self < 3')} } } } }`,
    '{ list: [a, "*"], map: { x: 1, z: 5 } }',
    [
      'IST1910 spec.list[1]: spec.list[1]: it breaks the rule self != "*".',
      'IST1910 spec.map.z: spec.map.z: it breaks the rule self < 3.',
    ],
  ],
  [
    'a rule in an allOf',
    `{ type: object, properties: { a: { type: integer } }, allOf: [{ properties: { a: { ${rule('self < 3')} } } }] }`,
    '{ a: 5 }',
    ['IST1910 spec.a: spec.a: it breaks the rule self < 3.'],
  ],
  [
    'defaults are there before rules are asked',
    `{ type: object, default: {}, properties: { mode: { type: string, default: A }, opts: { type: object, default: {}, properties: { many: { type: integer, default: 7 } } } }, ${rule('self.mode == "A" && self.opts.many == 7')} }`,
    '{}',
    [],
  ],
  [
    'a null is a field that is not there',
    `{ type: object, properties: { a: { type: string } }, ${rule('!has(self.a)')} }`,
    '{ a: null }',
    [],
  ],
  [
    'names that CEL cannot write',
    `{ type: object, properties: { namespace: { type: string }, x-y: { type: string }, a.b/c: { type: string } }, ${rule('self.__namespace__ == "a" && self.x__dash__y == "1" && self.a__dot__b__slash__c == "2"')} }`,
    '{ namespace: a, x-y: "1", a.b/c: "2" }',
    [],
  ],
  [
    'numbers and texts in one field',
    `{ type: object, properties: { p: { x-kubernetes-int-or-string: true, ${rule('type(self) == int ? self < 100 : self.endsWith("%")')} } } }`,
    '{ p: 120 }',
    ['IST1910 spec.p: spec.p: it breaks the rule type(self) == int ? self < 100 : self.endsWith("%").'],
  ],
  [
    'whole numbers of a field of numbers are no integers',
    `{ type: object, properties: { num: { type: number, ${rule('type(self) == double && self / 2.0 == 0.5')} } } }`,
    '{ num: 1 }',
    [],
  ],
  [
    'times and durations have types of their own',
    `{ type: object, properties: { t: { type: string, format: date-time, ${rule('self.getFullYear() == 2024')} }, d: { type: string, format: duration, ${rule('self > duration("1s")')} } } }`,
    '{ t: "2024-05-01T10:00:00Z", d: 5s }',
    [],
  ],
  [
    'rules about the former state say nothing',
    `{ type: object, properties: { a: { type: integer } }, ${rule('self.a == oldSelf.a')} }`,
    '{ a: 1 }',
    [],
  ],
  [
    'but those that may have none are asked',
    `{ type: object, properties: { a: { type: integer } }, ${rule('oldSelf.hasValue() || self.a == 0', ', optionalOldSelf: true')} }`,
    '{ a: 1 }',
    ['IST1910 spec: spec: it breaks the rule oldSelf.hasValue() || self.a == 0.'],
  ],
  [
    'a rule that fails on the value',
    `{ type: object, properties: { t: { type: string, ${rule('duration(self) >= duration("1ms")')} } } }`,
    '{ t: soon }',
    ['IST1910 spec.t: spec.t: no rule can be applied to it: Failed to parse duration: invalid syntax.'],
  ],
  [
    'a rule that nobody understands is named',
    `{ type: object, properties: { a: { type: integer } }, ${rule('self.a.frob() > 1')} }`,
    '{ a: 1 }',
    ['unchecked spec self.a.frob() > 1: it calls frob(), which is not known'],
  ],
  [
    'and one about a field that is not there',
    `{ type: object, properties: { a: { type: integer } }, ${rule('self.b > 1')} }`,
    '{ a: 1 }',
    ['unchecked spec self.b > 1: it looks at b, which its schema does not have'],
  ],
  [
    'where the schema is broken, rules around it are not asked',
    `{ type: object, required: [a], properties: { a: { type: integer }, b: { type: string, ${rule('self == "x"')} } }, ${rule('self.a > 1')} }`,
    '{ b: z }',
    ['IST1910 spec.a: spec has no a.', 'IST1910 spec.b: spec.b: it breaks the rule self == "x".'],
  ],
  [
    'nor where something is filled in later',
    `{ type: object, properties: { a: { type: string } }, ${rule('self.a == "x"')} }`,
    '{ a: <A> }',
    [],
  ],
  [
    'fields that are dropped are not there',
    `{ type: object, properties: { a: { type: string } }, ${rule('self.a == "x"')} }`,
    '{ a: x, z: 1 }',
    ['IST1902 spec.z: spec has no field z.'],
  ],
];

test.each(ruled)('%s', async (_, schema, spec, said) => {
  expect(await findings(definition(schema), widget(spec))).toEqual(said);
});

test('rules of the root see the name, and the status only where it is written with the rest', async () => {
  const root = (more: string): string =>
    definition('{ type: object }', { more }).replace(
      'type: object\n          properties:',
      `type: object\n          x-kubernetes-validations: [{ rule: 'self.metadata.name == "one" && !has(self.status)' }]\n          properties:`,
    );
  const status = 'status: { ready: true }';
  expect(await findings(root('\n      subresources: { status: {} }'), widget('{}', status))).toEqual([]);
  expect(await findings(root(''), widget('{}', status))).toHaveLength(1);
});

describe('definitions', () => {
  const strict = definition('{ type: object, properties: { a: { type: integer, maximum: 1 } } }');
  const loose = definition('{ type: object, properties: { a: { type: integer, maximum: 9 } } }');

  test('of other versions, or without a schema, say nothing', async () => {
    expect(await findings(definition('{ type: string }', { version: 'v2' }), widget('{ a: 5 }'))).toEqual([]);
    expect(await findings(strict.replace('openAPIV3Schema', 'none'), widget('{ a: 5 }'))).toEqual([]);
  });

  test('of one version: the one that finds least counts', async () => {
    const said = await findings(strict, loose, widget('{ a: 5 }'));
    expect(said.filter((one) => one.startsWith('IST1910'))).toEqual([]);
    expect(await findings(strict, widget('{ a: 5 }'))).toEqual(['IST1910 spec.a: spec.a is 5.']);
  });

  test('that are broken are no reason to fail', async () => {
    const broken = [
      'spec: 1',
      'spec: { group: a, names: 5 }',
      'spec: { group: app.example.io, names: { kind: Widget }, versions: [1, { name: v1, schema: [] }] }',
      'spec: { group: app.example.io, names: { kind: Widget }, versions: [{ name: v1, schema: { openAPIV3Schema: { properties: 7, required: a, items: [] } } }] }',
    ];
    for (const spec of broken) {
      const crd = `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: x }\n${spec}\n`;
      expect((await findings(crd, widget('{ a: 5 }'))).filter((one) => one.startsWith('IST0001'))).toEqual(
        [],
      );
    }
  });

  test('before v1 keep unknown fields, and may have one schema for all versions', async () => {
    const old = `
apiVersion: apiextensions.k8s.io/v1beta1
kind: CustomResourceDefinition
metadata: { name: widgets.app.example.io }
spec:
  group: app.example.io
  names: { kind: Widget, plural: widgets }
  version: v1
  validation: { openAPIV3Schema: { properties: { spec: { type: object, properties: { a: { type: integer, maximum: 1 } } } } } }
`;
    expect(await findings(old, widget('{ a: 5, b: 1 }'))).toEqual(['IST1910 spec.a: spec.a is 5.']);
  });

  test('of kinds that meshlint knows count instead of its own schemas', async () => {
    const crd = definition(
      `{ type: object, properties: { hosts: { type: array, items: { type: string } }, fresh: { type: string }, ${'http: { x-kubernetes-preserve-unknown-fields: true }'} }, ${rule('size(self.hosts) < 2', ', message: one host only')} }`,
      { group: 'networking.istio.io', kind: 'VirtualService' },
    );
    const route = `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: cart, namespace: shop, lables: {} }
spec:
  hosts: [a.example.com, b.example.com]
  fresh: yes it is
  gateways: [public]
  http: [{ timeot: 5s, route: [{ destination: { host: cart } }] }]
`;
    const said = await findings(crd, route);
    expect(said.filter((one) => /IST0106|IST1902|IST1910/.test(one))).toEqual([
      'IST1902 metadata.lables: metadata has no field lables.',
      'IST0106 spec: spec: one host only.',
      'IST1902 spec.gateways: spec has no field gateways.',
    ]);
  });

  test('what istiod says better is said once', async () => {
    const crd = definition(
      `{ type: object, properties: { hosts: { type: array, items: { type: string } }, http: { type: array, items: { type: object, x-kubernetes-preserve-unknown-fields: true, properties: { timeout: { type: string, ${rule('duration(self) >= duration("1ms")', ', message: must be a valid duration')} } } } } } }`,
      { group: 'networking.istio.io', kind: 'VirtualService' },
    );
    const route = `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: cart, namespace: shop }
spec:
  hosts: [a.example.com]
  http: [{ timeout: soon, route: [{ destination: { host: a.example.com } }] }]
`;
    const said = await findings(crd, route);
    expect(said.filter((one) => one.startsWith('IST0106'))).toEqual([
      'IST0106 spec.http[0].timeout: "soon" is not a duration.',
    ]);
  });

  const kustomization =
    'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [crds/a.yaml, app/b.yaml]\n';
  test.each<[string, string, Readonly<Record<string, string>>, 'auto' | 'closed', number]>([
    ['of the same folder count', 'a/crd.yaml', {}, 'auto', 1],
    [
      'of elsewhere in a repository do not: they are of another time, or samples',
      'crds/a.yaml',
      {},
      'auto',
      0,
    ],
    ['of elsewhere in a closed world do', 'crds/a.yaml', {}, 'closed', 1],
    ['of the same kustomization do', 'crds/a.yaml', { 'kustomization.yaml': kustomization }, 'auto', 1],
  ])('%s', async (_, path, more, world, expected) => {
    const resource = Object.keys(more).length > 0 ? 'app/b.yaml' : 'a/b.yaml';
    const files = {
      ...more,
      [path]: definition('{ type: object, properties: { a: { type: integer, maximum: 1 } } }'),
      [resource]: widget('{ a: 5 }'),
    };
    const session = await openTexts(
      Object.entries(files).map(([name, raw]) => ({ path: name, raw })),
      { world },
    );
    const { report } = await session.analyze(rules, 'test');
    expect(report.diagnostics.filter(({ code }) => code === 'IST1910')).toHaveLength(expected);
  });
});

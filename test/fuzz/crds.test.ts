import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rules } from '../../rules/index.gen.ts';
import { openTexts } from '../../src/session/session.ts';

// Whatever a definition and a resource of it hold: nothing fails, and the analysis comes to an end.

const RUNS = Number(process.env.MESHLINT_FUZZ ?? 80);
const SEED = Number(process.env.MESHLINT_FUZZ_SEED ?? 20261120);

const names = fc.constantFrom('a', 'b', 'x-y', '__proto__', 'constructor', 'namespace', 'metadata', '');
const scalar = fc.oneof(
  fc.constantFrom<unknown>(null, '', 'text', '5s', '10.0.0.1', '<HOST>', '\u0000', 0, -1, 1.5, 1e21, true),
  fc.string({ maxLength: 5 }),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(names, tie('value'), { maxKeys: 4 }),
  ),
}));

const expressions = [
  'self.a > 1',
  'self.all(x, x != "")',
  'self.all(k, v, v == k)',
  'self.?a.?b.orValue(1) == 1',
  'has(self.a) && self.a.size() < 3',
  'size(self) > 0 && self[0] == self',
  'duration(self) > duration("1s") || isURL(self) || quantity(self).isInteger()',
  'self == oldSelf',
  'self.matches("(a+)+$")',
  'self.a.',
  '[?',
  '',
];
const rule = fc.record(
  {
    rule: fc.oneof(fc.constantFrom<unknown>(...expressions), value),
    message: value,
    messageExpression: fc.constantFrom('"a" + string(self)', 'self', '('),
    fieldPath: fc.constantFrom('.a', "['x-y'].b", 'a', '.'),
    optionalOldSelf: fc.boolean(),
  },
  { requiredKeys: ['rule'] },
);

const limits = {
  default: value,
  enum: fc.array(scalar, { maxLength: 2 }),
  pattern: fc.constantFrom('^a', '(', '(?i)x', '\\z', '(?P<a>b)'),
  format: fc.constantFrom('date', 'ipv4', 'byte', 'date-time', 'toString'),
  minimum: scalar,
  maxLength: scalar,
  minItems: scalar,
  multipleOf: scalar,
  required: fc.array(names, { maxLength: 2 }),
  nullable: fc.boolean(),
  'x-kubernetes-int-or-string': fc.boolean(),
  'x-kubernetes-preserve-unknown-fields': fc.boolean(),
  'x-kubernetes-embedded-resource': fc.boolean(),
  'x-kubernetes-list-type': fc.constantFrom('map', 'set', 'atomic'),
  'x-kubernetes-list-map-keys': fc.array(names, { maxLength: 2 }),
  'x-kubernetes-validations': fc.array(rule, { maxLength: 2 }),
};
const { schema } = fc.letrec<{ schema: unknown }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 4 },
    { weight: 1, arbitrary: value },
    {
      weight: 6,
      arbitrary: fc.record(
        {
          type: fc.constantFrom('object', 'array', 'string', 'integer', 'number', 'boolean', 'thing'),
          properties: fc.dictionary(names, tie('schema'), { maxKeys: 3 }),
          additionalProperties: fc.oneof(fc.boolean(), tie('schema')),
          items: tie('schema'),
          allOf: fc.array(tie('schema'), { maxLength: 2 }),
          anyOf: fc.array(tie('schema'), { maxLength: 2 }),
          oneOf: fc.array(tie('schema'), { maxLength: 2 }),
          not: tie('schema'),
          ...limits,
        },
        { requiredKeys: ['type'] },
      ),
    },
  ),
}));

test(`${RUNS} definitions and resources`, { timeout: 600_000 }, async () => {
  const kinds = fc.constantFrom(['app.example.io', 'Widget'], ['networking.istio.io', 'VirtualService']);
  await fc.assert(
    fc.asyncProperty(kinds, schema, value, value, async ([group = '', kind = ''], root, spec, status) => {
      const definition = {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: 'any' },
        spec: {
          group,
          names: { kind },
          versions: [
            {
              name: 'v1',
              served: true,
              schema: { openAPIV3Schema: { type: 'object', properties: { spec: root, status: root } } },
            },
          ],
        },
      };
      const resource = {
        apiVersion: `${group}/v1`,
        kind,
        metadata: { name: 'one', namespace: 'shop' },
        spec,
        status,
      };
      const raw = [definition, resource].map((one) => JSON.stringify(one)).join('\n---\n');
      const session = await openTexts([{ path: 'a.yaml', raw }]);
      const { report } = await session.analyze(rules, 'test');
      expect(report.diagnostics.filter(({ code }) => code === 'IST0001')).toEqual([]);
    }),
    { numRuns: RUNS, seed: SEED },
  );
});

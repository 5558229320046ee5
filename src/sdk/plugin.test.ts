import { describe, expect, test } from 'vitest';
import { isHouseCode } from './code.ts';
import { at, definePlugin, defineRule } from './index.ts';
import { SDK_VERSION } from './plugin.ts';

const facts = {
  severity: 'warning',
  since: '0.1.0',
  summary: 'A Service is there.',
  reads: { Service: 'some' },
  messages: { here: { what: 'Service {name}.', why: 'It is.', help: 'None.' } },
} as const;

const rule = defineRule({
  ...facts,
  name: 'no-service',
  code: 'ACME0001',
  check({ graph, report }) {
    for (const service of graph.list('Service')) {
      report(service, { at: at(service.metadata, 'name'), message: 'here', data: { name: service.name } });
      // @ts-expect-error `name` stands in the message.
      report(service, { at: at(service.metadata, 'name'), message: 'here' });
      // @ts-expect-error There is no such message.
      report(service, { at: at(service.metadata, 'name'), message: 'there', data: { name: service.name } });
    }
    // @ts-expect-error The rule does not say that it reads Secrets.
    graph.list('Secret');
  },
});

test('a plugin holds its rules and says which sdk it was made with', () => {
  expect(definePlugin({ name: 'acme', rules: [rule] })).toEqual({
    name: 'acme',
    rules: [rule],
    sdk: SDK_VERSION,
  });
});

test('the compiler knows which codes and names there are', () => {
  const rules = [
    defineRule({ ...facts, code: 'IST0101' }),
    // @ts-expect-error Codes of Istio and of meshlint are those of the table.
    defineRule({ ...facts, code: 'IST9999' }),
    // @ts-expect-error A prefix has capitals.
    defineRule({ ...facts, code: 'acme0001' }),
    // @ts-expect-error A prefix has two letters at least.
    defineRule({ ...facts, code: 'A0001' }),
    // @ts-expect-error There are four digits.
    defineRule({ ...facts, code: 'ACME00011' }),
  ];
  // @ts-expect-error A rule of a plugin has a name.
  definePlugin({ name: 'acme', rules: [rules[0]] });
  expect(rules.map(({ code }) => isHouseCode(code))).toEqual([false, false, false, false, false]);
});

describe('a code of a house', () => {
  test.each([
    ['ACME0001', true],
    ['AB1234', true],
    ['ISTIO0001', false],
    ['IST0101', false],
    ['ACME001', false],
    ['X0001', false],
    ['ACME0001 ', false],
  ])('%s', (code, expected) => {
    expect(isHouseCode(code)).toBe(expected);
  });
});

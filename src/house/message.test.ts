import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCelCompiler } from '../validate/cel/expression.ts';
import { compileMessage } from './message.ts';

const compiler = createCelCompiler(['metadata']);
const values = { metadata: new Map([['name', 'shop']]) };

function fill(text: string): string {
  const message = compileMessage(text, compiler);
  return 'problem' in message ? `problem: ${message.problem}` : message.fill(values);
}

test.each([
  ['{metadata.name} is old.', 'shop is old.'],
  ['{{metadata.name}}', '{metadata.name}'],
  ['{metadata.name}{metadata.name}', 'shopshop'],
  ['{metadata.name + "}"}', 'shop}'],
  ["{'a\\'}' + metadata.name}", "a'}shop"],
  ['{{"a": 1}}', '{"a": 1}'],
  ['{ {"a": 1}.a }', '1'],
  ['{[1, 2]} {null} {true}', '1, 2 nothing true'],
  ['{metadata.?label}', 'nothing'],
  ['{metadata.label}', '{metadata.label}'],
])('%j', (text, expected) => {
  expect(fill(text)).toBe(expected);
});

test.each([
  ['{metadata.name', /^problem: the brace at "\{metadata\.name" is never closed/],
  ['{}', /^problem: /],
  ['{request.name}', /^problem: \{request\.name\}: it names request/],
])('%j is refused', (text, expected) => {
  expect(fill(text)).toMatch(expected);
});

test('a text whose braces are doubled is told as it is, and no text makes it throw', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(fill(text.replace(/[{}]/g, '$&$&'))).toBe(text);
      expect(typeof fill(text)).toBe('string');
    }),
  );
});

import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { finding, plain, reportOf } from './hand-made.ts';
import { formatJson } from './json.ts';
import { formatYaml } from './yaml.ts';

const analysis = reportOf('a: b\n', [finding(1, 1, 1), finding(1, 1, 1, { message: 'on\nyes "no" ~ é' })], {
  coverage: {
    variants: [{ folder: 'y', siblings: ['no', '012'] }],
    unresolved: { count: 0, references: [] },
  },
});

test('JSON is what JSON.stringify writes, with a line break at the end', () => {
  expect([...formatJson(analysis, plain)].join('')).toBe(`${JSON.stringify(analysis.report, null, 2)}\n`);
});

test('JSON leaves out what is not there', () => {
  const report = { ...analysis.report, extra: undefined };
  expect(JSON.parse([...formatJson({ ...analysis, report }, plain)].join(''))).toEqual(analysis.report);
});

test('JSON comes in pieces, one for each finding', () => {
  const many = reportOf(
    '',
    Array.from({ length: 1000 }, () => finding(1, 1, 1)),
  );
  const longest = Math.max(...[...formatJson(many, plain)].map((piece) => piece.length));
  expect(longest).toBeLessThan(2000);
});

test('YAML holds the same, for readers of YAML 1.1 too', () => {
  const text = [...formatYaml(analysis, plain)].join('');
  expect(parse(text)).toEqual(analysis.report);
  expect(parse(text, { version: '1.1' })).toEqual(analysis.report);
});

import { expect, test } from 'vitest';
import { alignLine } from './align-lines.ts';

const template = [
  'spec:',
  '  {{- if .Values.first }}',
  '  first:',
  '    subset: {{ .Values.subset }}',
  '  {{- end }}',
  '  second:',
  '    subset: v1',
  '    host: {{ .Values.host }}.svc',
  '  {{- toYaml .Values.rest | nindent 2 }}',
];

test.each([
  ['a value that was filled in', ['spec:', '  first:', '    subset: v2', '  second:'], 2, 3],
  ['a line that stands there', ['spec:', '  second:', '    subset: v1'], 2, 6],
  ['what was left out before it', ['spec:', '  second:', '    subset: v1', '    host: a.svc'], 3, 7],
  ['what the template does not write itself', ['spec:', '  second:', '  third: 1'], 2, 5],
  ['an empty line', ['', 'spec:'], 0, undefined],
  ['no output', [], 0, undefined],
])('%s is led back to its line', (_, output, at, line) => {
  expect(alignLine(output, template, at)).toBe(line);
});

test('texts that are too large are not compared', () => {
  const many = Array.from({ length: 3000 }, (_, i) => `line: ${i}`);
  expect(alignLine(many, many, 5)).toBeUndefined();
});

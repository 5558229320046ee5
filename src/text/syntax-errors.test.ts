import { describe, expect, it } from 'vitest';
import { createLocator, createSource, readDocuments } from './index.ts';

/** Line and column, the text that is pointed at, and the start of the message. */
type Case = readonly [name: string, text: string, place: string, marked: string, message: string];

const TEMPLATE = 'This is a template, not YAML';
const ENTRIES = 'A `,` is missing between two entries.';

const CASES: readonly Case[] = [
  ['a tab as indentation', 'a:\n\tb: 1\n', '2:1', '\t', 'Tabs cannot indent YAML'],
  ['a tab after spaces', 'a:\n  b:\n  \tc: 1\n', '3:3', '\t', 'Tabs cannot indent YAML'],
  ['a tab on a blank line', 'a: &x 1\n\t\nb: 2\n', '2:1', '\t', 'A tab stands where only spaces can'],
  ['a tab after a dash', '-\ta\n- b\n', '1:2', '\t', 'A tab cannot follow the `-`'],
  [
    'a tab in a block scalar',
    'a: |\n \tb\n',
    '2:2',
    '\t',
    'The text of a block scalar cannot start with a tab',
  ],
  [
    'too little indentation',
    'a:\n  b: 1\n c: 2\n',
    '3:2',
    'c: 2',
    'Wrong indentation: this line is indented by 1, and the lines above it allow 0 or 2.',
  ],
  [
    'too little indentation of an item',
    'a:\n  - b\n - c\n',
    '3:2',
    '- c',
    'Wrong indentation: this line is indented by 1',
  ],
  [
    'indentation between two levels',
    'a:\n    b: 1\n  c: 2\n',
    '3:3',
    'c: 2',
    'Wrong indentation: this line is indented by 2, and the lines above it allow 0 or 4.',
  ],
  ['too much indentation', 'a: 1\n  b: 2\n', '2:3', 'b: 2', 'Indented deeper than the line before'],
  [
    'too much indentation after an item',
    'a:\n- b\n   c: 1\n',
    '3:4',
    'c: 1',
    'Indented deeper than the line before',
  ],
  [
    'less indentation than the first line',
    '  a: 1\nb: 2\n',
    '2:1',
    'b: 2',
    'Indented less than the first line',
  ],
  ['a block scalar that ends early', 'a: |\n    b\n  c\nd: 1\n', '3:3', 'c', 'Wrong indentation'],
  ['an unclosed double quote', 'a: 1\nb: "c\nd: 2\n', '2:4', '"', 'This quote is never closed: add a `"`'],
  ['an unclosed single quote', "a: 'b\nc: 2\n", '1:4', "'", "This quote is never closed: add a `'`"],
  ['an unclosed quote of a key', '"a: 1\nb: 2\n', '1:1', '"', 'This quote is never closed'],
  ['an unclosed quote before another', 'a: "b\nc: "d"\n', '1:4', '"', 'This quote is not closed on its line'],
  ['an unclosed bracket', 'a: [1, 2\nb: 3\n', '1:4', '[', 'This `[` is never closed: add the missing `]`.'],
  ['an unclosed brace', 'a: {b: 1\nc: 2\n', '1:4', '{', 'This `{` is never closed: add the missing `}`.'],
  ['an unclosed bracket in JSON', '{"a": 1,\n"b": [1,2\n}\n', '2:6', '[', 'This `[` is never closed'],
  ['a closing bracket too many', 'a: [1]]\n', '1:7', ']', 'This `]` closes nothing'],
  ['a missing comma in JSON', '{"a": 1\n "b": 2}', '2:2', '"b": 2}', ENTRIES],
  ['an entry without text', 'a: [, b]\n', '1:5', ',', 'An entry is missing before this `,`.'],
  ['a question mark in brackets', 'a: [x?y]\n', '1:5', 'x?y', 'Inside `[ ]` and `{ }`, text with `?`'],
  ['a colon without a space in braces', 'a: {b:[c]}\n', '1:6', ':', 'Write a space after the `:`.'],
  ['two fields on one line', 'a: b: c\n', '1:5', ':', 'A second `: ` on one line'],
  ['two fields in an item', '- a: b: c\n', '1:7', ':', 'A second `: ` on one line'],
  ['no space after the colon', 'a: 1\nb:2\nc: 3\n', '2:2', ':', 'A space is missing after the `:`.'],
  ['no space after the first colon', 'a:1\nb: 2\n', '1:2', ':', 'A space is missing after the `:`.'],
  ['no space after a dash', 'a:\n- b\n-c\n', '3:1', '-', 'A space is missing after the `-`.'],
  ['no colon', 'a: 1\nb\nc: 3\n', '2:1', 'b', 'This is no `key: value`'],
  ['no colon before a block', 'metadata\n  name: x\n', '1:1', 'metadata', 'This is no `key: value`'],
  [
    'a colon below the first key',
    'a\n  : 1\nb: 2\n',
    '2:3',
    ':',
    'A key and its `:` have to stand on one line.',
  ],
  [
    'a colon on the next line',
    'a: 1\nb\n  : 2\n',
    '2:1',
    'b',
    'A key and its `:` have to stand on one line.',
  ],
  ['an item among fields', 'a: 1\n- b\n', '2:1', '- b', 'A list item cannot stand here'],
  ['a field after a list', '- a\nb: 1\n', '2:1', 'b: 1', 'A field cannot follow a list'],
  ['a list on the line of its key', 'a: - b\n', '1:4', '-', 'A list cannot start on the line of its key'],
  ['text after a quote', 'a: "b" c\n', '1:8', 'c', 'Text after the closing quote'],
  ['text after a bracket', 'a: [b] c\n', '1:8', 'c', 'Text after the closing bracket'],
  ['text after a block indicator', 'a: | b\n', '1:4', '|', 'Text cannot follow `|` on its line'],
  ['a comparison', 'a: >= 1.2\n', '1:4', '>', 'Text cannot follow `>` on its line'],
  ['an undefined alias', 'a: *b\n', '1:4', '*b', '`*b` is an alias, and there is no anchor `&b` before it'],
  [
    'an unquoted wildcard',
    'hosts:\n- *.example.com\n',
    '2:3',
    '*.example.com',
    '`*.example.com` is an alias',
  ],
  ['a lone star', 'a: *\n', '1:4', '*', '`*` needs a name after it'],
  ['an alias of itself', 'a: &x [*x]\n', '1:8', '*x', 'The value of `&x` contains itself'],
  ['a template value', 'a: 1\nb: {{ .Values.x }}\n', '2:4', '{{ .Values.x }}', TEMPLATE],
  ['a template line', '{{- if .x }}\na: 1\n{{- end }}\n', '1:1', '{{- if .x }}', TEMPLATE],
  ['a template at the end', 'a: 1\n{{- end }}\n', '2:1', '{{- end }}', TEMPLATE],
  ['a template key', '{{ .k }}: v\n', '1:1', '{{ .k }}', TEMPLATE],
  ['a template and a text', 'a: {{ .x }}:80\n', '1:4', '{{ .x }}', TEMPLATE],
  [
    'a merge conflict',
    'a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> x\n',
    '2:1',
    '<<<<<<< HEAD',
    'A merge conflict',
  ],
  ['a reserved at sign', 'a: @x\n', '1:4', '@', 'A value cannot start with `@`: quote it.'],
  ['a reserved backtick', 'a: `x`\n', '1:4', '`', 'A value cannot start with a backtick: quote it.'],
  ['a percent sign', 'a: %x\n', '1:4', '%', 'A value cannot start with `%`: quote it.'],
  ['a comma', 'a: , b\n', '1:4', ',', 'A value cannot start with `,`: quote it.'],
  ['a null key', 'a: 1\n~: 2\n', '2:1', '~', 'null cannot be a key'],
  ['no key at all', ': a\n', '1:1', '', 'A field without a name'],
  ['a list as key', '? [a]\n: b\n', '1:3', '[a]', 'A list or a map cannot be a key'],
  ['an unknown escape', 'a: "\\d+"\n', '1:5', '\\d', '`\\d` is no escape in double quotes: write `\\\\d`'],
  ['an unknown tag', 'a: !e!x 1\n', '1:4', '!e!x', 'Unknown tag'],
  ['a wrong tag', 'a: !!int b\n', '1:10', 'b', '`b` is not what the tag `!!int` says it is.'],
  ['wrong base64', 'a: !!binary "?"\n', '1:13', '"?"', 'The value of a `!!binary` tag has to be base64.'],
  ['two anchors', 'a: &x &y 1\n', '1:7', '&y', 'A value can have one anchor and one tag'],
  ['a merge of text', 'a:\n  <<: b\n', '2:3', '<<', '`<<` takes a map'],
  ['infinity', 'a: .inf\n', '1:4', '.inf', 'JSON, and so Kubernetes, has neither infinity nor NaN'],
  [
    'a control character',
    'a: "b\x07"\n',
    '1:6',
    '\x07',
    'The control character U+0007 is not allowed in YAML',
  ],
  ['a comment without a space', 'a: "b"#c\n', '1:7', '#', 'A comment needs a space before its `#`'],
  [
    'a directive without a marker',
    '%YAML 1.2\na: 1\n',
    '2:1',
    'a',
    'Directives have to be followed by a line `---`.',
  ],
  [
    'a very long key',
    `${'x'.repeat(1100)}: 1\n`,
    '1:1',
    'x',
    'A key cannot be longer than 1,024 characters.',
  ],
];

describe('syntax errors', () => {
  it.each(CASES)('%s', async (_, text, place, marked, message) => {
    const body = text.endsWith('\n') ? text : `${text}\n`;
    const source = createSource('a.yaml', `ok: 1\n---\n${body}---\nok: 2\n`);
    const documents = await readDocuments(source);
    const error = documents[1]?.error;
    const { line, column } = createLocator().lineColumn(source, error?.start ?? 0);
    expect(error?.message.slice(0, message.length)).toBe(message);
    expect(`${line - 2}:${column}`).toBe(place);
    expect(source.text.slice(error?.start, error?.end)).toBe(marked);
    expect(documents[1]?.value).toBeUndefined();
    expect(documents.at(-1)?.value).toEqual({ ok: 2 });
  });

  it('asks for indentation when many quoted texts lack it and the slow path has to read them', async () => {
    const text = `a: &x 1\n${Array.from({ length: 40 }, (_, index) => `k${index}: "b\nc"\n`).join('')}`;
    const [document] = await readDocuments(createSource('a.yaml', text));
    expect(document?.error?.message).toBe(
      'The further lines of this text have to be indented deeper than its key.',
    );
    expect(text.charAt(document?.error?.start ?? 0)).toBe('"');
  });

  it('keeps templates in sound documents', async () => {
    const [document] = await readDocuments(createSource('a.yaml', 'a: "{{ x }}"\nb: |\n  {{ y }}\n'));
    expect(document?.value).toEqual({ a: '{{ x }}', b: '{{ y }}\n' });
  });
});

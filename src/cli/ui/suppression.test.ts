import { expect, test } from 'vitest';
import { editRaw } from '../../fix/index.ts';
import { createSource } from '../../text/index.ts';
import { suppressionEdit } from './suppression.ts';

async function withSuppression(
  raw: string,
  line: number,
  code: string,
  reason: string,
): Promise<string | undefined> {
  const edit = await suppressionEdit(createSource('', raw), line, code, reason);
  return edit && editRaw(raw, [edit]);
}

const comment = '# meshlint-disable-next-line IST0101 -- known';

test.each([
  ['at the indentation of the line', 'a:\n  b:\n    - c\n', 3, `a:\n  b:\n    ${comment}\n    - c\n`],
  ['above the first line', 'a: 1\n', 1, `${comment}\na: 1\n`],
  ['behind a byte order mark', '\ufeffa: 1\n', 1, `\ufeff${comment}\na: 1\n`],
  ['with line ends of Windows', 'a: 1\r\nb: 2\r\n', 2, `a: 1\r\n${comment}\r\nb: 2\r\n`],
  ['in a flow mapping', 'a: {\n  b: 1,\n  c: 2 }\n', 3, `a: {\n  b: 1,\n  ${comment}\n  c: 2 }\n`],
  ['without a line end', 'a: 1\nb: 2', 2, `a: 1\n${comment}\nb: 2`],
  ['in a second document', 'a: 1\n---\nb: 2\n', 3, `a: 1\n---\n${comment}\nb: 2\n`],
])('a comment is written %s', async (_, before, line, after) => {
  expect(await withSuppression(before, line, 'IST0101', 'known')).toBe(after);
});

test.each([
  ['in a block of text', 'a: |\n  one\n  two\n', 3],
  ['in a folded text', 'a: one\n  two\n', 2],
  ['in JSON', '{\n  "a": 1\n}\n', 2],
  ['below the end', 'a: 1\n', 9],
])('none is written %s', async (_, text, line) => {
  expect(await withSuppression(text, line, 'IST0101', 'known')).toBeUndefined();
});

test('a reason of several lines stays one comment', async () => {
  expect(await withSuppression('a: 1\n', 1, 'IST0101', 'one\ntwo')).toBe(
    '# meshlint-disable-next-line IST0101 -- one two\na: 1\n',
  );
});

// What a finding assumes, in every format that has room for it.
import { expect, test } from 'vitest';
import { finding, plain, reportOf } from './hand-made.ts';
import { type FormatName, formats } from './index.ts';

const mesh = 'a default of the mesh';
const istiod = 'a default of istiod';

async function written(format: FormatName, assumes?: readonly string[]): Promise<string> {
  const one = finding(1, 1, 1, assumes === undefined ? {} : { assumes });
  const write = await formats[format]();
  return [...write(reportOf('a: 1', [one]), plain)].join('');
}

const says: readonly (readonly [FormatName, string])[] = [
  ['text', `  assumes: ${mesh}, and ${istiod}\n`],
  ['json', `"assumes": [\n        "${mesh}",\n        "${istiod}"\n      ]`],
  ['yaml', `    assumes:\n      - ${mesh}\n      - ${istiod}\n`],
  ['sarif', ` Assumes ${mesh}, and ${istiod}.`],
  ['junit', `\nAssumes ${mesh}, and ${istiod}.`],
  ['github', `%0AAssumes ${mesh}, and ${istiod}.`],
  ['gitlab', ` Assumes ${mesh}, and ${istiod}.`],
  ['checkstyle', ` Assumes ${mesh}, and ${istiod}.`],
  ['markdown', ` Assumes ${mesh}, and ${istiod}.`],
];

test.each(says)('%s says it', async (format, text) => {
  expect(await written(format, [mesh, istiod])).toContain(text);
  expect(await written(format)).not.toMatch(/assumes/i);
});

test('none is forgotten but the one that has room for a line only', () => {
  expect([...says.map(([format]) => format), 'compact'].sort()).toEqual(Object.keys(formats).sort());
});

import { describe, expect, it } from 'vitest';
import { createSource, readDocuments, resolvePlain } from './index.ts';

const MEANINGS: readonly [value: unknown, ...texts: string[]][] = [
  [true, 'y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'],
  [false, 'n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'],
  [null, '', '~', 'null', 'Null', 'NULL'],
  [0, '0', '-0', '+0', '00', '0x0', '-0x0'],
  [511, '0777', '0o777', '0O777', '0_777', '+0777'],
  [-15, '-017', '-0o17'],
  [31, '0x1F', '0X1f', '0x_1F'],
  [-255, '-0xff'],
  [3, '0b11', '0B11'],
  [-5, '-0b101'],
  [1000, '1000', '1_000', '1__000', '1e3', '1E+3', '+1_000'],
  [8, '8', '08', '8.', '8.0'],
  [12000, '12e03'],
  [0.5, '.5', '0.5', '5e-1', '.5_0', '.5e0_0'],
  [-0.5, '-.5', '-0.5'],
  [685230.15, '685_230.15', '6.8523015e+5'],
  [Number('12345678901234567890'), '12345678901234567890'],
  [2 ** 63, '0777777777777777777777', '0x7fffffffffffffff'],
  [8e23, '0800000000000000000000000'],
  [Number.POSITIVE_INFINITY, '.inf', '+.Inf'],
  [Number.NEGATIVE_INFINITY, '-.INF'],
  [Number.NaN, '.nan', '.NaN'],
];

const TEXTS = [
  ...['yEs', 'nO', 'tRUE', 'nil', 'None', 'ye', '<<', '='],
  ...[
    '.',
    '..',
    '...',
    '+',
    '-',
    '-x',
    '_1',
    '1a',
    '0x',
    '0xfg',
    '0b',
    '0b2',
    '0o8',
    '.5_',
    '.5__0',
    '._5',
    'e1',
    '1e',
    '1e+',
  ],
  ...['1:30', '190:20:30', '1.2.3', '10.0.0.1', '10.0.0.0/8', 'v1', '1.15.0'],
  ...['2001-01-01', '2001-12-14T21:59:43Z'],
  ...['1e400', '1421e350', '-1e999', '0xfffffffffffffffff', '-0xffffffffffffffff'],
  ...['ünïcödé', '日本語', 'İ'],
];

describe('resolvePlain', () => {
  for (const [value, ...texts] of MEANINGS) {
    it.each(texts)(`%j is ${String(value)}`, (text) => expect(resolvePlain(text)).toEqual(value));
  }
  it.each(TEXTS)('%j is text', (text) => expect(resolvePlain(text)).toBe(text));
});

describe('scalars in documents', () => {
  it.each(TEXTS.filter((text) => !/^[-.=<]/.test(text)))('%j is text on both paths', async (text) => {
    const source = createSource('a.yaml', `a: ${text}\nb: [${text}]\n`);
    const expected = [{ a: text, b: [text] }];
    expect((await readDocuments(source)).map(({ value }) => value)).toEqual(expected);
    expect((await readDocuments(source, { force: 'slow' })).map(({ value }) => value)).toEqual(expected);
  });

  it.each(['"yes"', "'0777'", '"null"', "'~'", '"1.5"', '"2001-01-01"'])(
    'quoted %s stays text',
    async (quoted) => {
      const text = quoted.slice(1, -1);
      for (const force of [undefined, 'slow'] as const) {
        const [document] = await readDocuments(
          createSource('a.yaml', `a: ${quoted}\n`),
          force ? { force } : {},
        );
        expect(document?.value).toEqual({ a: text });
      }
    },
  );
});

const KEYS: readonly [written: string, key: string][] = [
  ['on', 'true'],
  ['No', 'false'],
  ['8080', '8080'],
  ['-1', '-1'],
  ['0x1F', '31'],
  ['0777', '511'],
  ['1_000', '1000'],
  ['1.5', '1.5'],
  ['1.50', '1.5'],
  ['1e3', '1000'],
  ['1e7', '1e+07'],
  ['1234567.5', '1.2345675e+06'],
  ['0.00001', '1e-05'],
  ['1.10', '1.1'],
  ['.inf', '.inf'],
  ['9007199254740993', '9007199254740993'],
  ['2001-01-01', '2001-01-01'],
  ['1:30', '1:30'],
  ['"on"', 'on'],
  ["'1.50'", '1.50'],
  ['toString', 'toString'],
  ['__proto__', '__proto__'],
];

describe('keys', () => {
  it.each(KEYS)('%s is %j', async (written, key) => {
    for (const text of [`${written}: x\n`, `{${written}: x}\n`, `&a ${written}: x\n`]) {
      const [document] = await readDocuments(createSource('a.yaml', text));
      expect(document?.error).toBeUndefined();
      expect(Object.entries(document?.value ?? {})).toEqual([[key, 'x']]);
    }
  });
});

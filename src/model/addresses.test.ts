import { expect, test } from 'vitest';
import { parseRange } from './addresses.ts';

const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);
const read: readonly [text: string, bytes: readonly number[], bits: number][] = [
  ['10.0.0.1', [10, 0, 0, 1], 32],
  ['10.1.0.0/16', [10, 1, 0, 0], 16],
  ['0.0.0.0/0', [0, 0, 0, 0], 0],
  ['::', zeros(16), 128],
  ['::1', [...zeros(15), 1], 128],
  ['fd00::/8', [0xfd, ...zeros(15)], 8],
  ['2001:DB8:0:1:2:3:4:abcd', [0x20, 1, 0xd, 0xb8, 0, 0, 0, 1, 0, 2, 0, 3, 0, 4, 0xab, 0xcd], 128],
  ['::ffff:10.0.0.1', [...zeros(10), 255, 255, 10, 0, 0, 1], 128],
];
test.each(read)('%s', (text, bytes, bits) => {
  expect(parseRange(text)).toEqual({ bytes, bits });
});

const unread = [
  ...[
    '',
    'x',
    '10.0.0',
    '10.0.0.256',
    '010.0.0.1',
    '10.0.0.0/33',
    '10.0.0.0/08',
    '10.0.0.0/8/8',
    '10.0.0.0/',
  ],
  ...[':', ':::', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7::8', '12345::', 'g::', '::/129', '10.0.0.1::'],
];
test.each(unread)('"%s" is no address', (text) => {
  expect(parseRange(text)).toBeUndefined();
});

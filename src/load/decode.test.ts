import { constants } from 'node:buffer';
import { expect, test } from 'vitest';
import { decode } from './decode.ts';

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

test.each([
  ['nothing', Buffer.from(''), ''],
  ['ASCII', Buffer.from('a: b\n'), 'a: b\n'],
  ['UTF-8', Buffer.from('a: é — 網\n'), 'a: é — 網\n'],
  ['the replacement character itself', Buffer.from('a: \ufffd'), 'a: \ufffd'],
  ['UTF-8 with a byte order mark', Buffer.from('\ufeffa'), '\ufeffa'],
  ['UTF-16, little end first', utf16('\ufeffa: é'), '\ufeffa: é'],
  ['UTF-16, big end first', utf16('\ufeffa: é').swap16(), '\ufeffa: é'],
  ['a NUL far behind', Buffer.from(`${'x'.repeat(9000)}\0`), `${'x'.repeat(9000)}\0`],
])('%s is text', (_, bytes, text) => {
  expect(decode(bytes)).toEqual({ text });
});

test.each([
  ['a NUL', Buffer.from('a\0b'), 'binary'],
  ['UTF-16 without a mark', utf16('abc'), 'binary'],
  ['half a character of UTF-16', Buffer.of(0xff, 0xfe, 0x61), 'binary'],
  ['UTF-32', Buffer.of(0xff, 0xfe, 0, 0, 0x61, 0, 0, 0), 'binary'],
  ['control characters and no UTF-8', Buffer.of(0x1f, 0x8b, 0x08, 0xff), 'binary'],
  ['Latin-1', Buffer.from('name: é\n', 'latin1'), 'encoding'],
  ['a cut character', Buffer.from('é').subarray(0, 1), 'encoding'],
  ['more than a string can hold', Buffer.alloc(constants.MAX_STRING_LENGTH + 1), 'too-large'],
])('%s is refused', (_, bytes, refused) => {
  expect(decode(bytes)).toEqual({ refused });
});

// From bytes to text.
import { constants, isAscii, isUtf8 } from 'node:buffer';

export type Decoded = { readonly text: string } | { readonly refused: 'binary' | 'encoding' | 'too-large' };

/** How far to look for what no text has. */
const PROBE = 8192;

const BINARY: Decoded = { refused: 'binary' };
const TOO_LARGE: Decoded = { refused: 'too-large' };

/** Text of a file: UTF-8, or UTF-16 that says so by its byte order mark. */
export function decode(bytes: Buffer): Decoded {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decodeUtf16(bytes, false);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return decodeUtf16(bytes, true);
  if (bytes.length > constants.MAX_STRING_LENGTH) return TOO_LARGE;
  if (isAscii(bytes)) return asText(bytes.toString('latin1'));
  if (isUtf8(bytes)) return asText(bytes.toString('utf8'));
  // Another encoding is text that nobody can judge; a picture or an archive under a wrong name is no text at all.
  return hasControls(bytes) ? BINARY : { refused: 'encoding' };
}

function decodeUtf16(bytes: Buffer, bigEndian: boolean): Decoded {
  if (bytes.length % 2 !== 0) return BINARY;
  if (bytes.length / 2 > constants.MAX_STRING_LENGTH) return TOO_LARGE;
  const text = (bigEndian ? Buffer.from(bytes).swap16() : bytes).toString('utf16le');
  return asText(text);
}

function asText(text: string): Decoded {
  return text.slice(0, PROBE).includes('\0') ? BINARY : { text };
}

function hasControls(bytes: Buffer): boolean {
  for (const byte of bytes.subarray(0, PROBE)) {
    if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0c && byte !== 0x0d) return true;
  }
  return false;
}

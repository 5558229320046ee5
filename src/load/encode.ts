/** Bytes of a text in the encoding of a file that it is to replace; a byte order mark is part of the text. */
export function encodeLike(file: Buffer, text: string): Buffer {
  if (file[0] === 0xff && file[1] === 0xfe) return Buffer.from(text, 'utf16le');
  if (file[0] === 0xfe && file[1] === 0xff) return Buffer.from(text, 'utf16le').swap16();
  return Buffer.from(text, 'utf8');
}

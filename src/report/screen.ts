// What a terminal makes of text: widths, wrapping, characters that must not reach it.

const printable = /^[\t\n -~]*$/;

/** Replaces control characters (and those that reorder text) by visible stand-ins; line breaks and tabs stay. */
export function visible(text: string): string {
  if (printable.test(text)) return text;
  // Control and formatting characters; not tab, line break and emoji joiners. Such expressions stand where they are
  // used, because reading their character classes takes a millisecond that most runs can save.
  return text.replace(/(?![\t\n\u200c\u200d])[\p{Cc}\p{Cf}\u2028\u2029]/gu, (char) => {
    const code = char.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? '\u2421' : '\ufffd';
  });
}

/** Text of one line: line breaks and tabs become spaces too. */
export function oneLine(text: string): string {
  const joined = text.includes('\n') ? text.replace(/\s*\n\s*/g, ' ') : text;
  return visible(joined.replaceAll('\t', ' '));
}

/** Columns that a text takes. */
export function displayWidth(text: string): number {
  if (printable.test(text)) return text.length;
  let columns = 0;
  for (const char of text) columns += isZeroWidth(char) ? 0 : isWide(char) ? 2 : 1;
  return columns;
}

function isZeroWidth(char: string): boolean {
  return /^[\p{Mn}\p{Me}\p{Cf}]$/u.test(char);
}

/** East Asian wide and fullwidth characters, and what terminals draw as a picture. */
function isWide(char: string): boolean {
  return /^[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}\p{Emoji_Presentation}]$/u.test(
    char,
  );
}

/** Breaks prose at spaces so that every line fits; a longer word stands alone. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    if (displayWidth(paragraph) <= width) {
      lines.push(paragraph);
      continue;
    }
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && displayWidth(line) + 1 + displayWidth(word) > width) {
        lines.push(line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines;
}

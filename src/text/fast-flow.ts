// The fast path over flow collections: `[a, b]` and `{a: 1}`, and so over JSON.
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  DASH,
  DOUBLE_QUOTE,
  HASH,
  isFlowIndicator,
  isGap,
  LF,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUESTION,
  SINGLE_QUOTE,
  SPACE,
  TAB,
} from './chars.ts';
import { addField, plainKey } from './fast-keys.ts';
import { isIndicator, readableValue, readQuoted } from './fast-scalars.ts';
import { type PositionNode, positionNode } from './positions.ts';
import { bail, charAt, enter, type Reader, skipSpaces } from './reader.ts';
import { resolvePlain } from './scalars.ts';

/** A flow collection; leaves the cursor after its closing bracket. */
export function readFlow(reader: Reader): unknown {
  enter(reader);
  const value = charAt(reader, reader.pos) === OPEN_BRACKET ? readFlowList(reader) : readFlowMap(reader);
  reader.depth--;
  return value;
}

function readFlowList(reader: Reader): unknown[] {
  const start = reader.pos++;
  const list: unknown[] = [];
  const children: PositionNode[] | undefined = reader.tracking ? [] : undefined;
  for (;;) {
    const first = skipFlowGap(reader);
    if (first === CLOSE_BRACKET) break;
    list.push(readFlowValue(reader, first, true));
    children?.push(reader.node);
    const next = skipFlowGap(reader);
    if (next === CLOSE_BRACKET) break;
    if (next !== COMMA) bail('flow entry');
    reader.pos++;
  }
  reader.pos++;
  if (children) reader.node = positionNode(start, reader.pos, children);
  return list;
}

function readFlowMap(reader: Reader): Record<string, unknown> {
  const start = reader.pos++;
  const map: Record<string, unknown> = {};
  const children: Map<string, PositionNode> | undefined = reader.tracking ? new Map() : undefined;
  for (;;) {
    const first = skipFlowGap(reader);
    if (first === CLOSE_BRACE) break;
    const keyStart = reader.pos;
    const quoted = first === DOUBLE_QUOTE || first === SINGLE_QUOTE;
    const key = quoted ? readQuotedKey(reader, first) : readPlainKey(reader);
    const keyEnd = reader.keyEnd;
    const value = readFlowFieldValue(reader, quoted);
    addField(map, key, value);
    if (children) {
      reader.node.keyStart = keyStart;
      reader.node.keyEnd = keyEnd;
      children.set(key, reader.node);
    }
    const next = skipFlowGap(reader);
    if (next === CLOSE_BRACE) break;
    if (next !== COMMA) bail('flow entry');
    reader.pos++;
  }
  reader.pos++;
  if (children) reader.node = positionNode(start, reader.pos, children);
  return map;
}

function readQuotedKey(reader: Reader, quote: number): string {
  const { tracking } = reader;
  reader.tracking = false;
  const key = readQuoted(reader, quote);
  reader.tracking = tracking;
  if (reader.multiline) bail('key over several lines');
  reader.keyEnd = reader.pos;
  return key;
}

function readPlainKey(reader: Reader): string {
  const start = reader.pos;
  const end = flowPlainEnd(reader, false);
  reader.keyEnd = end;
  return plainKey(reader.text.substring(start, end));
}

/** What follows a key: `: value`, `:`, or nothing at all. */
function readFlowFieldValue(reader: Reader, quotedKey: boolean): unknown {
  const { keyEnd } = reader;
  reader.crossedLine = false;
  if (skipFlowGap(reader) === COLON) {
    if (reader.crossedLine) bail('colon on the next line');
    if (!quotedKey && !isGap(charAt(reader, reader.pos + 1))) bail('colon');
    reader.pos++;
    const first = skipFlowGap(reader);
    if (first !== COMMA && first !== CLOSE_BRACE) return readFlowValue(reader, first, false);
  }
  if (reader.tracking) reader.node = positionNode(keyEnd, keyEnd);
  return null;
}

function readFlowValue(reader: Reader, first: number, inList: boolean): unknown {
  if (first === OPEN_BRACKET || first === OPEN_BRACE) {
    const collection = readFlow(reader);
    if (charAt(reader, reader.pos) === COLON) bail('collection as key');
    return collection;
  }
  if (first === DOUBLE_QUOTE || first === SINGLE_QUOTE) {
    const text = readQuoted(reader, first);
    if (charAt(reader, skipSpaces(reader, reader.pos)) === COLON) bail('pair in a list');
    return text;
  }
  if (first === COMMA) bail('empty entry');
  const start = reader.pos;
  const end = flowPlainEnd(reader, inList);
  requireEntryEnd(reader);
  if (reader.tracking) reader.node = positionNode(start, end);
  return readableValue(resolvePlain(reader.text.substring(start, end)));
}

/** End of a plain scalar's text on this line; moves to the character that ends it. */
function flowPlainEnd(reader: Reader, inList: boolean): number {
  const { text, end: stop } = reader;
  const start = reader.pos;
  const first = text.charCodeAt(start);
  if (isIndicator(first)) {
    if (first !== DASH && first !== QUESTION) bail('indicator');
    const next = charAt(reader, start + 1);
    if (isGap(next) || isFlowIndicator(next)) bail('indicator');
  }
  let pos = start;
  for (; pos < stop; pos++) {
    const code = text.charCodeAt(pos);
    if (code === COMMA || code === CLOSE_BRACKET || code === CLOSE_BRACE || code === LF) break;
    if (code === OPEN_BRACKET || code === OPEN_BRACE) bail('flow indicator');
    if (code === QUESTION) bail('flow indicator'); // wherever it stands, to go-yaml
    if (code === COLON) {
      const next = charAt(reader, pos + 1);
      if (isGap(next)) break;
      if (!inList && isFlowIndicator(next)) bail('colon'); // [fe80::] is text to go-yaml
    } else if (code === HASH) {
      if (text.charCodeAt(pos - 1) === SPACE) break;
    } else if (code === TAB) bail('tab');
  }
  reader.pos = pos;
  while (text.charCodeAt(pos - 1) === SPACE) pos--;
  return pos === start ? bail('empty') : pos;
}

/** A plain scalar must end its entry: text on the next line would continue it. */
function requireEntryEnd(reader: Reader): void {
  let pos = reader.pos;
  while (pos < reader.end && isGap(reader.text.charCodeAt(pos))) pos++;
  const code = pos < reader.end ? reader.text.charCodeAt(pos) : 0;
  if (code !== COMMA && code !== CLOSE_BRACKET && code !== CLOSE_BRACE && code !== HASH)
    bail('plain scalar in flow');
}

/**
 * Moves over blanks, line breaks and comments; returns the character that stands there. To go-yaml neither the
 * indentation of lines in a flow collection matters, nor whether it is made of tabs.
 */
function skipFlowGap(reader: Reader): number {
  const { text, end: stop } = reader;
  let pos = reader.pos;
  while (pos < stop) {
    const code = text.charCodeAt(pos);
    if (code === LF) reader.crossedLine = true;
    else if (code === HASH) {
      const before = text.charCodeAt(pos - 1);
      if (!isGap(before) && before !== TAB) bail('comment');
      pos = text.indexOf('\n', pos);
      if (pos < 0 || pos >= stop) bail('unclosed bracket');
      continue;
    } else if (code !== SPACE && code !== TAB) {
      reader.pos = pos;
      return code;
    }
    pos++;
  }
  return bail('unclosed bracket');
}

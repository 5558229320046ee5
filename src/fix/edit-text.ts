// From edits of fields to edits of the text. What is not plainly laid out is left alone: then there is no fix.
import type { Path } from '../text/document.ts';
import type { FieldEdit, FieldValue, TextEdit } from '../text/edit.ts';
import { type PositionNode, trimmedEnd } from '../text/positions.ts';
import { valueAt } from './intended.ts';
import {
  before,
  behind,
  type EditedDocument,
  follow,
  inOrder,
  isBlankOrComment,
  lineEndOf,
  startOf,
} from './place.ts';
import { removeNode } from './remove-text.ts';
import { quotesOf, writeBlock, writeFlow, writeText } from './write-value.ts';

/** The edits of the text that make one edit of a field; undefined when it cannot be made with certainty. */
export function editText(document: EditedDocument, edit: FieldEdit): readonly TextEdit[] | undefined {
  switch (edit.op) {
    case 'set': {
      const isThere = valueAt(document.value, edit.path) !== undefined;
      return isThere
        ? replaceValue(document, edit.path, edit.value)
        : insertValue(document, edit.path, edit.value);
    }
    case 'insert':
      return insertValue(document, edit.path, edit.value);
    case 'remove': {
      const nodes = follow(document, edit.path);
      return nodes === undefined ? undefined : removeNode(document, nodes);
    }
    case 'rename':
      return renameKey(document, edit.path, edit.to);
  }
}

function replaceValue(
  document: EditedDocument,
  path: Path,
  value: FieldValue,
): readonly TextEdit[] | undefined {
  const { text } = document;
  const node = follow(document, path)?.at(-1);
  const old = valueAt(document.value, path);
  if (node === undefined) return undefined;
  if (node.start >= node.end) {
    const colon = colonOf(text, node);
    return colon === undefined
      ? undefined
      : [{ start: colon, end: colon, newText: ` ${writeFlow(value, 'plain')}` }];
  }
  const end = trimmedEnd(text, node.start, node.end);
  const written = text.slice(node.start, end);
  // Only scalars on one line: block scalars and texts of several lines have a layout of their own.
  if ((typeof old === 'object' && old !== null) || /^[|>-]$|^[|>]|\n/.test(written)) return undefined;
  const quotes = quotesOf(written);
  const isBareJson = quotes === 'plain' && isJson(document);
  return [{ start: node.start, end, newText: writeFlow(value, isBareJson ? 'double' : quotes) }];
}

/** The offset behind the colon of a field without a value. */
function colonOf(text: string, { keyEnd }: PositionNode): number | undefined {
  if (keyEnd < 0) return undefined;
  const gap = /^[ \t]*:/.exec(text.slice(keyEnd, lineEndOf(text, keyEnd)))?.[0];
  return gap === undefined ? undefined : keyEnd + gap.length;
}

/** Whether the document is one of braces and quotes: then what is added is, too. */
function isJson({ text, root }: EditedDocument): boolean {
  const [first] = inOrder(root);
  return text.charAt(root.start) === '{' && first !== undefined && text.charAt(startOf(first)) === '"';
}

function insertValue(
  document: EditedDocument,
  path: Path,
  value: FieldValue,
): readonly TextEdit[] | undefined {
  const key = path.at(-1);
  const owner = follow(document, path.slice(0, -1))?.at(-1);
  if (typeof key !== 'string' || !(owner?.children instanceof Map)) return undefined;
  const fields = inOrder(owner);
  return document.text.charAt(owner.start) === '{'
    ? insertInFlow(document, owner, fields, key, value)
    : insertInBlock(document, fields, key, value);
}

/** A line of its own behind the last field. */
function insertInBlock(
  { text, end: documentEnd }: EditedDocument,
  fields: readonly PositionNode[],
  key: string,
  value: FieldValue,
): readonly TextEdit[] | undefined {
  const [first] = fields;
  const last = fields.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const indent = before(text, first.keyStart).replace(/[^ ]/g, ' ');
  const lastEnd =
    last.start < last.end ? trimmedEnd(text, last.start, last.end) : (colonOf(text, last) ?? last.keyEnd);
  if (!isBlankOrComment(behind(text, lastEnd))) return undefined;
  const line = `${indent}${writeText(key, 'plain')}:${writeBlock(value, indent)}`;
  const at = lineEndOf(text, lastEnd);
  if (at >= documentEnd) return [{ start: at, end: at, newText: `\n${line}` }];
  return [{ start: at + 1, end: at + 1, newText: `${line}\n` }];
}

function insertInFlow(
  document: EditedDocument,
  owner: PositionNode,
  fields: readonly PositionNode[],
  key: string,
  value: FieldValue,
): readonly TextEdit[] | undefined {
  const { text } = document;
  const last = fields.at(-1);
  // The key that the mapping stands under, or that of the last field, tells how keys are written here.
  const written = text.charAt(last === undefined ? owner.keyStart : last.keyStart);
  const quotes = written === '"' || isJson(document) ? 'double' : 'plain';
  if (last === undefined) {
    const isBare = /^\{\s*\}$/.test(text.slice(owner.start, owner.end));
    if (!isBare) return undefined;
    const newText = `{ ${writeText(key, quotes)}: ${writeFlow(value, quotes)} }`;
    return [{ start: owner.start, end: owner.end, newText }];
  }
  const at = Math.max(last.end, last.keyEnd);
  if (text.slice(at, owner.end).includes('#')) return undefined;
  const indent = before(text, last.keyStart);
  const gap = indent.trim() === '' ? `\n${indent}` : ' ';
  const newText = `,${gap}${writeText(key, quotes)}: ${writeFlow(value, quotes)}`;
  return [{ start: at, end: at, newText }];
}

function renameKey(document: EditedDocument, path: Path, to: string): readonly TextEdit[] | undefined {
  const { text } = document;
  const node = follow(document, path)?.at(-1);
  if (node === undefined || node.keyStart < 0) return undefined;
  const written = text.slice(node.keyStart, node.keyEnd);
  const isNumber = /^[1-9][0-9]*$/;
  const newText = isNumber.test(written) && isNumber.test(to) ? to : writeText(to, quotesOf(written));
  return written.includes('\n') ? undefined : [{ start: node.keyStart, end: node.keyEnd, newText }];
}

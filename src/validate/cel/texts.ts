import { celMethod } from '@bufbuild/cel';
import { DYN, INT, NotSupported, STRING } from './values.ts';

/** Flags at the front of an expression of RE2, which JavaScript has outside of it. */
const front = /^\(\?([ims]+)\)/;

/** An expression of RE2 for JavaScript; both prefer the leftmost match, and of those the first alternative. */
function expression(pattern: string): RegExp {
  const flags = front.exec(pattern)?.[1] ?? '';
  const body = pattern
    .replace(front, '')
    .replaceAll('(?P<', '(?<')
    .replaceAll('\\A', '^')
    .replaceAll('\\z', '$');
  try {
    return new RegExp(body, `gu${flags}`);
  } catch {
    throw new NotSupported(`the regular expression ${pattern}`);
  }
}

function findAll(text: string, pattern: string, limit: bigint): string[] {
  if (limit === 0n) return [];
  const found = [...text.matchAll(expression(pattern))].map(([match]) => match);
  return limit < 0n ? found : found.slice(0, Number(limit));
}

function split(text: string, separator: string, limit: bigint): string[] {
  if (limit === 0n) return [];
  const parts = text.split(separator);
  const most = Number(limit);
  if (most < 0 || parts.length <= most) return parts;
  return [...parts.slice(0, most - 1), parts.slice(most - 1).join(separator)];
}

/** Kubernetes' regular expressions (pkg/cel/library/regex.go), and what the library's own texts lack. */
export const textFunctions = [
  celMethod('find', STRING, [STRING], STRING, function (pattern) {
    return findAll(this, pattern, 1n)[0] ?? '';
  }),
  celMethod('findAll', STRING, [STRING], DYN, function (pattern) {
    return findAll(this, pattern, -1n);
  }),
  celMethod('findAll', STRING, [STRING, INT], DYN, function (pattern, limit) {
    return findAll(this, pattern, limit);
  }),
  celMethod('split', STRING, [STRING, INT], DYN, function (separator, limit) {
    return split(this, separator, limit);
  }),
  celMethod('reverse', STRING, [], STRING, function () {
    return [...this].reverse().join('');
  }),
];

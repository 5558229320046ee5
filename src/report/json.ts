import type { Format } from './format.ts';

const STEP = '  ';
/** Lists this deep are written item by item; what stands below them is small. */
const DEPTH = 4;

/** The report as it is, indented by two spaces. */
export const formatJson: Format = ({ report }) => writeJson(report);

/** What `JSON.stringify(value, null, 2)` gives, and the end of its line. */
export function* writeJson(value: unknown): Iterable<string> {
  yield* pieces(value, '', DEPTH);
  yield '\n';
}

/** The same in pieces. */
function* pieces(value: unknown, indent: string, depth: number): Iterable<string> {
  if (depth === 0 || typeof value !== 'object' || value === null) {
    yield JSON.stringify(value, null, STEP.length).replaceAll('\n', `\n${indent}`);
    return;
  }
  const inner = indent + STEP;
  const isList = Array.isArray(value);
  let gap = isList ? '[' : '{';
  for (const [key, item] of isList ? value.entries() : Object.entries(value)) {
    if (item === undefined) continue;
    yield `${gap}\n${inner}${isList ? '' : `${JSON.stringify(key)}: `}`;
    yield* pieces(item, inner, depth - 1);
    gap = ',';
  }
  if (gap === ',') yield `\n${indent}${isList ? ']' : '}'}`;
  else yield isList ? '[]' : '{}';
}

import type { CelCompiler, Expression } from '../validate/cel/expression.ts';
import { showValue } from '../validate/cel/values.ts';

/** What the variables of an expression stand for. */
export type Values = Parameters<Expression['evaluateWith']>[0];

/** A message whose braces hold expressions: `{metadata.name} has no owner`. */
export interface Message {
  readonly expressions: readonly Expression[];
  fill(values: Values): string;
}

/** Reads a message. `{{` and `}}` stand for braces. Says of an expression in it that does not compile why. */
export function compileMessage(text: string, compiler: CelCompiler): Message | { readonly problem: string } {
  const parts: (string | { readonly expression: Expression; readonly written: string })[] = [];
  for (let at = 0; at < text.length; ) {
    const open = text.slice(at).search(/\{\{|\}\}|\{/);
    if (open < 0) {
      parts.push(text.slice(at));
      break;
    }
    const start = at + open;
    parts.push(text.slice(at, start));
    if (text[start + 1] === text[start]) {
      parts.push(text[start] ?? '');
      at = start + 2;
      continue;
    }
    const end = closing(text, start + 1);
    if (end === undefined)
      return { problem: `the brace at "${text.slice(start, start + 20)}" is never closed` };
    const written = text.slice(start + 1, end);
    const expression = compiler.compile(written);
    if ('problem' in expression) return { problem: `{${written}}: ${expression.problem}` };
    parts.push({ expression, written });
    at = end + 1;
  }
  return {
    expressions: parts.flatMap((part) => (typeof part === 'string' ? [] : [part.expression])),
    fill: (values) =>
      parts
        .map((part) => (typeof part === 'string' ? part : said(part.expression, part.written, values)))
        .join(''),
  };
}

/** Where the brace closes that was opened before `from`; braces in texts and inner ones do not count. */
function closing(text: string, from: number): number | undefined {
  let depth = 0;
  let quote: string | undefined;
  for (let i = from; i < text.length; i++) {
    const char = text[i];
    if (quote !== undefined) {
      if (char === '\\') i++;
      else if (char === quote) quote = undefined;
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '{') depth++;
    else if (char === '}' && depth-- === 0) return i;
  }
  return undefined;
}

/** The value in words; what has none stays as it is written. */
function said(expression: Expression, written: string, values: Values): string {
  const outcome = expression.evaluateWith(values);
  return 'value' in outcome ? showValue(outcome.value) : `{${written}}`;
}

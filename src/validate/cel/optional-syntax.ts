/** Names of the functions that stand for `.?field` and `[?key]`; nobody can write them, for CEL reserves `__`. */
export const OPTIONAL_FIELD = '__optional_field__';
export const OPTIONAL_INDEX = '__optional_index__';

interface Token {
  readonly text: string;
  readonly kind: 'space' | 'name' | 'literal' | 'mark';
}

const space = /(?:\s|\/\/[^\n]*)+/y;
const name = /[A-Za-z_][A-Za-z0-9_]*/y;
const number = /0[xX][0-9a-fA-F]+[uU]?|(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?[uU]?/y;
const text =
  /[bB]?[rR](?:'''[\s\S]*?'''|"""[\s\S]*?"""|'[^'\n]*'|"[^"\n]*")|[bB]?(?:'''(?:\\[\s\S]|[^\\])*?'''|"""(?:\\[\s\S]|[^\\])*?"""|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")/y;

/**
 * Writes `a.?b` and `a[?b]` as calls of functions, for the parser knows no optional values. As in cel-go, what follows
 * in the same chain is optional, too: `a.?b.c` is none where there is no `b`.
 */
export function rewriteOptionals(expression: string): string {
  if (!expression.includes('.?') && !expression.includes('[?')) return expression;
  return rewrite(tokens(expression), 0, undefined).text;
}

function tokens(expression: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  function take(pattern: RegExp, kind: Token['kind']): boolean {
    pattern.lastIndex = at;
    const match = pattern.exec(expression)?.[0];
    if (match === undefined) return false;
    found.push({ text: match, kind });
    at += match.length;
    return true;
  }
  while (at < expression.length) {
    if (take(space, 'space') || take(text, 'literal') || take(name, 'name')) continue;
    // A dot after an operand selects; what follows is no fraction.
    const selects = expression[at] === '.' && endsOperand(found.findLast(({ kind }) => kind !== 'space'));
    if (!selects && take(number, 'literal')) continue;
    found.push({ text: expression.charAt(at), kind: 'mark' });
    at++;
  }
  return found;
}

const words: ReadonlySet<string> = new Set(['in', 'true', 'false', 'null']);

function endsOperand(token: Token | undefined): boolean {
  if (token === undefined) return false;
  if (token.kind === 'name') return token.text !== 'in';
  return token.kind === 'literal' || token.text === ')' || token.text === ']' || token.text === '}';
}

/** Rewrites up to the mark that closes what was opened; `next` is behind it. */
function rewrite(
  all: readonly Token[],
  from: number,
  close: string | undefined,
): { text: string; next: number } {
  let out = '';
  let chained = false;
  let before: Token | undefined;
  let at = from;
  while (at < all.length) {
    const token = all[at];
    if (token === undefined || token.text === close) break;
    const second = all[at + 1];
    const operand = endsOperand(before);
    at++;
    if (token.kind === 'space') {
      out += token.text;
      continue;
    }
    if (token.text === '.' && operand && second?.text === '?') {
      out += `.${OPTIONAL_FIELD}("${all[at + 1]?.text ?? ''}")`;
      before = all[at + 1];
      chained = true;
      at += 2;
      continue;
    }
    if (token.text === '.' && operand && chained && second?.kind === 'name' && all[at + 1]?.text !== '(') {
      out += `.${OPTIONAL_FIELD}("${second.text}")`;
      before = second;
      at++;
      continue;
    }
    const opens = { '(': ')', '[': ']', '{': '}' }[token.text];
    if (opens !== undefined) {
      const optional: boolean = token.text === '[' && operand && (chained || second?.text === '?');
      const inner = rewrite(all, second?.text === '?' && optional ? at + 1 : at, opens);
      out += optional ? `.${OPTIONAL_INDEX}(${inner.text})` : `${token.text}${inner.text}${opens}`;
      chained = optional;
      before = { text: opens, kind: 'mark' };
      at = inner.next;
      continue;
    }
    // The name of a method ends the chain: what it gives is a plain value.
    if (token.text !== '.' && !(token.kind === 'name' && before?.text === '.')) chained = false;
    if (token.kind === 'name' && before?.text === '.' && second?.text === '(') chained = false;
    out += token.text;
    before = words.has(token.text) ? { text: token.text, kind: 'name' } : token;
  }
  return { text: out, next: at + 1 };
}

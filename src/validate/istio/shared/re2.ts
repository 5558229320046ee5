/** A group being read: what is before it on the same level is folded into `need`. */
interface Level {
  /** The most repetitions that anything folded so far stands for. */
  need: number;
  /** The same for what a repetition would apply to; undefined where nothing stands before it. */
  last: number | undefined;
  readonly start: number;
}

const names: ReadonlySet<string> = new Set(
  'alnum alpha ascii blank cntrl digit graph lower print punct space upper word xdigit'.split(' '),
);
const count = /\{(0|[1-9]\d*)(?:(,)(0|[1-9]\d*)?)?\}/y;
const escaped =
  /\\(?:[1-7][0-7]{1,2}|0[0-7]{0,2}|x[0-9A-Fa-f]{2}|x\{[0-9A-Fa-f]+\}|[afnrtv]|[^0-9A-Za-z\u0080-\uffff])/y;
const unicodeClass = /\\[pP](?:\{\^?([^}]*)\}|\^?([^{]))/uy;
const named = /\(\?P?<(\w+)>/y;
const flags = /\(\?[imsU]*(?:-[imsU]+)?[:)]/y;
const mostRepetitions = 1000;

/** What keeps a text from being an expression of RE2, as Go's `regexp/syntax` reads it; undefined if nothing does. */
export function findRegexProblem(text: string): string | undefined {
  const levels: Level[] = [];
  let level: Level = { need: 0, last: undefined, start: -1 };
  const captures = new Set<string>();
  let at = 0;
  let afterRepetition = false;

  const atom = (need: number) => {
    level.need = Math.max(level.need, level.last ?? 0);
    level.last = need;
  };
  const open = () => {
    levels.push(level);
    level = { need: 0, last: undefined, start: at };
  };

  while (at < text.length) {
    const repeats = afterRepetition;
    afterRepetition = false;
    switch (text[at]) {
      case '(': {
        if (text[at + 1] !== '?') {
          open();
          at += 1;
          break;
        }
        const name = match(named, text, at);
        if (name !== undefined) {
          const [all, written = ''] = name;
          if (captures.has(written)) return `two groups have the name ${written}`;
          captures.add(written);
          open();
          at += all.length;
          break;
        }
        const [group] = match(flags, text, at) ?? [];
        if (group === undefined) return groupProblem(text, at);
        if (group.endsWith(':')) open();
        at += group.length;
        break;
      }
      case ')': {
        const outer = levels.pop();
        if (outer === undefined) return 'a ) has no ( before it';
        const need = Math.max(level.need, level.last ?? 0);
        level = outer;
        atom(need);
        at += 1;
        break;
      }
      case '|':
        level.need = Math.max(level.need, level.last ?? 0);
        level.last = undefined;
        at += 1;
        break;
      case '*':
      case '+':
      case '?': {
        const sign = text[at];
        if (level.last === undefined) return `there is nothing for the ${sign} to repeat`;
        if (repeats) return `the ${sign} repeats a repetition`;
        at += text[at + 1] === '?' ? 2 : 1;
        afterRepetition = true;
        break;
      }
      case '{': {
        const repetition = match(count, text, at);
        if (repetition === undefined) {
          atom(0);
          at += 1;
          break;
        }
        const [written, least = '', comma, most] = repetition;
        const [min, max] = [Number(least), Number(most ?? least)];
        if (min > mostRepetitions || max > mostRepetitions) return `${written} is more than 1000 times`;
        if (max < min) return `${written} has its numbers in the wrong order`;
        if (level.last === undefined) return `there is nothing for ${written} to repeat`;
        if (repeats) return `${written} repeats a repetition`;
        level.last =
          comma !== undefined && most === undefined && min === 0 ? level.last : times(max, level.last);
        if (Math.max(min, max) >= 2 && level.last > mostRepetitions) {
          return 'repetitions in repetitions make more than 1000';
        }
        at += written.length;
        if (text[at] === '?') at += 1;
        afterRepetition = true;
        break;
      }
      case '[': {
        const end = endOfClass(text, at);
        if (typeof end === 'string') return end;
        atom(0);
        at = end;
        break;
      }
      case '\\': {
        if (text.startsWith('\\Q', at)) {
          const end = text.indexOf('\\E', at + 2);
          if ((end === -1 ? text.length : end) > at + 2) atom(0);
          at = end === -1 ? text.length : end + 2;
          break;
        }
        const end = 'AbBz'.includes(text[at + 1] ?? ' ') ? at + 2 : endOfEscape(text, at, true);
        if (typeof end === 'string') return end;
        atom(0);
        at = end;
        break;
      }
      default:
        atom(0);
        at += 1;
    }
  }
  return levels.length > 0 ? 'a ( has no ) after it' : undefined;
}

/** How many repetitions a repetition stands for, with those inside it. */
function times(max: number, inner: number): number {
  return max === 0 ? 0 : Math.max(max, max * inner);
}

function groupProblem(text: string, at: number): string {
  const sign = /^\(\?(?:<?[=!]|P[=>]|.?)/s.exec(text.slice(at, at + 5))?.[0] ?? '(?';
  if (sign === '(?=' || sign === '(?!') return `RE2 has no lookahead ${sign}`;
  if (sign === '(?<=' || sign === '(?<!') return `RE2 has no lookbehind ${sign}`;
  return `RE2 has no group ${sign}`;
}

/** The offset after the bracket that closes a class, or what is wrong in it. */
function endOfClass(text: string, start: number): number | string {
  let at = start + (text[start + 1] === '^' ? 2 : 1);
  let first = true;
  while (first || text[at] !== ']') {
    if (at >= text.length) return 'a [ has no ] after it';
    first = false;
    if (text.startsWith('[:', at)) {
      const end = text.indexOf(':]', at + 2);
      if (end !== -1) {
        const name = text.slice(at + 2, end);
        if (!names.has(name.replace(/^\^/, ''))) return `there is no class [:${name}:]`;
        at = end + 2;
        continue;
      }
    }
    if (text[at] === '\\' && 'dswDSWpP'.includes(text[at + 1] ?? ' ')) {
      const end = endOfEscape(text, at, true);
      if (typeof end === 'string') return end;
      at = end;
      continue;
    }
    const low = endOfCharacter(text, at);
    if (typeof low === 'string') return low;
    if (text[low] !== '-' || low + 1 >= text.length || text[low + 1] === ']') {
      at = low;
      continue;
    }
    const high = endOfCharacter(text, low + 1);
    if (typeof high === 'string') return high;
    if (codeOf(text.slice(at, low)) > codeOf(text.slice(low + 1, high))) {
      return `the range ${text.slice(at, high)} is in the wrong order`;
    }
    at = high;
  }
  return at + 1;
}

function endOfCharacter(text: string, at: number): number | string {
  if (text[at] === '\\') return endOfEscape(text, at, false);
  return at + String.fromCodePoint(text.codePointAt(at) ?? 0).length;
}

/** The offset after an escape for one character, or for a class where those are allowed. */
function endOfEscape(text: string, at: number, classes: boolean): number | string {
  const next = text[at + 1];
  if (next === undefined) return 'it ends in a single \\';
  if (classes && 'dswDSW'.includes(next)) return at + 2;
  if (classes && 'pP'.includes(next)) {
    const found = match(unicodeClass, text, at);
    const name = found?.[1] ?? found?.[2];
    if (found === undefined || name === undefined || !isUnicodeClass(name)) {
      return `there is no class of characters ${found?.[0] ?? `\\${next}`}`;
    }
    return at + found[0].length;
  }
  const [written] = match(escaped, text, at) ?? [];
  if (written !== undefined && codeOf(written) <= 0x10ffff) return at + written.length;
  if (next >= '1' && next <= '9') return `RE2 has no backreferences such as \\${next}`;
  return `RE2 has no escape ${written ?? `\\${next}`}`;
}

const letters: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };

/** The code point that a character or an escape stands for. */
function codeOf(written: string): number {
  if (!written.startsWith('\\')) return written.codePointAt(0) ?? 0;
  const sign = written[1] ?? '';
  if (sign === 'x') return Number.parseInt(written.replace(/[^0-9A-Fa-f]/g, ''), 16);
  if (sign >= '0' && sign <= '7') return Number.parseInt(written.slice(1), 8);
  return letters[sign] ?? sign.codePointAt(0) ?? 0;
}

/** Whether Unicode has a category or a script of that name. */
function isUnicodeClass(name: string): boolean {
  if (name === 'Any') return true;
  if (!/^[A-Za-z_]+$/.test(name)) return false;
  return ['', 'Script='].some((property) => {
    try {
      return new RegExp(`\\p{${property}${name}}`, 'u') instanceof RegExp;
    } catch {
      return false;
    }
  });
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

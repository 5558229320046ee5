import type { StringMatch } from '../../model/kinds.gen.ts';

/** Whether one thing takes in all of another; `unknown` where only a solver for regular expressions could tell. */
export type Cover = 'yes' | 'no' | 'unknown';

/** What a StringMatch accepts. `any`: whatever is there; for a header or parameter that means only that it is there. */
type Pattern =
  | { readonly type: 'any' }
  | { readonly type: 'exact' | 'prefix' | 'regex'; readonly text: string };

/**
 * Whether `a` accepts everything that `b` accepts. Regular expressions are compared as far as they are plain: equal
 * ones, those that mean a text or a prefix, and simple ones against a text.
 */
export function coversText(a: StringMatch, b: StringMatch): Cover {
  return coversPattern(patternOf(a), patternOf(b));
}

/** How a match looks at the path of a request. */
export interface PathMatch {
  readonly match: StringMatch | undefined;
  /** `ignoreUriCase`, which regular expressions never mind. */
  readonly foldsCase: boolean;
}

/** The same for paths, which all begin with a slash, and may be compared without regard to case. */
export function coversPath(a: PathMatch, b: PathMatch): Cover {
  const outer = pathPattern(a.match);
  const inner = pathPattern(b.match);
  if (outer.type === 'any') return 'yes';
  if (folds(a)) return coversPattern(folded(outer), folded(inner));
  if (!folds(b)) return coversPattern(outer, inner);
  if (outer.type === 'regex') return 'unknown';
  // What regards case takes in what does not only where it holds no letters.
  return outer.text.toLowerCase() === outer.text.toUpperCase() ? coversPattern(outer, inner) : 'no';
}

function folds({ match, foldsCase }: PathMatch): boolean {
  return foldsCase && match?.regex === undefined;
}

function folded(pattern: Pattern): Pattern {
  return pattern.type === 'any' ? pattern : { type: pattern.type, text: pattern.text.toLowerCase() };
}

function pathPattern(match: StringMatch | undefined): Pattern {
  const pattern = patternOf(match ?? {});
  return pattern.type === 'prefix' && pattern.text === '/' ? { type: 'any' } : pattern;
}

function patternOf({ exact, prefix, regex }: StringMatch): Pattern {
  if (exact !== undefined) return { type: 'exact', text: exact };
  if (prefix !== undefined) return prefix === '' ? { type: 'any' } : { type: 'prefix', text: prefix };
  // A lone star is no regular expression; istiod makes "is there" of it (`canBeConvertedToPresentMatch`).
  if (regex === undefined || regex === '*' || regex === '.*') return { type: 'any' };
  return plainRegex(regex) ?? { type: 'regex', text: regex };
}

/** Characters that stand for themselves, or are escaped to do so. */
const literal = /^(?:[\w/~%@:,=!&'" -]|\\[./\-+?*()[\]{}|^$])*/;

/** A regular expression that means one text, or everything that begins with one; the whole value has to match. */
function plainRegex(regex: string): Pattern | undefined {
  const [head = ''] = literal.exec(regex) ?? [];
  const rest = regex.slice(head.length);
  const text = head.replaceAll(/\\(.)/g, '$1');
  if (rest === '') return { type: 'exact', text };
  return rest === '.*' && text !== '' ? { type: 'prefix', text } : undefined;
}

/** Only literals, dots and a few repetitions of dots: means the same to JavaScript as to RE2, and cannot run away. */
const simpleRegex = /^(?:[\w/~%@:,=!&'" -]|\\[./-]|\.(?![*+?])|\.[*+](?![?+*]))*$/;

function coversPattern(a: Pattern, b: Pattern): Cover {
  if (a.type === 'any') return 'yes';
  if (a.type === 'regex') return coversRegex(a.text, b);
  if (b.type === 'any') return 'no';
  if (b.type === 'regex') return 'unknown';
  if (a.type === 'prefix') return b.text.startsWith(a.text) ? 'yes' : 'no';
  return b.type === 'exact' && a.text === b.text ? 'yes' : 'no';
}

function coversRegex(regex: string, b: Pattern): Cover {
  if (b.type === 'regex') return regex === b.text ? 'yes' : 'unknown';
  if (b.type !== 'exact' || !simpleRegex.test(regex)) return 'unknown';
  if ((regex.match(/\.[*+]/g) ?? []).length > 2 || b.text.includes('\n')) return 'unknown';
  return new RegExp(`^(?:${regex})$`).test(b.text) ? 'yes' : 'no';
}

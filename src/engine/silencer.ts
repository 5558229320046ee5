import type { Resource } from '../graph/resource.ts';
import type { ProblemPlace } from '../text/problem.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { Pending } from './pending.ts';
import type { SuppressedBy } from './suppress.ts';

/** The rules that speak about suppressions themselves: only who names them silences them. */
export const UNUSED = 'input/unused-suppression';
export const INVALID = 'input/invalid-suppression';

/** Silences every rule. */
export const ALL = '*';

/** Something that silences findings, wherever it is written. */
export interface Silencer {
  readonly by: SuppressedBy;
  readonly reason: string;
  /** Codes and names of rules; `ALL` for every one. */
  readonly words: readonly string[];
  covers(pending: Pending, diagnostic: Diagnostic): boolean;
  /** Whether a finding about this resource could be among what it covers. */
  reaches(resource: Resource): boolean;
  /** Where it is written; absent for flags. */
  readonly place?: ProblemPlace;
  /** The resource that it is written in, where it is part of one. */
  readonly resource?: Resource;
  /** Whether it can be told that it silences nothing. */
  readonly judged: boolean;
  /** Those of its words that silenced something. */
  readonly used: Set<string>;
}

/** A suppression that does not say what it means to, or no longer holds; `message` is one of input/invalid-suppression. */
export interface Mistake {
  readonly message: 'word' | 'unknown' | 'retired' | 'misplaced' | 'expired';
  readonly data: Readonly<Record<string, string>>;
  readonly place?: ProblemPlace;
  readonly resource?: Resource;
}

/** Whether a word of a suppression names this rule. */
export function isCalled(
  word: string,
  { name, code }: { readonly name: string; readonly code: string },
): boolean {
  if (word === ALL) return name !== UNUSED && name !== INVALID;
  if (word === name || word.toUpperCase() === code.toUpperCase()) return true;
  return word === name.slice(name.indexOf('/') + 1);
}

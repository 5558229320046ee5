/**
 * The answer to "does what this names exist?". Only `absent` is an error; `unknown` is counted and, when a
 * known name is a near miss, may be reported as a suspicion.
 */
export type Lookup<T> = Found<T> | NotFound;

export interface Found<T> {
  readonly state: 'found';
  /** The copy nearest to who asked. */
  readonly value: T;
  /** All copies, those equally near first. */
  readonly all: readonly T[];
}

export type NotFound = Absent | Unknown;

export interface Absent {
  readonly state: 'absent';
  /** A known name that looks like the one sought. */
  readonly suggestion?: string;
}

export interface Unknown {
  readonly state: 'unknown';
  /** What was not read that would settle it. */
  readonly why: string;
  readonly suggestion?: string;
}

/** Whether absence can be concluded, and if not, what is missing for it. */
export type Knowledge = { readonly complete: true } | { readonly complete: false; readonly why: string };

export const complete: Knowledge = { complete: true };

export function incomplete(why: string): Knowledge {
  return { complete: false, why };
}

import type { ProblemPlace } from '../text/problem.ts';

/** What silenced a finding. */
export type SuppressedBy = 'comment' | 'annotation' | 'config' | 'flag' | 'baseline';

/** Findings that are silenced from outside of the manifests: by `-S` or by the configuration. */
export interface Suppression {
  readonly by: 'flag' | 'config';
  /** A code, the name of a rule with or without its area, or `*`. */
  readonly code: string;
  /** Glob on `Kind ns/name`, `Kind name.ns`, or `Kind name` where there is no namespace. */
  readonly resource?: string;
  /** Whether it is for a finding in this file about a resource of this namespace; absent: for all. */
  readonly covers?: (file: string, namespace: string | undefined) => boolean;
  /** Why, for the report. */
  readonly reason: string;
  /** The last day on which it holds, as `2027-01-31`. */
  readonly expires?: string;
  /** Where it is written, where that is a file. */
  readonly place?: ProblemPlace;
  /** Set where all that it may be for is read, so that it can be told when it silences nothing. */
  readonly judged?: boolean;
}

/** Reads one `-S` value: `CODE`, `CODE=Kind ns/name`, or the same with a blank; the code may be the name of a rule. */
export function parseSuppression(text: string): Suppression | undefined {
  const [, code, resource] = /^\s*([A-Za-z0-9/_-]+|\*)(?:\s*=\s*|\s+|$)(.*?)\s*$/.exec(text) ?? [];
  if (code === undefined) return undefined;
  const given = { by: 'flag', code, reason: `-S ${text}`, judged: true } as const;
  return resource === undefined || resource === '' ? given : { ...given, resource };
}

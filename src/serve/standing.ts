import type { Severity } from '../sdk/rule.ts';

/** How things stand: what the judge tells those who serve it. Plain data: it crosses threads. */
export interface Standing {
  readonly cluster: string;
  /** Findings that are alike, counted. */
  readonly findings: readonly FindingCount[];
  readonly suppressed: number;
  /** Objects that were judged, by `group/Kind`. */
  readonly objects: Readonly<Record<string, number>>;
  /** Kinds that could not be read, and why. */
  readonly unread: readonly { readonly resource: string; readonly group: string; readonly state: string }[];
  /** Whether everything that should have been read was, and no rule crashed. */
  readonly complete: boolean;
  /** When it was judged, in milliseconds since 1970, and how many milliseconds that took. */
  readonly judgedAt: number;
  readonly took: number;
  /** The whole report as JSON. */
  readonly report: string;
}

export interface FindingCount {
  readonly code: string;
  readonly rule: string;
  readonly severity: Severity;
  /** Empty for what belongs to none. */
  readonly namespace: string;
  readonly count: number;
}

/** How following the cluster goes, told more often than how things stand. */
export interface Pulse {
  /** Since when what is known may be older than the cluster, in milliseconds since 1970; absent when it is not. */
  readonly staleSince?: number | undefined;
  readonly watches: number;
  readonly changes: number;
  readonly restarts: readonly { readonly resource: string; readonly why: string; readonly count: number }[];
  readonly requests: readonly { readonly resource: string; readonly count: number; readonly bytes: number }[];
}

/** What the webhook did so far. */
export interface AdmissionTally {
  /** Reviews by what became of them. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly seconds: number;
}

// What the two threads of `meshlint serve` say to each other.
import type { AdmissionRequest, Verdict } from '../serve/admission.ts';
import type { Pulse, Standing } from '../serve/standing.ts';

export interface ToJudge {
  readonly type: 'review';
  readonly id: number;
  readonly request: AdmissionRequest;
  /** In milliseconds since 1970. */
  readonly deadline: number;
}

export type ToServer =
  | { readonly type: 'standing'; readonly standing: Standing }
  | { readonly type: 'pulse'; readonly pulse: Pulse }
  | { readonly type: 'verdict'; readonly id: number; readonly verdict: Verdict };

// How the slow path refuses a document that is sound YAML and still nothing that Kubernetes reads.
import type { TextProblem } from './document.ts';

/** Offsets into the text of one document. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Thrown to refuse a document. Not an Error: it is a result, and needs no stack. */
export class Refusal {
  readonly problem: TextProblem;
  constructor(problem: TextProblem) {
    this.problem = problem;
  }
}

export function refuse(message: string, { start, end }: Span): never {
  throw new Refusal({ message, start, end });
}

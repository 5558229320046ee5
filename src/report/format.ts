import type { Analysis } from '../engine/analyze.ts';

/** What a format needs beside the report itself: the texts that findings point into. */
export type Reportable = Pick<Analysis, 'report' | 'sources'>;

export interface FormatOptions {
  readonly color: boolean;
  /** Columns to wrap prose to. */
  readonly width: number;
  /** Columns that lines of the input may take before they are cut. */
  readonly codeWidth: number;
  /** Names what is otherwise counted. */
  readonly verbose: boolean;
  /** Findings only. */
  readonly quiet: boolean;
  /** The words for why something was not read. */
  readonly skipReason: (reason: string) => string;
}

/** Writes a report in pieces, so that its size is not bound by what one string can hold. */
export type Format = (analysis: Reportable, options: FormatOptions) => Iterable<string>;

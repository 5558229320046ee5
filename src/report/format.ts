import type { Analysis } from '../engine/analyze.ts';
import type { Severity } from '../sdk/rule.ts';

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
  /** Findings of this level or above fail the run. */
  readonly failOn: Severity | 'never';
  /** A path of the input as code hosts and build servers name it: from the root of the repository. */
  readonly placeOf: (file: string) => string;
  /** What is known of a rule by its name, for formats that carry the meaning of findings with them. */
  readonly describe: (rule: string) => RuleText | undefined;
}

/** A rule in words. */
export interface RuleText {
  readonly severity: Severity;
  readonly summary: string;
  /** Its page in Markdown, where it has one. */
  readonly page?: string;
  /** Where its page can be read. */
  readonly url?: string;
}

/** Writes a report in pieces, so that its size is not bound by what one string can hold. */
export type Format = (analysis: Reportable, options: FormatOptions) => Iterable<string>;

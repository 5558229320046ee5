import type { ProposedFix } from './edit.ts';
import type { Path, Source } from './index.ts';

/**
 * Something wrong with the input itself, found while reading, parsing or checking it. The engine turns it into a
 * diagnostic with the words of the rule that it names.
 */
export interface Problem {
  /** Folder name of the rule whose words say it: `input/unparsable-input`. */
  readonly rule: string;
  /** Id of the message in that rule. */
  readonly message: string;
  readonly data: Readonly<Record<string, string | number>>;
  readonly place: ProblemPlace;
  /** The value of the manifest that it is about, where it is about one. */
  readonly about?: object;
  /** Only shown to those who switch the code on by name. */
  readonly hint?: true;
  /** How it can be repaired, by paths in the document. */
  readonly fix?: ProposedFix;
  readonly related?: readonly { readonly place: ProblemPlace; readonly note: string }[];
}

/** A place known by offsets (syntax), by a field's path inside a document, or only by its file. */
export interface ProblemPlace {
  readonly source: Source;
  readonly span?: { readonly start: number; readonly end: number };
  readonly field?: {
    /** Offsets of the document. */
    readonly start: number;
    readonly end: number;
    readonly path: Path;
    readonly part: 'key' | 'value';
  };
}

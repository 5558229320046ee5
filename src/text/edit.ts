// Changes of a document, said by the fields that they are about; `src/fix` makes changes of its text of them.
import type { Path } from './document.ts';

/** What a field may be set to. */
export type FieldValue =
  | string
  | number
  | boolean
  | readonly FieldValue[]
  | { readonly [key: string]: FieldValue };

/** One change of a value, by its path in the document. */
export type FieldEdit =
  /** Writes another value into a field, or adds the field. */
  | { readonly op: 'set'; readonly path: Path; readonly value: FieldValue }
  /** Adds a field that is not there. */
  | { readonly op: 'insert'; readonly path: Path; readonly value: FieldValue }
  /** Takes away a field, or an item of a list. */
  | { readonly op: 'remove'; readonly path: Path }
  /** Gives a field another key. */
  | { readonly op: 'rename'; readonly path: Path; readonly to: string };

/** How a finding can be repaired. */
export interface ProposedFix {
  /** What it does, as an order: "Rename `hots` to `hosts`". */
  readonly title: string;
  /** Whether it is certain to be what was meant, so that nobody has to look. */
  readonly safe: boolean;
  readonly edits: readonly FieldEdit[];
}

/** A change of a text: what stands at [start, end) becomes `newText`. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly newText: string;
}

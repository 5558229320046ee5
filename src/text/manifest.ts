import type { Path, Source } from './index.ts';

/** Where a manifest stands: one document of a file, or one item of a `kind: List` document. */
export interface Origin {
  readonly source: Source;
  /** Offsets of the document in `source.text`. */
  readonly start: number;
  readonly end: number;
  /** Path of the manifest inside the document; absent when the manifest is the whole document. */
  readonly item?: Path;
}

/** One YAML document (or List item) as written: a mapping with `apiVersion` and `kind`. */
export interface Manifest {
  readonly value: Record<string, unknown>;
  readonly origin: Origin;
}

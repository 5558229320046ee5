import type { World } from '../graph/evidence.ts';
import type { MeshRequest } from '../session/session.ts';

/** A small mesh that a rule is tried on, and where the rule has to speak up. */
export interface Example {
  readonly verdict: 'bad' | 'good';
  readonly title: string;
  readonly files: readonly ExampleFile[];
  readonly settings: Settings;
}

export interface ExampleFile {
  /** Path as the analysis sees it. */
  readonly path: string;
  readonly text: string;
  /** The cluster that it belongs to, in examples of several; without one, it belongs to all of them. */
  readonly cluster?: string;
  /** The page or case file that holds it, and the line there of the first line of `text`. */
  readonly from: { readonly path: string; readonly line: number };
}

/** What an example says about the world around it. */
export interface Settings {
  readonly world: World;
  /** Where manifests without a namespace stand, as `-n` has it. */
  readonly namespace?: string;
  readonly mesh: MeshRequest;
  /** The verdict hangs on how documents are spread over files, so they are not rearranged. */
  readonly fixedLayout: boolean;
  /** Whether the rule was asked for by name, which lifts its own restraint. */
  readonly requested: boolean;
  /** Codes of other rules that run beside it and find nothing, for what is said about suppressions. */
  readonly beside?: readonly string[];
}

/** Raised for a page or case that does not keep to the format; says where. */
export class PageError extends Error {
  constructor(path: string, line: number, what: string) {
    super(`${path}:${line}: ${what}`);
    this.name = 'PageError';
  }
}

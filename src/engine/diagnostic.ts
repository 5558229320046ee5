import type { Severity } from '../sdk/rule.ts';
import type { Path } from '../text/index.ts';
import type { SuppressedBy } from './suppress.ts';

/** A place in the input: lines and columns from 1, columns in UTF-16 units. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  /** False when the field is not there and its nearest parent stands in. */
  readonly exact: boolean;
  /**
   * The folder of the kustomization or chart that it was found in once rendered; the place is where that was written,
   * as far as it is known.
   */
  readonly renderedFrom?: string;
  readonly cluster?: never;
}

/** Where something stands that was read from a cluster: in no file, so only its resource and field tell more. */
export interface ClusterLocation {
  readonly cluster: string;
  readonly file?: never;
  readonly line?: never;
  readonly column?: never;
  readonly endLine?: never;
  readonly endColumn?: never;
  readonly exact?: never;
}

/** The resource that a finding is about. */
export interface ResourceId {
  readonly apiVersion: string;
  readonly kind: string;
  /** Missing for cluster-scoped and floating resources. */
  readonly namespace?: string;
  readonly name: string;
  /** The manifest names no namespace, and nothing says where it belongs. */
  readonly floating?: true;
  readonly cluster?: string;
}

export interface RelatedPlace {
  readonly resource?: ResourceId;
  readonly path: Path;
  readonly location: Location | ClusterLocation;
  readonly note: string;
}

/** A change of a file: what stands between the two places becomes `newText`. Line breaks in it are `\n`. */
export interface FileEdit {
  readonly file: string;
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly newText: string;
}

/** How a finding can be repaired. */
export interface DiagnosticFix {
  readonly title: string;
  /** Applied by `--fix`; fixes that are not safe only by `--fix-unsafe`. */
  readonly safe: boolean;
  /** In the order of the file; they do not overlap. */
  readonly edits: readonly FileEdit[];
}

/** One finding, as every format shows it. */
export interface Diagnostic {
  readonly code: string;
  /** Folder name of the rule, `area/name`. */
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly why: string;
  readonly help: string;
  readonly resource?: ResourceId;
  readonly path: Path;
  readonly location?: Location | ClusterLocation;
  readonly related: readonly RelatedPlace[];
  /** The same for the same finding wherever its lines move to. */
  readonly fingerprint: string;
  readonly docs: string;
  /** The reference could not be settled, but a known name is one typing slip away. */
  readonly nearMiss?: true;
  readonly suggestion?: string;
  /**
   * Settings of Istio that could not be read from the cluster, and whose defaults this rests on, in phrases: "Istio's default
   * for enableAutoMtls, since the mesh configuration could not be read".
   */
  readonly assumes?: readonly string[];
  /** Present when fixes were asked for and this finding has one. */
  readonly fix?: DiagnosticFix;
  /** Where the configuration names worlds: those that it was found in. */
  readonly worlds?: readonly string[];
}

export interface SuppressedDiagnostic extends Diagnostic {
  readonly suppressed: { readonly by: SuppressedBy; readonly reason: string };
}

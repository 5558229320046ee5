// What is asked of this room, and what it gives.
import type { Layout } from '../model/layout.ts';
import type { OnProgress } from '../model/progress.ts';
import type { Rendered } from '../model/rendered.ts';
import type { Source } from '../text/index.ts';
import type { Manifest } from '../text/manifest.ts';
import type { Problem } from '../text/problem.ts';
import type { FileSystem } from './file-system.ts';
import type { Memory } from './memory.ts';
import type { RenderRequest } from './render/request.ts';

export interface LoadRequest {
  /** Files, folders, globs, `-` for standard input; as the user wrote them. */
  readonly paths: readonly string[];
  /** Globs of what to leave out; matched against the displayed path and against the base name. */
  readonly exclude?: readonly string[];
  /** What belongs to the input at all. */
  readonly scopes?: readonly InputScope[];
  readonly cwd?: string;
  /** The files in another state than on disk. */
  readonly fs?: FileSystem;
  readonly stdin?: () => Promise<string | Uint8Array>;
  /** Lets what does not parse or is no manifest pass as skipped. */
  readonly ignoreUnknown?: boolean;
  /** Has every document read by the slow path. */
  readonly forceSlow?: boolean;
  /** Has kustomizations and charts rendered and judged by what comes out; without it they are read as they are. */
  readonly render?: RenderRequest;
  readonly onProgress?: OnProgress;
  /** What the reading before this one knows. */
  readonly memory?: Memory;
}

/** Globs of what to read and what to leave out, matched against paths below a folder and against base names. */
export interface InputScope {
  /** Where it is, from the root of the file system. */
  readonly folder: string;
  /** Files that are read when a folder holds them; absent: all. */
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
}

export interface Loaded {
  /** In reading order. */
  readonly manifests: readonly Manifest[];
  /** The files that were read, as people see them. */
  readonly paths: readonly string[];
  /** Texts with a word that silences findings, in comments or annotations. */
  readonly commented: readonly Source[];
  /** Whether files were given by themselves: more of the mesh may stand beside them. */
  readonly isPart: boolean;
  readonly layout: Layout;
  readonly problems: readonly Problem[];
  /** Given paths that do not exist or cannot be read. */
  readonly failures: readonly InputFailure[];
  /** Everything that was found and not analysed, with why. */
  readonly skipped: readonly Skipped[];
  /** Kustomizations and charts, rendered or not; absent where there were none, or nobody asked. */
  readonly rendered?: readonly Rendered[];
  /** Snapshots of clusters among the given paths, not read yet; absent where there are none. */
  readonly snapshots?: readonly SnapshotFile[];
  readonly stats: LoadStats;
}

/** A file that holds what was read from a cluster. */
export interface SnapshotFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface LoadStats {
  readonly files: number;
  readonly documents: number;
  readonly manifests: number;
  readonly bytes: number;
  readonly slowDocuments: number;
}

/** A given path that gave nothing, in words for people; `why` does not repeat the path. */
export interface InputFailure {
  readonly path: string;
  /** The cluster that it was given for, where it was given for one. */
  readonly cluster?: string;
  readonly why: string;
  readonly help: string;
}

export interface Skipped {
  readonly path: string;
  readonly reason: SkipReason;
  /** How many documents (or items of lists); 0 when the file was not read. */
  readonly documents: number;
}

export type SkipReason =
  | 'template'
  | 'kustomization'
  | 'patch'
  | 'helm-values'
  | 'helm-chart'
  | 'unset-values'
  | 'compose'
  | 'ci'
  | 'no-kind'
  | 'no-api-version'
  | 'not-a-manifest'
  | 'empty'
  | 'snapshot'
  | 'binary'
  | 'unparsable'
  | 'unreadable'
  | 'too-large'
  | 'link-loop'
  | 'broken-link';

/** The reasons as people read them: "skipped: a Helm chart's values". */
export const reasonInWords: Readonly<Record<SkipReason, string>> = {
  template: 'a template that has to be rendered first',
  kustomization: 'a kustomization',
  patch: 'a patch or other input of a kustomization',
  'helm-values': 'values of a Helm chart',
  'helm-chart': 'the description of a Helm chart',
  'unset-values': 'a manifest of a chart whose values only an installation sets',
  compose: 'a Docker Compose file',
  ci: 'the configuration of a CI system',
  'no-kind': 'no Kubernetes manifest (it has no kind)',
  'no-api-version': 'no Kubernetes manifest (it has no apiVersion)',
  'not-a-manifest': 'no Kubernetes manifest (it has neither apiVersion nor kind)',
  empty: 'nothing in it to analyze',
  snapshot: 'a snapshot of a cluster, which is read when it is given by itself',
  binary: 'not a text file',
  unparsable: 'text that does not parse',
  unreadable: 'a file that cannot be read',
  'too-large': 'a file larger than 512 MB',
  'link-loop': 'a link to a folder that it stands in itself',
  'broken-link': 'a link to nothing',
};

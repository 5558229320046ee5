// What is asked of rendering, and what is told about it.

/** `auto` renders where the tools are there; `require` fails where they are not. */
export type RenderMode = 'auto' | 'require';

export interface RenderRequest {
  readonly mode: RenderMode;
  /** How long one rendering may take, in milliseconds; a minute unless said. */
  readonly timeout?: number;
  /** Tells folders that are not rendered, by displayed path. */
  readonly skips?: (folder: string) => boolean;
  /** Tells files that are wanted; a kustomization of which none is wanted is not rendered. */
  readonly wants?: (file: string) => boolean;
  readonly kustomize?: KustomizeRequest;
  /** Charts that are rendered with values of their own, once for each entry. */
  readonly charts?: readonly ChartRelease[];
  /** Renderings so far, by what was run: clusters share paths, and each is rendered once. */
  readonly memo?: Map<string, Promise<unknown>>;
}

export interface KustomizeRequest {
  /** Lets kustomizations inflate Helm charts (`--enable-helm`). */
  readonly enableHelm?: boolean;
  /** Lets kustomizations use files outside of their folder (`--load-restrictor LoadRestrictionsNone`). */
  readonly outsideFiles?: boolean;
}

export interface ChartRelease {
  /** Folder of the chart. */
  readonly path: string;
  /** Files of values, later ones winning. */
  readonly values?: readonly string[];
  /** Name of the release; that of the chart unless said. */
  readonly release?: string;
  readonly namespace?: string;
}

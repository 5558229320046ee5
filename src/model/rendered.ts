/** What became of one kustomization or chart. */
export interface Rendered {
  /** Its folder. */
  readonly path: string;
  readonly kind: 'kustomization' | 'chart';
  /** Of charts that are rendered by configuration: the release. */
  readonly release?: string;
  readonly tool?: string;
  readonly version?: string;
  /** How many manifests came out. */
  readonly manifests?: number;
  /** Why it was not rendered. */
  readonly why?: string;
}

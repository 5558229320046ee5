/** What the input tells beside its manifests: facts by path, read by the world's rules of placement and evidence. */
export interface Layout {
  readonly kustomizations: readonly Kustomization[];
  /** Paths of files that held something that could not be judged: what stands in and under their folders is not complete. */
  readonly opaque: readonly OpaquePlace[];
}

export interface OpaquePlace {
  readonly path: string;
  readonly why: 'template' | 'unparsable' | 'unreadable';
}

/** One `kustomization.yaml`, as far as it says where manifests belong. Paths are as the input names files, normalised. */
export interface Kustomization {
  readonly path: string;
  readonly folder: string;
  readonly namespace?: string;
  /** Files and folders that it lists (`resources`, `bases`, `components`), resolved against its folder. */
  readonly lists: readonly string[];
  /** Names of its fields that change or generate manifests (`namePrefix`, `patches`, …). */
  readonly transforms: readonly string[];
}

/** The folder part of a path: '' for a bare file name, '/' for a file of the root. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash > 0 ? path.slice(0, slash) : slash === 0 ? '/' : '';
}

// Which kustomizations and charts are rendered, and which files each of them is made of.
import { folderOf } from '../../model/layout.ts';
import type { Source } from '../../text/index.ts';
import type { KustomizationFile } from '../kustomization.ts';
import { below } from '../paths.ts';

/** A kustomization that nobody lists, with all that is known to go into it. */
export interface KustomizeRoot {
  readonly reading: KustomizationFile;
  /** All kustomizations of it, itself first. */
  readonly tree: readonly KustomizationFile[];
  /** The files that they list and use. */
  readonly files: ReadonlySet<string>;
}

/** Kustomizations that no other one lists; components are for others. */
export function kustomizeRoots(readings: readonly KustomizationFile[]): KustomizeRoot[] {
  const byFolder = new Map(readings.map((reading) => [reading.kustomization.folder, reading]));
  const listed = new Set<KustomizationFile>();
  for (const reading of readings) {
    for (const path of reading.kustomization.lists) {
      const child = byFolder.get(path);
      if (child !== undefined && child !== reading) listed.add(child);
    }
  }
  return readings
    .filter((reading) => !listed.has(reading) && !reading.isComponent && isFilled(reading))
    .map((reading) => rootOf(reading, byFolder));
}

/** One that says nothing yet renders to nothing, and kustomize calls that an error. */
function isFilled({ kustomization, remotes }: KustomizationFile): boolean {
  return kustomization.lists.length + kustomization.transforms.length + remotes.length > 0;
}

function rootOf(reading: KustomizationFile, byFolder: ReadonlyMap<string, KustomizationFile>): KustomizeRoot {
  const tree = new Set([reading]);
  const files = new Set<string>();
  for (const { kustomization, inputs } of tree) {
    for (const path of [...kustomization.lists, ...inputs]) {
      const child = byFolder.get(path);
      // The set grows while it is read: a kustomization that is listed lists others.
      if (child === undefined) files.add(path);
      else tree.add(child);
    }
  }
  return { reading, tree: [...tree], files };
}

/** Charts that are not part of another one. */
export function chartRoots(charts: readonly Source[]): Source[] {
  const folders = new Set(charts.map(({ path }) => folderOf(path)));
  return charts.filter(({ path }) => !isSubchart(folderOf(path), folders));
}

function isSubchart(folder: string, charts: ReadonlySet<string>): boolean {
  for (const { index } of folder.matchAll(/(?:^|\/)charts\//g)) {
    if (charts.has(folder.slice(0, index))) return true;
  }
  return false;
}

/** Whether a file is judged by rendering the chart: its templates, its values, and the charts in it. */
export function isOfChart(folder: string, path: string): boolean {
  const prefix = below(folder);
  if (!path.startsWith(prefix)) return false;
  const inside = path.slice(prefix.length);
  return /^(?:templates|charts)\/|^(?:Chart\.yaml|requirements\.yaml|values[^/]*\.ya?ml)$/.test(inside);
}

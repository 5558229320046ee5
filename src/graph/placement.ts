import { ensure } from '../model/collections.ts';
import type { Kustomization, Layout } from '../model/layout.ts';
import { folderOf } from '../model/layout.ts';
import { foldersAbove } from './places.ts';

/** What the layout of the input says about one file. */
export interface Placement {
  /** The namespace that every kustomization reaching the file sets (world rule 1). */
  readonly namespace?: string;
  /** The kustomization that changes what the file holds before it is applied, so that it proves nothing (rule 5). */
  readonly transformedBy?: string;
  /** The kustomizations that the file is part of. */
  readonly partOf?: ReadonlySet<string>;
}

export interface Placements {
  /** Whether no kustomization lists anything, so that everything stands where it says. */
  readonly isPlain: boolean;
  of(path: string): Placement;
  /** The file that could not be judged and whose folder holds `path`; what stands there is not complete (rule 5). */
  opaqueAt(path: string): string | undefined;
}

const nowhere: Placement = {};

/** Whether one kustomization lists both files. */
export function sharesKustomization(placements: Placements, a: string, b: string): boolean {
  const others = placements.of(b).partOf;
  for (const kustomization of placements.of(a).partOf ?? []) if (others?.has(kustomization)) return true;
  return false;
}

/** Whether one folder or one kustomization holds both files. */
export function sharesPlace(placements: Placements, a: string, b: string): boolean {
  return folderOf(a) === folderOf(b) || sharesKustomization(placements, a, b);
}

/** Reads the layout into answers by file. */
export function placeFiles(layout: Layout): Placements {
  const reached = new Map<string, Reached>();
  const byFolder = new Map(layout.kustomizations.map((k) => [k.folder, k]));
  const listed = new Set<Kustomization>();
  for (const kustomization of layout.kustomizations) {
    for (const path of kustomization.lists) {
      const child = byFolder.get(path);
      if (child !== undefined && child !== kustomization) listed.add(child);
    }
  }

  function visit(kustomization: Kustomization, outer: Outer, seen: ReadonlySet<Kustomization>): void {
    if (seen.has(kustomization)) return;
    const path = new Set(seen).add(kustomization);
    // The outermost namespace and the outermost change win: kustomize applies them last.
    const namespace = outer.namespace ?? kustomization.namespace;
    const transformedBy =
      outer.transformedBy ?? (kustomization.transforms.length > 0 ? kustomization.path : undefined);
    for (const target of kustomization.lists) {
      const child = byFolder.get(target);
      if (child !== undefined) visit(child, { namespace, transformedBy }, path);
      else {
        const entry = ensure(reached, target, (): Reached => ({ namespaces: new Set(), partOf: new Set() }));
        entry.namespaces.add(namespace);
        for (const { path: own } of path) entry.partOf.add(own);
        if (transformedBy !== undefined) entry.transformedBy ??= transformedBy;
      }
    }
  }
  for (const kustomization of layout.kustomizations) {
    if (!listed.has(kustomization)) visit(kustomization, {}, new Set());
  }

  const placements = new Map<string, Placement>();
  for (const [path, { namespaces, partOf, transformedBy }] of reached) {
    const [namespace] = namespaces.size === 1 ? namespaces : [];
    placements.set(path, {
      partOf,
      ...(namespace === undefined ? {} : { namespace }),
      ...(transformedBy === undefined ? {} : { transformedBy }),
    });
  }

  const opaqueFolders = new Map<string, string>();
  for (const { path } of layout.opaque) {
    const folder = folderOf(path);
    if (!opaqueFolders.has(folder)) opaqueFolders.set(folder, path);
  }
  return {
    isPlain: placements.size === 0,
    of: (path) => placements.get(path) ?? nowhere,
    opaqueAt(path) {
      if (opaqueFolders.size === 0) return undefined;
      for (const folder of foldersAbove(path)) {
        const culprit = opaqueFolders.get(folder);
        if (culprit !== undefined) return culprit;
      }
      return undefined;
    },
  };
}

/** Every way in which kustomizations reach one file. */
interface Reached {
  readonly namespaces: Set<string | undefined>;
  readonly partOf: Set<string>;
  transformedBy?: string;
}

/** What the kustomizations further out add. */
interface Outer {
  readonly namespace?: string | undefined;
  readonly transformedBy?: string | undefined;
}

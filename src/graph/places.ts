import { folderOf } from '../model/layout.ts';
import type { Origin } from '../text/manifest.ts';

interface Located {
  readonly origin: Origin;
}

/**
 * How far apart two files stand: 0 the same file, 1 the same folder, then one more for every step
 * between their folders (world rule 3).
 */
function stepsBetween(a: string, b: string): number {
  if (a === b) return 0;
  const from = segments(folderOf(a));
  const to = segments(folderOf(b));
  let shared = 0;
  while (shared < from.length && shared < to.length && from[shared] === to[shared]) shared++;
  return 1 + (from.length - shared) + (to.length - shared);
}

/** Every folder that holds `path`, the nearest first, '' (the whole input) last. */
export function foldersAbove(path: string): string[] {
  const folders: string[] = [];
  let folder = folderOf(path);
  while (folder !== '' && folder !== '/') {
    folders.push(folder);
    folder = folderOf(folder);
  }
  folders.push(folder);
  if (folder === '/') folders.push('');
  return folders;
}

function segments(folder: string): string[] {
  return folder === '' ? [] : folder.split('/');
}

/** The candidates ordered by nearness to `from`; stable for equal distances. */
export function byNearness<T extends Located>(from: Located, candidates: readonly T[]): readonly T[] {
  if (candidates.length < 2) return candidates;
  const path = from.origin.source.path;
  return candidates
    .map((candidate) => ({ candidate, steps: stepsBetween(path, candidate.origin.source.path) }))
    .sort((a, b) => a.steps - b.steps)
    .map(({ candidate }) => candidate);
}

/** Only those candidates that are as near to `from` as the nearest of them. */
export function nearestOf<T extends Located>(from: Located, candidates: readonly T[]): readonly T[] {
  if (candidates.length < 2) return candidates;
  const path = from.origin.source.path;
  let least = Number.POSITIVE_INFINITY;
  let nearest: T[] = [];
  for (const candidate of candidates) {
    const steps = stepsBetween(path, candidate.origin.source.path);
    if (steps < least) {
      least = steps;
      nearest = [candidate];
    } else if (steps === least) nearest.push(candidate);
  }
  return nearest;
}

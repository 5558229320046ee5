// Takes out of the harvest what is judged by way of what was rendered from it.
import type { Manifest } from '../../text/manifest.ts';
import { isKustomizationName } from '../classify.ts';
import type { Harvest } from '../harvest.ts';
import type { Written } from './written.ts';

/** Puts the manifests of covered files aside, and takes back what was said about files that only had to be rendered. */
export function cover(harvest: Harvest, written: Written, isCovered: (path: string) => boolean): void {
  const { notes, manifests, inputs } = harvest;
  const known = new Map<string, boolean>();
  const covered = (path: string): boolean => {
    const answer = known.get(path) ?? isCovered(path);
    known.set(path, answer);
    return answer;
  };
  const aside = new Map<string, Manifest[]>();
  keep(manifests, (manifest) => {
    const { path } = manifest.origin.source;
    if (!covered(path)) return true;
    const list = aside.get(path);
    if (list === undefined) aside.set(path, [manifest]);
    else list.push(manifest);
    return false;
  });
  for (const [path, list] of aside) written.set(path, list);
  for (const path of inputs) if (covered(path)) inputs.delete(path);
  for (const [path, { counts }] of notes.tallies) {
    if (!covered(path)) continue;
    for (const reason of counts.keys()) {
      if (reason !== 'unparsable' && reason !== 'unreadable') counts.delete(reason);
    }
    if (counts.size === 0) notes.tallies.delete(path);
  }
  keep(notes.opaque, ({ path, why }) => {
    const isSettled = why === 'template' || (why === 'unreadable' && isKustomizationName(path));
    return !(isSettled && covered(path));
  });
}

function keep<T>(list: T[], test: (item: T) => boolean): void {
  let n = 0;
  for (const item of list) if (test(item)) list[n++] = item;
  list.length = n;
}

import type { TextEdit } from '../text/edit.ts';

/** Which of several changes leave each other alone, by index: in their order, all but those that touch an earlier one. */
export function apart(changes: readonly (readonly TextEdit[])[]): number[] {
  const chosen: number[] = [];
  /** By place, and apart from each other. */
  const taken: TextEdit[] = [];
  for (const [index, edits] of changes.entries()) {
    const places = edits.map((edit) => ({ edit, at: firstFrom(taken, edit.start) }));
    const isFree = places.every(({ edit, at }) => {
      const next = taken[at];
      const before = taken[at - 1];
      return !(next && next.start <= edit.end) && !(before && before.end >= edit.start);
    });
    if (!isFree) continue;
    chosen.push(index);
    for (const { edit } of places) taken.splice(firstFrom(taken, edit.start), 0, edit);
  }
  return chosen;
}

/** The index of the first edit that starts at an offset or later. */
function firstFrom(taken: readonly TextEdit[], offset: number): number {
  let low = 0;
  let high = taken.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((taken[middle]?.start ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

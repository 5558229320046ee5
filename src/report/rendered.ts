import type { Coverage } from '../engine/report.ts';
import type { Row } from './coverage.ts';
import { count } from './words.ts';

/** What was rendered by which tool, and what was not and why: the words of the coverage part. */
export function renderedRows({ rendered }: Coverage): Row[] {
  if (rendered === undefined) return [];
  const done = rendered.filter(({ why }) => why === undefined);
  const left = rendered.filter(({ why }) => why !== undefined);
  const whys = tally(left.map(({ kind, why = '' }) => [why, kind]));
  return [
    ...row(
      'Rendered',
      tally(done.map(({ kind, tool, version }) => [`${tool} ${version ?? ''}`.trim(), kind])).map(
        ([by, kinds]) => `${kinds} by ${by}`,
      ),
      done.map(
        (one) =>
          `${nameOf(one)}: ${count(one.manifests ?? 0, 'manifest')}, by ${one.tool} ${one.version ?? ''}`,
      ),
    ),
    ...row(
      'Not rendered',
      // One reason is worth its words; of several the list tells.
      whys.map(([why, kinds]) => (whys.length === 1 ? `${kinds}: ${why}` : kinds)),
      left.map((one) => `${nameOf(one)}: ${one.why}`),
    ).map((one) => ({ ...one, unseen: 'named' as const })),
  ];
}

type Entry = NonNullable<Coverage['rendered']>[number];

function nameOf({ path, release }: Entry): string {
  return release === undefined ? path : `${path} (release ${release})`;
}

/** `2 kustomizations`, `1 chart`, by the text that goes with them. */
function tally(entries: readonly (readonly [string, Entry['kind']])[]): [string, string][] {
  const counts = new Map<string, number>();
  for (const [text, kind] of entries) {
    const key = `${kind} ${text}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([key, n]) => {
    const space = key.indexOf(' ');
    return [key.slice(space + 1), count(n, key.slice(0, space))];
  });
}

function row(
  label: string,
  parts: readonly string[],
  names: readonly string[],
): Pick<Row, 'label' | 'text' | 'names'>[] {
  return parts.length === 0 ? [] : [{ label, text: parts.join(', '), names }];
}

import type { Severity } from '../sdk/rule.ts';
import { type Example, type ExampleFile, PageError } from './example.ts';

/** A comment `# ! rule-name` that says: the rule reports here. */
export interface Marker {
  readonly file: string;
  /** Line in the file, from 1. */
  readonly line: number;
  /** Rule name without its area. */
  readonly rule: string;
  /** Only checked where the marker names it. */
  readonly severity?: Severity;
  /** False where the marker carries `~`: the place stands in for a field that is not there. */
  readonly exact: boolean;
}

const marker =
  /(?<=^|\s)# ! (?<rule>[a-z][a-z0-9-]*)(?<words>(?: (?:error|warning|info|~))*)(?=\s*$|\s+# !)/g;
const anyMarker = /# ?!/g;

/** All markers of an example. Throws for one that cannot be read. */
export function markersOf(example: Example): readonly Marker[] {
  return example.files.flatMap(markersIn);
}

function markersIn(file: ExampleFile): Marker[] {
  const markers: Marker[] = [];
  for (const [index, line] of file.text.split(/\r?\n/).entries()) {
    const found = [...line.matchAll(marker)];
    if (found.length !== (line.match(anyMarker) ?? []).length) {
      const what = 'cannot read the marker; it is written `# ! rule-name [error|warning|info] [~]`';
      throw new PageError(file.from.path, file.from.line + index, what);
    }
    for (const { groups } of found) {
      const words = (groups?.words ?? '').split(' ');
      const severity = words.find(isSeverity);
      markers.push({
        file: file.path,
        line: index + 1,
        rule: groups?.rule ?? '',
        ...(severity === undefined ? {} : { severity }),
        exact: !words.includes('~'),
      });
    }
  }
  return markers;
}

function isSeverity(word: string): word is Severity {
  return word === 'error' || word === 'warning' || word === 'info';
}

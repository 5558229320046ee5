// The words of a tool that failed, short and with the names that people know.
import { relative, sep } from 'node:path';

interface Places {
  /** The folder that was rendered, links followed. */
  readonly real: string;
  /** Where rendering was started. */
  readonly from: string;
  readonly shown: string;
  readonly cwd: string;
}

const LONGEST = 700;

/** What a tool said, without its own noise and without folders that only we know. */
export function inWords(said: string, { real, from, shown, cwd }: Places): string {
  let text = said
    .split('\n')
    .filter((line) => !/^(?:#? ?Warning|WARNING|walk\.go|coalesce\.go|Use --debug)/.test(line))
    .join(' ')
    .replace(/\s+/g, ' ')
    .replace(/^E\d{4} \S+ +\d+ \S+\] "command failed" err="(.*)"$/, '$1')
    .replace(/^(?:[Ee]rror: )+/, '');
  // One step for each kustomization on the way down; the last one tells what is wrong. That we list the first nobody wrote.
  text = text.split(/recursed accumulation of path '[^']*': /).at(-1) ?? text;
  text = text
    .replace(/'+: must build at directory: .*$/, '')
    .replace(/^accumulating resources: accumulation err='/, '');
  text = text.replace(/^accumulating resources from '[^']*': '[^']*' must resolve to a file': /, '');
  const folder = shown === '' ? '.' : shown;
  for (const place of [real, relative(from, real)]) if (place !== '') text = text.replaceAll(place, folder);
  text = text
    .replaceAll(cwd + sep, '')
    .trim()
    .replace(/\.$/, '');
  if (text === '') return 'it said nothing';
  const half = LONGEST / 2;
  return text.length <= LONGEST ? text : `${text.slice(0, half)} … ${text.slice(-half)}`;
}

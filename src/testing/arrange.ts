import type { ClusterText } from '../session/clusters.ts';
import type { Example, ExampleFile } from './example.ts';
import { type Texts, textsOf } from './run-example.ts';

/** One document of an example, with the lines it has in its file. */
interface Chunk {
  readonly path: string;
  readonly cluster?: string | undefined;
  readonly firstLine: number;
  readonly lines: readonly string[];
}

/** The documents of an example laid out in another way, and the way back to the original lines. */
export interface Arrangement {
  readonly name: string;
  readonly texts: Texts;
  /** `file:line` as the example has it; a line that only the arrangement has stays nameless. */
  original(path: string, line: number): string;
  /** Set where names are others, so that findings are only alike in their lines and levels. */
  readonly renamed?: true;
}

/** Holds resources that have nothing to do with an example; what is found there is not compared. */
export const BYSTANDERS_PATH = 'bystanders.yaml';

/** How far documents may be moved about without changing what the input means. */
export interface Freedom {
  /** Documents may change places inside their file. */
  readonly withinFiles: boolean;
  /** All documents may stand in one file. */
  readonly oneFile: boolean;
  /** Every document may stand in a file of its own. */
  readonly manyFiles: boolean;
  /** Resources of others may stand beside it. */
  readonly others: boolean;
  /** Namespaces that may be called otherwise. */
  readonly namespaces: readonly string[];
}

/** Other layouts of an example that must lead to the same findings. The order is shuffled, the same in every run. */
export function arrangementsOf(example: Example, freedom: Freedom): readonly Arrangement[] {
  const files = example.files.map(chunksOf);
  const chunks = files.flat();
  const random = createRandom(20_230_407);
  const arrangements: Arrangement[] = [];
  if (example.files.length > 1) {
    const texts = textsOf(example);
    const original = (path: string, line: number): string => `${path}:${line}`;
    arrangements.push({ name: 'files in another order', texts: shuffle(texts, random), original });
  }
  if (freedom.withinFiles && files.some((own) => own.length > 1)) {
    const shuffled = files.map((own) => layOut(own[0]?.path ?? '', shuffle(own, random)));
    arrangements.push(combine('documents in another order', shuffle(shuffled, random)));
  }
  if (freedom.oneFile && example.files.length > 1) {
    arrangements.push(
      combine('all documents in one file', [layOut('together.yaml', shuffle(chunks, random))]),
    );
  }
  if (freedom.manyFiles && chunks.length > 1) {
    const single = chunks.map((chunk, i) => layOut(`part-${`${i + 1}`.padStart(3, '0')}.yaml`, [chunk]));
    arrangements.push(combine('one file per document', shuffle(single, random)));
  }
  const texts = textsOf(example);
  const original = (path: string, line: number): string => `${path}:${line}`;
  if (freedom.others) {
    const beside = [...texts, { path: BYSTANDERS_PATH, raw: bystanders }];
    arrangements.push({ name: 'resources of others beside it', texts: beside, original });
  }
  if (freedom.namespaces.length > 0) {
    const other = texts.map((one) => ({ ...one, raw: rename(one.raw, freedom.namespaces) }));
    arrangements.push({ name: 'namespaces of other names', texts: other, original, renamed: true });
  }
  return arrangements;
}

const bystanders = `apiVersion: v1
kind: Namespace
metadata: { name: bystanders }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: onlooker, namespace: bystanders }
---
apiVersion: v1
kind: Service
metadata: { name: onlooker, namespace: bystanders }
spec:
  selector: { app: onlooker }
  ports: [{ name: http, port: 80 }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: onlooker, namespace: bystanders }
spec:
  selector: { matchLabels: { app: onlooker } }
  template:
    metadata: { labels: { app: onlooker } }
    spec:
      serviceAccountName: onlooker
      containers: [{ name: onlooker, image: onlooker }]
`;

/** Every word that is one of the names becomes another one, wherever it stands but in API groups: labels and hosts follow. */
function rename(text: string, names: readonly string[]): string {
  const words = new RegExp(`(?<![A-Za-z0-9-])(?:${names.join('|')})(?![A-Za-z0-9-]|:(?:\\s|$))`, 'gm');
  const renamed = (line: string): string => line.replace(words, (name) => `${name}-two`);
  return text
    .split('\n')
    .map((line) => (/^\s*(?:- )?apiVersion:/.test(line) ? line : renamed(line)))
    .join('\n');
}

/** Whether every document of the file is a plain manifest; anything else may mean something by where it stands. */
export function isPlain(file: ExampleFile): boolean {
  if (!/\.ya?ml$/.test(file.path) || /(?:^|\/)kustomization\.ya?ml$/.test(file.path)) return false;
  if (/^(?:%|\.\.\.)/m.test(file.text)) return false;
  return chunksOf(file).every(({ lines }) => {
    const content = lines.filter((line) => !/^(?:---)?\s*(?:#.*)?$/.test(line));
    return content.length === 0 || (content.some(has('apiVersion')) && content.some(has('kind')));
  });
}

function has(key: string): (line: string) => boolean {
  return (line) => line.startsWith(`${key}:`);
}

function chunksOf(file: ExampleFile): Chunk[] {
  const lines = file.text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const starts = lines.flatMap((line, i) => (i > 0 && /^---(?:\s|$)/.test(line) ? [i] : []));
  return [0, ...starts].map((start, i) => ({
    path: file.path,
    cluster: file.cluster,
    firstLine: start + 1,
    lines: lines.slice(start, starts[i] ?? lines.length),
  }));
}

interface Laid extends ClusterText {
  readonly places: readonly (string | undefined)[];
}

function layOut(path: string, chunks: readonly Chunk[]): Laid {
  const lines: string[] = [];
  const places: (string | undefined)[] = [];
  const cluster = chunks[0]?.cluster;
  for (const chunk of chunks) {
    if (lines.length > 0 && !chunk.lines[0]?.startsWith('---')) {
      lines.push('---');
      places.push(undefined);
    }
    lines.push(...chunk.lines);
    places.push(...chunk.lines.map((_, i) => `${chunk.path}:${chunk.firstLine + i}`));
  }
  return { path, raw: `${lines.join('\n')}\n`, ...(cluster === undefined ? {} : { cluster }), places };
}

function combine(name: string, laid: readonly Laid[]): Arrangement {
  const byPath = new Map(laid.map(({ path, places }) => [path, places]));
  return {
    name,
    texts: laid,
    original: (path, line) => byPath.get(path)?.[line - 1] ?? `between documents (${path}:${line})`,
  };
}

function shuffle<T>(items: readonly T[], random: () => number): T[] {
  const shuffled = [...items];
  for (let i = shuffled.length - 1; i > 0; i--) {
    const [item] = shuffled.splice(Math.floor(random() * (i + 1)), 1);
    if (item !== undefined) shuffled.push(item);
  }
  // With few items chance often leaves them as they are; then turn them round.
  return shuffled.every((item, i) => item === items[i]) ? shuffled.reverse() : shuffled;
}

/** A small generator of numbers from 0 to 1 that gives the same sequence for the same seed (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

// Everything that silences findings: comments, annotations, flags, the configuration. Loaded when there is any of it.
import type { WholeGraph } from '../graph/graph.ts';
import type { Resource } from '../graph/resource.ts';
import { ensure } from '../model/collections.ts';
import { kinds } from '../model/kinds.gen.ts';
import { FLOATING } from '../model/names.ts';
import type { Source } from '../text/index.ts';
import type { Diagnostic, SuppressedDiagnostic } from './diagnostic.ts';
import type { Pending } from './pending.ts';
import { isCalled, type Mistake, type Silencer } from './silencer.ts';
import type { Suppression } from './suppress.ts';
import { readComments } from './suppress-comments.ts';

const ANNOTATION = 'galley.istio.io/analyze-suppress';

export interface Silence {
  /** What silences a finding, if anything does; what is said about a suppression is not silenced by itself. */
  match(
    pending: Pending,
    diagnostic: Diagnostic,
    about?: Silencer,
  ): SuppressedDiagnostic['suppressed'] | undefined;
  readonly silencers: readonly Silencer[];
  readonly mistakes: readonly Mistake[];
}

/** Gathers what silences findings. `today` is a date as `2027-01-31`. */
export async function createSilence(
  clusters: readonly { readonly graph: WholeGraph; readonly commented: readonly Source[] }[],
  suppressions: readonly Suppression[],
  today: string,
): Promise<Silence> {
  const byFile = new Map<string, Silencer[]>();
  const mistakes: Mistake[] = [];
  // What several clusters share is read for each of them and silences in all.
  const sources = new Map(
    clusters.flatMap(({ commented }) => commented).map((source) => [source.path, source]),
  );
  for (const source of sources.values()) {
    const read = await readComments(source);
    byFile.set(source.path, read.silencers);
    mistakes.push(...read.mistakes);
  }
  const annotations = readAnnotations(clusters, sources);
  const valid = suppressions.filter(({ expires = today }) => expires >= today);
  for (const { code, expires = today, place } of suppressions) {
    if (expires >= today) continue;
    mistakes.push({ message: 'expired', data: { code, date: expires }, ...(place && { place }) });
  }
  const given = await Promise.all(valid.map(givenSilencer));

  return {
    match(pending, diagnostic, about) {
      let first: Silencer | undefined;
      const { resource, rule } = pending;
      const head = { name: rule.name, code: rule.rule.code };
      const own = resource && annotations.get(idOf(resource));
      const near = byFile.get(diagnostic.location?.file ?? '') ?? [];
      for (const silencer of [...near, ...(own === undefined ? [] : [own]), ...given]) {
        if (silencer === about || !silencer.covers(pending, diagnostic)) continue;
        const words = silencer.words.filter((word) => isCalled(word, head));
        if (words.length === 0) continue;
        for (const word of words) silencer.used.add(word);
        first ??= silencer;
      }
      return first && { by: first.by, reason: first.reason };
    },
    silencers: [...[...byFile.values()].flat(), ...annotations.values(), ...given],
    mistakes,
  };
}

/** The annotations that silence the resource that has them, by that resource; as istioctl reads them, blanks do no harm. */
function readAnnotations(
  clusters: readonly { readonly graph: WholeGraph }[],
  sources: ReadonlyMap<string, Source>,
): ReadonlyMap<string, Silencer> {
  const found = new Map<string, Silencer>();
  for (const { graph } of clusters) {
    for (const resource of graph.all()) {
      const value = resource.metadata.annotations?.[ANNOTATION];
      const { path, rendering } = resource.origin.source;
      if (value === undefined || !(sources.has(path) || rendering !== undefined)) continue;
      ensure(found, idOf(resource), () => annotationSilencer(resource, value));
    }
  }
  return found;
}

function annotationSilencer(resource: Resource, value: string): Silencer {
  const { source, start, end, item = [] } = resource.origin;
  const id = idOf(resource);
  return {
    by: 'annotation',
    reason: `${ANNOTATION}: ${value}`,
    words: value
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== ''),
    covers: () => true,
    reaches: (other) => idOf(other) === id,
    place: {
      source,
      field: { start, end, path: [...item, 'metadata', 'annotations', ANNOTATION], part: 'value' },
    },
    resource,
    judged: true,
    used: new Set(),
  };
}

function idOf({ origin: { source, start, item = [] } }: Resource): string {
  return `${source.path}:${start}:${item.join('/')}`;
}

async function givenSilencer(suppression: Suppression): Promise<Silencer> {
  const { by, code, reason, resource: glob, covers = () => true, place, judged = false } = suppression;
  const isNamed = glob === undefined ? () => true : await nameTest(glob);
  return {
    by,
    reason,
    words: [code],
    covers: ({ resource }, { location }) =>
      (resource === undefined ? glob === undefined : isNamed(resource)) &&
      covers(location?.file ?? '', resource?.namespace || undefined),
    reaches: (resource) =>
      isNamed(resource) && covers(resource.origin.source.path, resource.namespace || undefined),
    ...(place === undefined ? {} : { place }),
    judged,
    used: new Set(),
  };
}

/** Whether a resource is meant by a glob on its kind and name. */
async function nameTest(glob: string): Promise<(resource: Resource) => boolean> {
  const { minimatch } = await import('minimatch');
  const flat = glob.replaceAll('/', SLASH);
  return (resource) => spellings(resource).some((spelling) => minimatch(spelling, flat, { dot: true }));
}

/** A `/` is no path in the name of a resource: `*` also stands for it, as in istioctl. */
const SLASH = '|';

/** How a resource may be written in a suppression. */
function spellings(resource: Resource): string[] {
  const { kind } = kinds[resource.kind];
  const { namespace, name } = resource;
  const alone = `${kind} ${name}`;
  if (namespace === '') return [alone];
  const full = [`${kind} ${namespace}${SLASH}${name}`, `${kind} ${name}.${namespace}`];
  return namespace === FLOATING ? [alone, ...full] : full;
}

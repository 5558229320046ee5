import type { Resource } from '../graph/resource.ts';
import { kinds } from '../model/kinds.gen.ts';
import { FLOATING } from '../model/names.ts';
import { createLocator, type Path, type Source } from '../text/index.ts';
import type { ProblemPlace } from '../text/problem.ts';
import type { ClusterLocation, Diagnostic, Location, RelatedPlace, ResourceId } from './diagnostic.ts';
import { fingerprint } from './fingerprint.ts';
import type { Pending } from './pending.ts';

/** Turns what is to be reported into diagnostics: words, lines and columns, fingerprints. */
export interface Diagnoser {
  diagnose(pending: Pending): Promise<Diagnostic>;
  /** The texts that the places so far stand in. */
  readonly sources: ReadonlyMap<string, Source>;
}

export function createDiagnoser(): Diagnoser {
  const locator = createLocator();
  const sources = new Map<string, Source>();

  async function locate(place: ProblemPlace): Promise<Location | ClusterLocation> {
    const { source, span, field } = place;
    if (source.live !== undefined) return { cluster: source.live.cluster };
    if (source.rendering !== undefined) {
      const written = await (await import('./written-place.ts')).locateWritten(
        locator,
        place,
        source.rendering,
      );
      sources.set(written.source.path, written.source);
      return written.location;
    }
    sources.set(source.path, source);
    if (field !== undefined) {
      const { start, end, path, part } = field;
      const place = await locator.locate(source, start, end, path, part);
      const { line, column, endLine, endColumn, exact } = place;
      return { file: source.path, line, column, endLine, endColumn, exact };
    }
    const { line, column } = locator.lineColumn(source, span?.start ?? 0);
    const { line: endLine, column: endColumn } = locator.lineColumn(source, span?.end ?? 0);
    return { file: source.path, line, column, endLine, endColumn, exact: span !== undefined };
  }

  return {
    sources,
    async diagnose({
      rule: named,
      severity,
      message: id,
      data,
      resource,
      place,
      related,
      nearMiss,
      suggestion,
      assumes,
    }) {
      const { name, rule } = named;
      const message = rule.messages[id];
      if (message === undefined) throw new Error(`rule ${name} has no message "${id}"`);
      const others: RelatedPlace[] = [];
      for (const other of related) {
        others.push({
          ...(other.resource === undefined ? {} : { resource: resourceId(other.resource) }),
          path: pathIn(other.resource, other.place),
          location: await locate(other.place),
          note: other.note,
        });
      }
      const own = await locate(place);
      const path = pathIn(resource, place);
      const owner = resource === undefined ? place.source.path : resourceId(resource);
      return {
        code: rule.code,
        rule: name,
        severity,
        message: fill(message.what, data),
        why: fill(message.why, data),
        help: fill(message.help, data),
        ...(resource === undefined ? {} : { resource: resourceId(resource) }),
        path,
        ...pointIntoFile(own, others, {
          ...(resource === undefined ? {} : { resource: resourceId(resource) }),
          path,
        }),
        fingerprint: fingerprint([rule.code, name, owner, path, id, withoutLines(data)]),
        docs: rule.docs ?? `rules/${name}/README.md`,
        ...(nearMiss === undefined ? {} : { nearMiss }),
        ...(suggestion === undefined ? {} : { suggestion }),
        ...(assumes === undefined ? {} : { assumes }),
      };
    },
  };
}

/** What concerns a cluster and a file over it points into the file: that is where people can do something about it. */
function pointIntoFile(
  location: Location | ClusterLocation,
  related: readonly RelatedPlace[],
  about: Pick<RelatedPlace, 'resource' | 'path'>,
): Pick<Diagnostic, 'related'> & { readonly location: Location | ClusterLocation } {
  const inFile =
    location.file === undefined ? related.find((other) => other.location.file !== undefined) : undefined;
  if (inFile === undefined) return { location, related };
  const inCluster = { ...about, location, note: 'what this is about, in the cluster' };
  return { location: inFile.location, related: [inCluster, ...related] };
}

/** Lines move without anything else being changed. */
function withoutLines(data: Pending['data']): Pending['data'] {
  if (!('line' in data)) return data;
  return Object.fromEntries(Object.entries(data).filter(([key]) => key !== 'line'));
}

/** The path of a field inside its manifest, which may be an item of a list. */
function pathIn(resource: Resource | undefined, { field }: ProblemPlace): Path {
  return field?.path.slice(resource?.origin.item?.length ?? 0) ?? [];
}

/** Puts the data into the braces of a text. */
function fill(template: string, data: Pending['data']): string {
  return template.replace(/\{([A-Za-z0-9]+)\}/g, (whole, name: string) => `${data[name] ?? whole}`);
}

/** `Kind ns/name` and what else tells one resource from another, as reports show it. */
export function resourceId(resource: Resource): ResourceId {
  return {
    apiVersion: resource.apiVersion,
    kind: kinds[resource.kind].kind,
    ...(resource.namespace === FLOATING
      ? { floating: true as const }
      : resource.namespace === ''
        ? {}
        : { namespace: resource.namespace }),
    name: resource.name,
    ...(resource.cluster === undefined ? {} : { cluster: resource.cluster }),
  };
}

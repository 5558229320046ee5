import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { pushTo } from '../../model/collections.ts';
import type { HttpMatch, StringMatch } from '../../model/kinds.gen.ts';
import { coversMatch } from './route-matches.ts';
import { type RouteProtocol, routeProtocols } from './virtual-services.ts';

type VirtualService = Resource<'VirtualService'>;

/** A route that no request reaches. */
export interface DeadRoute {
  readonly protocol: RouteProtocol;
  readonly index: number;
  /** `behind`: an earlier route takes everything; `repeated`: all its matches have been there before. */
  readonly reason: 'behind' | 'repeated';
  /** The earlier route. */
  readonly by: number;
}

/** A match that adds nothing to its route. */
export interface DeadMatch {
  readonly protocol: RouteProtocol;
  readonly route: number;
  readonly index: number;
  /** `repeated`: the same has been there before; `covered`: an earlier, shorter prefix takes all its requests. */
  readonly reason: 'repeated' | 'covered';
  /** The earlier match. */
  readonly by: { readonly route: number; readonly index: number };
}

/** What of the routes of one VirtualService never counts. */
export interface DeadParts {
  readonly routes: readonly DeadRoute[];
  readonly matches: readonly DeadMatch[];
}

/**
 * Routes and matches that come too late, by VirtualService. Mirrors what istiod warns about on admission
 * (`analyzeUnreachableHTTPRules` and its siblings in pkg/config/validation/validation.go), less what the routes
 * that are built disprove.
 */
export const deadParts = view({ VirtualService: 'some' }, (graph): ReadonlyMap<VirtualService, DeadParts> => {
  const found = new Map<VirtualService, DeadParts>();
  for (const service of graph.list('VirtualService')) {
    if (graph.changedBy(service) !== undefined) continue;
    const parts = routeProtocols
      .filter((protocol) => (service.spec[protocol] ?? []).length > 0)
      .map((protocol) => findDead(service, protocol));
    const routes = parts.flatMap((part) => part.routes);
    const matches = parts.flatMap((part) => part.matches);
    if (routes.length + matches.length > 0) found.set(service, { routes, matches });
  }
  return found;
});

interface Place {
  readonly route: number;
  readonly index: number;
}

interface Route {
  readonly match?: readonly object[];
  readonly delegate?: object;
}

function findDead(service: VirtualService, protocol: RouteProtocol): DeadParts {
  const routes: DeadRoute[] = [];
  const matches: DeadMatch[] = [];
  const earlier = new Map<string, Place>();
  const prefixes = createPrefixes(service);
  let catchAll: number | undefined;
  const list: readonly Route[] = service.spec[protocol] ?? [];
  // A lone match repeats nothing; to read matches costs most of all this.
  const isCompared = list.reduce((sum, { match = [] }) => sum + match.length, 0) > 1;

  for (const [index, { match = [], delegate }] of list.entries()) {
    if (catchAll !== undefined) {
      routes.push({ protocol, index, reason: 'behind', by: catchAll });
      continue;
    }
    // What a delegate leaves over goes on to the next route.
    const takesAll = delegate === undefined;
    let repeats: Place | undefined;
    let repeated = 0;
    for (const [at, one] of isCompared ? match.entries() : []) {
      const key = keyOf(one);
      const first = earlier.get(key);
      const place = { route: index, index: at };
      if (first !== undefined) {
        matches.push({ protocol, ...place, reason: 'repeated', by: first });
        repeated++;
        repeats ??= first;
        continue;
      }
      if (takesAll) earlier.set(key, place);
      if (protocol !== 'http') continue;
      const by = prefixes.find(one);
      if (by !== undefined) matches.push({ protocol, ...place, reason: 'covered', by });
      if (takesAll) prefixes.add(one, place);
    }
    if (repeats !== undefined && repeated === match.length) {
      routes.push({ protocol, index, reason: 'repeated', by: repeats.route });
    }
    // A TLS route without match is no route at all.
    if (match.length === 0 && takesAll && protocol !== 'tls') catchAll = index;
  }
  return { routes, matches };
}

interface Prefixes {
  add(match: HttpMatch, place: Place): void;
  /** The first match of a shorter prefix that takes all requests of this one. */
  find(match: HttpMatch): Place | undefined;
}

/**
 * Matches by prefix, where the same other conditions are asked: only these are compared here, as the reference does.
 * Broader shadowing is another finding.
 */
function createPrefixes(service: VirtualService): Prefixes {
  const byPrefix = new Map<string, { match: HttpMatch; place: Place }[]>();
  return {
    add(match, place) {
      const prefix = match.uri?.prefix ?? '';
      if (prefix !== '') pushTo(byPrefix, `${prefix}\n${conditionsOf(match)}`, { match, place });
    },
    find(match) {
      const prefix = match.uri?.prefix ?? '';
      if (prefix === '') return undefined;
      const conditions = conditionsOf(match);
      for (let length = 1; length < prefix.length; length++) {
        for (const other of byPrefix.get(`${prefix.slice(0, length)}\n${conditions}`) ?? []) {
          if (coversMatch(service, other.match, match) === 'yes') return other.place;
        }
      }
      return undefined;
    },
  };
}

/** Which other conditions a match has, though not their values; no method is read as GET, as the reference does. */
function conditionsOf({ port, method, authority, headers, queryParams, withoutHeaders }: HttpMatch): string {
  const keys = (conditions: Readonly<Record<string, StringMatch>> | undefined): string[] =>
    Object.keys(conditions ?? {}).sort();
  const verb = method?.exact ?? method?.prefix ?? 'GET';
  return JSON.stringify([
    port ?? 0,
    verb,
    authority !== undefined,
    keys(headers),
    keys(queryParams),
    keys(withoutHeaders),
  ]);
}

/** The same text for matches that say the same; names do not count, nor what is set to its default. */
function keyOf(match: object): string {
  const entries = Object.entries(match).filter(([key, value]) => key !== 'name' && !isDefault(value));
  return JSON.stringify(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => [key, sorted(value)]),
  );
}

function isDefault(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === 0 || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** Mappings in the order of their keys; lists keep theirs. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, inner]) => [key, sorted(inner)]);
}

import { resolve } from 'node:path';
import { type Analysis, type AnalyzeOptions, analyze } from '../engine/analyze.ts';
import { type Loaded, load } from '../load/index.ts';
import type { RuleHead } from '../sdk/rule.ts';
import { openLoaded, openTexts, type Session, type SessionRequest, type WorldRequest } from './session.ts';

/** Where one cluster of the mesh is written down. */
export interface ClusterRequest {
  readonly name: string;
  readonly paths: readonly string[];
}

/** Several inputs that are clusters of one mesh: a graph of each, judged by themselves and beside each other. */
export interface Clusters {
  /** In the order of their names. */
  readonly sessions: readonly Session[];
  analyze(rules: readonly RuleHead[], toolVersion: string, options?: AnalyzeOptions): Promise<Analysis>;
}

/**
 * Reads each cluster as an input of its own. What `request.paths` names belongs to every one of them, and so does what
 * the request says of the world. Throws ConfigError for a bad mesh configuration file.
 */
export async function openClusters(
  clusters: readonly ClusterRequest[],
  request: SessionRequest,
): Promise<Clusters> {
  // Standard input can be read once, and may be what all clusters share.
  const stdin = request.stdin === undefined ? {} : { stdin: once(request.stdin) };
  // What they share is rendered once.
  const { render } = request;
  const memo = render === undefined ? {} : { render: { ...render, memo: new Map() } };
  const sessions: Session[] = [];
  for (const { name, paths } of clusters) {
    const own = { ...request, ...stdin, ...memo, cluster: name, paths: [...paths, ...request.paths] };
    sessions.push(await openLoaded(withOwnFailures(await load(own), name, request), own));
  }
  return clustersOf(sessions);
}

/** Reads once, and gives that to whoever asks again. */
export function once<T>(read: () => T): () => T {
  let answer: { readonly value: T } | undefined;
  return () => {
    answer ??= { value: read() };
    return answer.value;
  };
}

/** Texts that belong to a cluster by name, or to all clusters. */
export type ClusterText = { readonly path: string; readonly raw: string; readonly cluster?: string };

/** The same for texts in memory. */
export async function openClusterTexts(
  texts: readonly ClusterText[],
  request: WorldRequest = {},
): Promise<Clusters> {
  const names = new Set(texts.flatMap(({ cluster }) => (cluster === undefined ? [] : [cluster])));
  const sessions: Session[] = [];
  for (const name of names) {
    const own = texts.filter(({ cluster = name }) => cluster === name);
    sessions.push(await openTexts(own, { ...request, cluster: name }));
  }
  return clustersOf(sessions);
}

/** Judges sessions, each of a cluster with a name of its own, beside each other. */
export function clustersOf(opened: readonly Session[]): Clusters {
  const sessions = [...opened].sort((a, b) => (a.input.name < b.input.name ? -1 : 1));
  const clusters = sessions.map(({ input }) => input);
  for (const { graph } of sessions) {
    graph.join(sessions.map((session) => session.graph).filter((other) => other !== graph));
  }
  return {
    sessions,
    analyze: (rules, toolVersion, options = {}) => analyze({ clusters, rules, toolVersion, options }),
  };
}

/** Says for which cluster a path was given that could not be read, unless it was given for all. */
function withOwnFailures(loaded: Loaded, cluster: string, { paths, cwd = '.' }: SessionRequest): Loaded {
  const shared = new Set(paths.map((path) => resolve(cwd, path)));
  const failures = loaded.failures.map((failure) =>
    shared.has(resolve(cwd, failure.path)) ? failure : { ...failure, cluster },
  );
  return { ...loaded, failures };
}

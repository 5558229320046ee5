import { resolve } from 'node:path';
import { ConfigError } from '../config/config-error.ts';
import { type ClusterRequest, type Clusters, openClusters } from '../session/clusters.ts';
import type { SessionRequest } from '../session/session.ts';
import type { Given } from './flags.ts';

/** Opens what `--cluster` names; the other paths belong to every cluster. */
export function openGivenClusters(given: Given, request: SessionRequest): Promise<Clusters> {
  return openClusters(readClusters(given.flags.get('cluster') ?? []), request);
}

/** Reads `NAME=PATH` values; several of one name are added up. Throws ConfigError for what cannot be meant. */
export function readClusters(values: readonly string[]): readonly ClusterRequest[] {
  const clusters = new Map<string, Map<string, string>>();
  for (const value of values) {
    const equals = value.indexOf('=');
    const name = value.slice(0, Math.max(0, equals)).trim();
    const path = value.slice(equals + 1);
    if (equals < 0) throw refuse(value, 'has no "="');
    if (name === '') throw refuse(value, 'names no cluster');
    if (path === '') throw refuse(value, `names no path for cluster ${name}`);
    const paths = clusters.get(name) ?? new Map<string, string>();
    if (paths.has(resolve(path))) throw refuse(value, `names this path of cluster ${name} a second time`);
    clusters.set(name, paths.set(resolve(path), path));
  }
  return [...clusters].map(([name, paths]) => ({ name, paths: [...paths.values()] }));
}

function refuse(value: string, why: string): ConfigError {
  return new ConfigError(
    `--cluster "${value}" ${why}.`,
    'It takes NAME=PATH, as --cluster east=clusters/east; several paths of one name are added up.',
  );
}

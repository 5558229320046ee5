import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import type { At } from '../../model/paths.ts';
import { policiesUsing } from './authorization-fields.ts';

/** Paths that somebody is kept from by name. */
export interface EvadablePaths {
  readonly policy: Resource<'AuthorizationPolicy'>;
  readonly at: At;
  readonly paths: readonly string[];
  /** `NONE`: the proxy compares the path as the client wrote it. */
  readonly normalization: 'NONE' | 'BASE' | 'MERGE_SLASHES';
}

/**
 * Lists that keep requests out by naming their paths: `paths` of DENY and `notPaths` of ALLOW. A server that reads
 * another way of writing such a path as the same is open to it. What the proxy evens out first is
 * `pathNormalization` of the mesh (`buildHTTPConnectionManager` in pilot/pkg/networking/core/listener_builder.go).
 */
export function* evadablePaths(graph: Graph<'AuthorizationPolicy'>): Iterable<EvadablePaths> {
  const written = graph.mesh.config.pathNormalization?.normalization ?? 'DEFAULT';
  // As much as proxies can do.
  if (written === 'DECODE_AND_MERGE_SLASHES') return;
  const normalization = written === 'NONE' || written === 'MERGE_SLASHES' ? written : 'BASE';
  for (const policy of policiesUsing(graph, ['paths', 'notPaths'])) {
    const { action = 'ALLOW', rules = [] } = policy.spec;
    const key = action === 'DENY' ? 'paths' : action === 'ALLOW' ? 'notPaths' : undefined;
    if (key === undefined || graph.changedBy(policy) !== undefined) continue;
    for (const { operation } of rules.flatMap(({ to = [] }) => to)) {
      const paths = (operation?.[key] ?? []).filter((path) => !/^\/?\*$/.test(path));
      if (operation === undefined || paths.length === 0) continue;
      yield { policy, at: { owner: operation, key, part: 'key' }, paths, normalization };
    }
  }
}

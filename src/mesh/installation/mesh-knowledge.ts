import type { Graph } from '../../graph/graph.ts';
import { complete, incomplete, type Knowledge } from '../../graph/lookup.ts';
import type { Resource } from '../../graph/resource.ts';

/**
 * Whether what the mesh configuration does not say is surely not said: a repository may hold several of them, or
 * complete the one that it has when it is installed.
 */
export function meshKnowledge(
  graph: Graph<'MeshConfig'>,
  from: Resource,
  /** Whether the configuration says something of the kind that is looked for. */
  isTold: boolean,
): Knowledge {
  if (graph.isClosed('ConfigMap', graph.mesh.rootNamespace)) return complete;
  const [config] = graph.list('MeshConfig');
  if (config === undefined || graph.world === 'open') return incomplete('no mesh configuration is loaded');
  if (graph.changedBy(config) !== undefined)
    return incomplete('the mesh configuration is changed before it is applied');
  if (graph.mesh.source === config.origin.source.path) return complete;
  const nearness = graph.nearness(config, from);
  if (nearness === 'together' || (nearness === 'beside' && isTold)) return complete;
  return incomplete('the mesh configuration stands elsewhere');
}

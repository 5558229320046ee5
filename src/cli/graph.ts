import { ConfigError } from '../config/config-error.ts';
import type { WholeGraph } from '../graph/graph.ts';
import type { Resource } from '../graph/resource.ts';
import { kinds } from '../model/kinds.gen.ts';
import { FLOATING } from '../model/names.ts';
import { nearestName } from '../model/near.ts';
import { showPath } from '../report/words.ts';
import { openSession } from '../session/session.ts';
import type { Path } from '../text/index.ts';
import { choice, type Given, last } from './flags.ts';
import {
  formatDot,
  formatGraphJson,
  formatMermaid,
  type GraphEdge,
  type GraphNode,
  neighbourhood,
  nodeName,
} from './graph-text.ts';
import { readSessionRequest } from './options.ts';
import { print } from './terminal.ts';

/** One reference of the mesh, as `src/mesh` derives it. */
interface Edge {
  readonly from: Resource;
  readonly relation: string;
  readonly path: Path;
  readonly to: { readonly kind: string; readonly name: string; readonly namespace?: string };
  readonly state: 'found' | 'absent' | 'unknown';
  readonly target?: Resource;
}

const formats = { mermaid: formatMermaid, dot: formatDot, json: formatGraphJson };

/** `meshlint graph`: what names what, and whether it is there. */
export async function graph(
  given: Given,
  environment: NodeJS.ProcessEnv,
  edges: (graph: WholeGraph) => Iterable<Edge>,
): Promise<number> {
  const format = choice(given, 'format', ['mermaid', 'dot', 'json']) ?? 'mermaid';
  const session = await openSession(readSessionRequest(given, environment));
  const all = Array.from(edges(session.graph), drawn);
  const from = last(given, 'from');
  print(formats[format](from === undefined ? all : around(all, from)));
  return session.loaded.failures.length > 0 ? 3 : 0;
}

function drawn({ from, relation, path, to, state, target }: Edge): GraphEdge {
  const end = target === undefined ? to : nodeOf(target);
  return { from: nodeOf(from), relation, path: showPath(path), to: end, state };
}

function nodeOf({ kind, namespace, name }: Resource): GraphNode {
  const bare = namespace === '' || namespace === FLOATING;
  return { kind: kinds[kind].kind, ...(bare ? {} : { namespace }), name };
}

function around(edges: readonly GraphEdge[], from: string): GraphEdge[] {
  const found = neighbourhood(edges, from);
  if (found.length > 0) return found;
  const names = edges.flatMap((edge) => [nodeName(edge.from), nodeName(edge.to)]);
  const near = nearestName(from, names);
  const hint = near === undefined ? '' : `Did you mean ${near}? `;
  throw new ConfigError(
    `--from: nothing is connected with "${from}".`,
    `${hint}It takes Kind/namespace/name, as VirtualService/shop/cart.`,
  );
}

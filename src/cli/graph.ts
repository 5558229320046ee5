import { ConfigError } from '../config/config-error.ts';
import type { Resource } from '../graph/resource.ts';
import { type Edge, edges } from '../mesh/edges/edges.ts';
import { kinds } from '../model/kinds.gen.ts';
import { FLOATING } from '../model/names.ts';
import { nearestName } from '../model/near.ts';
import { fieldPath } from '../model/paths.ts';
import { showPath } from '../report/words.ts';
import { tellIgnored } from './combinations.ts';
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
import { openInput, readSessionRequest } from './options.ts';
import { withProgress } from './progress.ts';
import { readCode } from './read-code.ts';
import { print } from './terminal.ts';

const formats = { mermaid: formatMermaid, dot: formatDot, json: formatGraphJson };

/** `meshlint graph`: what names what, and whether it is there. */
export async function graph(given: Given, environment: NodeJS.ProcessEnv): Promise<number> {
  const format = choice(given, 'format', ['mermaid', 'dot', 'json']) ?? 'mermaid';
  const request = await readSessionRequest(given, environment);
  const session = await withProgress((onProgress) => openInput({ ...request, onProgress }));
  tellIgnored(given, request, session.input.read);
  const all = Array.from(edges(session.graph), drawn);
  const from = last(given, 'from');
  print(formats[format](from === undefined ? all : around(all, from, depthOf(given))));
  return readCode(session);
}

const DEFAULT_DEPTH = 2;

function depthOf(given: Given): number {
  const written = last(given, 'depth');
  if (written === undefined) return DEFAULT_DEPTH;
  if (/^[1-9][0-9]*$/.test(written)) return Number(written);
  throw new ConfigError(`--depth takes a number of steps, not "${written}".`, 'Give a number from 1 on.');
}

/** An edge as it is drawn: its ends by name. */
export function drawn({ from, relation, at, to, state, target }: Edge): GraphEdge {
  const field = fieldPath(from.body, { owner: at.owner, key: at.key, part: 'value' });
  const path = field === undefined ? '' : showPath(field.path);
  return { from: nodeOf(from), relation, path, to: target === undefined ? to : nodeOf(target), state };
}

export function nodeOf({ kind, namespace, name }: Resource): GraphNode {
  const bare = namespace === '' || namespace === FLOATING;
  return { kind: kinds[kind].kind, ...(bare ? {} : { namespace }), name };
}

function around(all: readonly GraphEdge[], from: string, depth: number): GraphEdge[] {
  const found = neighbourhood(all, from, depth);
  if (found.length > 0) return found;
  const names = all.flatMap((edge) => [nodeName(edge.from), nodeName(edge.to)]);
  const near = nearestName(from, names);
  const hint = near === undefined ? '' : `Did you mean ${near}? `;
  throw new ConfigError(
    `--from: nothing is connected with "${from}".`,
    `${hint}It takes Kind/namespace/name, as VirtualService/shop/cart.`,
  );
}

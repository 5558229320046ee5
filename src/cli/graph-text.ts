import { pushTo } from '../model/collections.ts';
// A graph of resources as Mermaid, Graphviz and JSON.

/** A node: a resource, or what is named and not found. */
export interface GraphNode {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

export interface GraphEdge {
  readonly from: GraphNode;
  readonly relation: string;
  /** The field that names the target. */
  readonly path: string;
  readonly to: GraphNode;
  readonly state: 'found' | 'absent' | 'unknown';
}

/** `Kind/namespace/name`, or `Kind/name` where there is no namespace: how `--from` names a resource. */
export function nodeName({ kind, namespace, name }: GraphNode): string {
  return [kind, ...(namespace === undefined ? [] : [namespace]), name].join('/');
}

/** The edges within so many steps of a node, against the arrows too: what it names and what names it, and so on. */
export function neighbourhood(edges: readonly GraphEdge[], from: string, depth: number): GraphEdge[] {
  const byNode = new Map<string, GraphEdge[]>();
  for (const edge of edges) {
    for (const end of new Set([nodeName(edge.from), nodeName(edge.to)])) pushTo(byNode, end, edge);
  }
  const reached = new Set<GraphEdge>();
  const seen = new Set([from]);
  let border = [from];
  for (let step = 0; step < depth && border.length > 0; step++) {
    const next: string[] = [];
    for (const edge of border.flatMap((node) => byNode.get(node) ?? [])) {
      reached.add(edge);
      for (const end of [nodeName(edge.from), nodeName(edge.to)]) {
        if (seen.has(end)) continue;
        seen.add(end);
        next.push(end);
      }
    }
    border = next;
  }
  return edges.filter((edge) => reached.has(edge));
}

/** Mermaid: solid arrows are found, dotted ones unknown, crossed ones absent. */
export function* formatMermaid(edges: readonly GraphEdge[]): Iterable<string> {
  const ids = numberNodes(edges);
  yield 'flowchart LR\n';
  for (const [name, id] of ids) yield `  ${id}["${mermaidText(name)}"]\n`;
  const arrows = { found: '-->', absent: '--x', unknown: '-.->' };
  for (const { from, to, relation, state } of edges) {
    const label = mermaidText(relation);
    yield `  ${ids.get(nodeName(from))} ${arrows[state]}|"${label}"| ${ids.get(nodeName(to))}\n`;
  }
}

/** Graphviz: red dashes are absent, grey dots unknown. */
export function* formatDot(edges: readonly GraphEdge[]): Iterable<string> {
  const ids = numberNodes(edges);
  yield 'digraph mesh {\n  rankdir=LR;\n  node [shape=box];\n';
  for (const [name, id] of ids) yield `  ${id} [label=${JSON.stringify(name)}];\n`;
  const looks = { found: '', absent: ', style=dashed, color=red', unknown: ', style=dotted, color=gray' };
  for (const { from, to, relation, state } of edges) {
    const label = JSON.stringify(relation);
    yield `  ${ids.get(nodeName(from))} -> ${ids.get(nodeName(to))} [label=${label}${looks[state]}];\n`;
  }
  yield '}\n';
}

/** JSON with a version; nodes are named as `--from` names them. */
export function* formatGraphJson(edges: readonly GraphEdge[]): Iterable<string> {
  yield '{\n  "version": "1",\n  "edges": [';
  let gap = '\n';
  for (const edge of edges) {
    yield `${gap}    ${JSON.stringify(edge)}`;
    gap = ',\n';
  }
  yield edges.length === 0 ? ']\n}\n' : '\n  ]\n}\n';
}

function numberNodes(edges: readonly GraphEdge[]): Map<string, string> {
  const ids = new Map<string, string>();
  for (const { from, to } of edges) {
    for (const name of [nodeName(from), nodeName(to)]) if (!ids.has(name)) ids.set(name, `n${ids.size}`);
  }
  return ids;
}

/** Quotes and what Mermaid reads as markup become entities. */
function mermaidText(text: string): string {
  return text.replace(/["#<>&`\n]/g, (char) => `#${char.charCodeAt(0)};`);
}

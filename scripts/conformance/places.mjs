// @ts-check
// Where things stand in a file, read by another parser than meshlint's own: what meshlint says of a place is checked
// against this.
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml';

/** @typedef {readonly (string | number)[]} Path keys and list indexes, from the document down */
/** @typedef {{ path: Path, line: number, column: number, value: unknown }} Node where a key or a list entry begins */
/**
 * @typedef {object} Place
 * @property {string} resource `Kind namespace/name`, as the scorer spells it; empty where there is no kind
 * @property {number} first line after the separator: comments may stand there
 * @property {number} start line of the first key
 * @property {number} end last line
 * @property {boolean} afterNothing whether a separator before it ends no document
 * @property {readonly Node[]} nodes
 */

const clusterScoped = new Set([
  ...['Namespace', 'Node', 'GatewayClass', 'CustomResourceDefinition'],
  ...['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'],
]);

/**
 * "Kind namespace/name", with the default namespace spelled out and none for cluster-scoped kinds.
 * @param {string} kind @param {string | undefined} namespace @param {string} name
 */
export function resourceKey(kind, namespace, name) {
  return clusterScoped.has(kind) ? `${kind} ${name}` : `${kind} ${namespace || 'default'}/${name}`;
}

/** Every document of a text that holds a mapping. @param {string} text @returns {Place[]} */
export function placesOf(text) {
  const lines = text.split('\n');
  const counter = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: counter, uniqueKeys: false });
  /** @type {Place[]} */
  const places = [];
  if (!Array.isArray(documents)) return places;
  for (const document of documents) {
    const root = document.contents;
    if (!isMap(root) || !root.range) continue;
    const start = counter.linePos(root.range[0]).line;
    const separator = lines.findLastIndex((line, index) => index < start - 1 && line.startsWith('---'));
    const before = lines.findLastIndex((line, index) => index < separator && line.trim() !== '');
    const { kind, metadata } = document.toJS();
    places.push({
      resource: kind === undefined ? '' : resourceKey(kind, metadata?.namespace, metadata?.name),
      first: separator + 2,
      start,
      end: counter.linePos(root.range[1]).line,
      afterNothing: separator >= 0 && (before < 0 || lines[before]?.startsWith('---') === true),
      nodes: nodesOf(root, counter),
    });
  }
  return places;
}

/** @param {unknown} root @param {LineCounter} counter @returns {Node[]} */
function nodesOf(root, counter) {
  /** @type {Node[]} */
  const nodes = [];
  /** @param {any} at @param {any} value @param {Path} path */
  const note = (at, value, path) => {
    const { line, col } = counter.linePos(at.range[0]);
    nodes.push({ path, line, column: col, value: isScalar(value) ? value.value : value?.toJSON?.() });
    walk(value, path);
  };
  /** @param {any} node @param {Path} path */
  const walk = (node, path) => {
    if (isAlias(node)) return;
    if (isMap(node)) {
      for (const { key, value } of node.items) {
        if (isScalar(key) && key.range) note(key, value, [...path, String(key.value)]);
      }
    } else if (isSeq(node)) {
      node.items.forEach((item, index) => {
        note(item, item, [...path, index]);
      });
    }
  };
  walk(root, []);
  return nodes;
}

/** @param {Path} path @param {Path} other */
export function samePath(path, other) {
  return path.length === other.length && startsWith(path, other);
}

/** @param {Path} path @param {Path} prefix */
export function startsWith(path, prefix) {
  return prefix.length <= path.length && prefix.every((part, index) => part === path[index]);
}

/** A path as people write it, indexes left out: `spec.http[].route[]`. @param {Path} path */
export function patternOf(path) {
  return path
    .map((part) => (typeof part === 'number' ? '[]' : `.${part}`))
    .join('')
    .replace(/^\./, '');
}

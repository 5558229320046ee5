// @ts-check
// Says how the place of a finding compares with the line that is recorded for it. Nothing is taken on trust: a field
// counts as named only where another parser finds it on that line, and where the words of the finding speak of it.
import { patternOf, samePath, startsWith } from './places.mjs';

/** @typedef {import('./places.mjs').Place} Place */
/** @typedef {import('./places.mjs').Path} Path */
/**
 * @typedef {object} Finding what a report says, as far as places go
 * @property {string} code
 * @property {string} message
 * @property {string} why
 * @property {string} help
 * @property {Path} path
 * @property {{ file: string, line: number, column: number, exact: boolean }} location
 */
/**
 * @typedef {object} Verdict
 * @property {string} kind a class (explain.mjs); `other` for a sound place that no class fits, `lost` for one that is
 *   not where the report says
 * @property {string} ours pattern of the path
 * @property {string} theirs pattern of the field on the recorded line, or words
 */

/** @param {Finding} finding @param {number | undefined} line recorded @param {Place} place @returns {Verdict} */
export function classify(finding, line, place) {
  const { path, location } = finding;
  const ours = patternOf(path);
  const own = isOwnLine(finding, place);
  if (line === undefined) return { kind: own ? 'line' : 'lost', ours, theirs: 'no line' };
  const theirs = theirPlace(line, place);
  if (location.line === line) return { kind: 'equal', ours, theirs: theirs.words };
  const verdict = (/** @type {string} */ kind) => ({ kind, ours, theirs: theirs.words });
  const wider =
    theirs.head || theirs.paths.some((outer) => outer.length < path.length && startsWith(path, outer));
  if (own && wider) {
    if (samePath(path, ['metadata', 'name'])) return verdict('name');
    return verdict(speaksOf(finding, place) ? 'field' : 'other');
  }
  if (own && line === location.line + 1 && place.afterNothing) return verdict('shifted');
  const near = standsIn(finding, place);
  if (wider && near) return verdict('parent');
  return verdict(own || near ? 'other' : 'lost');
}

/** Whether the field is where the report says. @param {Finding} finding @param {Place} place */
function isOwnLine({ path, location }, place) {
  const node = place.nodes.find((other) => samePath(other.path, path));
  return location.exact && node?.line === location.line;
}

/** Whether the field is missing, and the nearest thing that holds it stands there. @param {Finding} finding @param {Place} place */
function standsIn({ path, location }, place) {
  if (location.exact || place.nodes.some((node) => samePath(node.path, path))) return false;
  const holders = place.nodes.filter((node) => startsWith(path, node.path));
  return holders.at(-1)?.line === location.line;
}

/** @param {number} line @param {Place} place */
function theirPlace(line, place) {
  const paths = place.nodes.filter((node) => node.line === line).map(({ path }) => path);
  const inMetadata = paths.some((path) =>
    ['metadata', 'metadata.name', 'metadata.namespace'].includes(path.join('.')),
  );
  const first = line >= place.first && line <= place.start;
  const words = first ? 'first line' : patternOf(paths.at(-1) ?? []) || 'no field';
  return { head: first || inMetadata, paths, words };
}

/** Whether the words name the field, its value, or something in it. @param {Finding} finding @param {Place} place */
function speaksOf({ path, message, why, help }, place) {
  const node = place.nodes.find((other) => samePath(other.path, path));
  const key = path.findLast((part) => typeof part === 'string');
  return [key, ...namesIn(node?.value)].some((name) => isWordOf(`${message} ${why} ${help}`, String(name)));
}

/** Keys and plain values, from the top down. @param {unknown} value @returns {unknown[]} */
function namesIn(value) {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap(namesIn);
  return typeof value === 'object'
    ? Object.entries(value).flatMap(([key, inner]) => [key, ...namesIn(inner)])
    : [value];
}

/** @param {string} text @param {string} name */
function isWordOf(text, name) {
  const literal = name.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  return name !== '' && new RegExp(`(?<![\\w-])${literal}(?![\\w-])`, 'i').test(text);
}

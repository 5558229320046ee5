// @ts-check
// Runs the built command over every recorded case and compares where it points with the recorded lines, one by one.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { classify } from './classify.mjs';
import { placesOf, resourceKey } from './places.mjs';

/** @typedef {import('./classify.mjs').Finding} Finding */
/** @typedef {import('./places.mjs').Place} Place */
/** @typedef {{ code: string, resource?: string, file?: string, line?: number }} Recorded */
/**
 * @typedef {object} Case
 * @property {string} name
 * @property {readonly string[]} inputs
 * @property {string} [meshConfig]
 * @property {string} [meshNetworks]
 * @property {readonly Recorded[]} expect
 * @property {readonly Recorded[]} [expectAll]
 */
/** @typedef {Finding & { resource?: { kind: string, namespace?: string, name: string } }} Diagnostic */
/**
 * @typedef {object} Difference one recorded line, or one place of ours that nothing is recorded for
 * @property {string} case
 * @property {string} code
 * @property {string} resource
 * @property {string} kind a class (explain.mjs), or what is to be explained: `other` for another place, `again` for a
 *   line that we say once and the recording again, `left` for one that we never say, `extra` for one of ours alone
 * @property {string} ours pattern of our place; empty where there is none
 * @property {string} theirs pattern of the recorded place
 * @property {number} [line] recorded
 */

/** Flags as the scorer passes them. */
const flags = ['analyze', '--offline', '--world', 'closed', '--format', 'json'];
const optIn = ['--enable', 'IST0102,IST0133,IST0136,IST0148'];
const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const atOnce = 2;

/**
 * Compares all cases of a folder of recorded answers.
 * @param {string} folder
 * @returns {Promise<Difference[]>}
 */
export async function compareLines(folder) {
  /** @type {Case[]} */
  const cases = JSON.parse(readFileSync(join(folder, 'analyzers.json'), 'utf8'));
  /** @type {Difference[][]} */
  const found = new Array(cases.length);
  const waiting = [...cases.entries()];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      found[next[0]] = await compareCase(next[1], join(folder, 'inputs'));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return found.flat();
}

/** @param {Case} recorded @param {string} inputs @returns {Promise<Difference[]>} */
async function compareCase(recorded, inputs) {
  const { name, meshConfig, meshNetworks, expect, expectAll = [] } = recorded;
  const files = recorded.inputs.map((file) => join(inputs, file));
  const extra = [
    ...(meshConfig === undefined ? [] : ['--mesh-config', join(inputs, meshConfig)]),
    ...(meshNetworks === undefined ? [] : ['--mesh-networks', join(inputs, meshNetworks)]),
  ];
  const diagnostics = await analyze([...flags, ...optIn, ...extra, ...files]);
  // What all analyzers report holds what the one under test does, but for codes that are asked for by name.
  const alone = expect.filter(({ code }) => !expectAll.some((other) => other.code === code));
  /** @type {Map<string, Recorded[]>} */
  const groups = new Map();
  for (const one of [...expectAll, ...alone]) {
    const key = `${one.code} ${spellOut(one.resource ?? '')}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const texts = new Map(files.map((file) => [resolve(file), readFileSync(file, 'utf8')]));
  /** @type {Difference[]} */
  const differences = [];
  for (const [key, lines] of groups) {
    const code = key.slice(0, key.indexOf(' '));
    const resource = key.slice(key.indexOf(' ') + 1);
    const ours = diagnostics.filter((one) => one.code === code && ownerOf(one) === resource);
    const placeOf = (/** @type {Diagnostic} */ one) => findPlace(one, resource, texts);
    const about = { case: name, code, resource };
    for (const pair of pairUp(lines, ours)) differences.push({ ...about, ...judge(pair, placeOf) });
  }
  return differences;
}

/** @param {string[]} args @returns {Promise<Diagnostic[]>} */
function analyze(args) {
  return new Promise((done, fail) => {
    execFile(process.execPath, [cli, ...args], { maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      try {
        done(JSON.parse(stdout).diagnostics);
      } catch {
        fail(new Error(`meshlint ${args.join(' ')} printed no report: ${stderr || error?.message}`));
      }
    });
  });
}

/** @typedef {{ line?: Recorded, finding?: Diagnostic, again?: boolean }} Pair */

/**
 * Pairs recorded lines with our findings about the same resource: equal lines first, the others in order. A line that
 * is recorded more often than we say it goes with the finding that its first was paired with.
 * @param {readonly Recorded[]} lines @param {readonly Diagnostic[]} findings @returns {Pair[]}
 */
function pairUp(lines, findings) {
  const left = [...findings];
  /** @type {Map<Recorded, Diagnostic>} */
  const paired = new Map();
  const take = (/** @type {Recorded} */ line, /** @type {number} */ index) => {
    const [finding] = index < 0 ? [] : left.splice(index, 1);
    if (finding !== undefined) paired.set(line, finding);
  };
  const inOrder = [...lines].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  for (const line of inOrder) {
    take(
      line,
      left.findIndex((one) => one.location.line === line.line),
    );
  }
  // Lines that stand alone before repetitions of a line that is paired already.
  const open = inOrder.filter((line) => !paired.has(line));
  const isRepeated = (/** @type {Recorded} */ line) =>
    [...paired.keys()].some((one) => one.line === line.line);
  for (const again of [false, true]) {
    for (const line of open)
      if (!paired.has(line) && isRepeated(line) === again) take(line, left.length > 0 ? 0 : -1);
  }
  return [
    ...inOrder.map((line) => {
      const finding = paired.get(line);
      if (finding !== undefined) return { line, finding };
      const [, first] = [...paired].find(([one]) => one.line !== undefined && one.line === line.line) ?? [];
      return first === undefined ? { line } : { line, finding: first, again: true };
    }),
    ...left.map((finding) => ({ finding })),
  ];
}

/** @param {Pair} pair @param {(one: Diagnostic) => Place | undefined} placeOf */
function judge({ line, finding, again = false }, placeOf) {
  const recorded = line?.line === undefined ? {} : { line: line.line };
  const place = finding === undefined ? undefined : placeOf(finding);
  if (finding === undefined) return { ...recorded, kind: 'left', ours: '', theirs: `line ${line?.line}` };
  if (place === undefined) return { ...recorded, kind: 'other', ours: 'outside the resource', theirs: '' };
  const verdict = classify(finding, line?.line, place);
  if (line === undefined) return { ...verdict, kind: 'extra', theirs: '' };
  return { ...recorded, ...verdict, kind: again ? 'again' : verdict.kind };
}

/** The document of a resource, if the finding stands in it. @param {Diagnostic} one @param {string} resource @param {ReadonlyMap<string, string>} texts */
function findPlace({ location }, resource, texts) {
  const text = texts.get(resolve(location.file)) ?? readFileSync(location.file, 'utf8');
  const places = placesOf(text);
  return places.find(
    (place) =>
      (place.resource === resource || place.resource === '') &&
      location.line >= place.start &&
      location.line <= place.end,
  );
}

/** @param {Diagnostic} diagnostic */
function ownerOf({ resource }) {
  return resource === undefined ? '' : resourceKey(resource.kind, resource.namespace, resource.name);
}

/** A recorded resource, "Kind name" or "Kind namespace/name", spelled as ours. @param {string} resource */
function spellOut(resource) {
  const [kind = '', rest = ''] = resource.split(' ');
  const slash = rest.indexOf('/');
  if (resource === '') return '';
  return slash < 0
    ? resourceKey(kind, undefined, rest)
    : resourceKey(kind, rest.slice(0, slash), rest.slice(slash + 1));
}

// @ts-check
// Plants one typing slip after another into the references of a folder of manifests (hosts, subsets, gateways and
// selectors), and counts how many of them meshlint tells, as an error or as a near miss.
//   npm run build && node scripts/typos.mjs FOLDER [--verbose]
import { readdirSync, readFileSync } from 'node:fs';
import { openTexts, rules } from '../dist/lib/src/index.js';

const verbose = process.argv.includes('--verbose');
const [folder] = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
if (folder === undefined) {
  console.error('usage: node scripts/typos.mjs FOLDER [--verbose]');
  process.exit(2);
}

/** Where references stand: `*` is every item of a list, or every key of a mapping. */
const places = {
  host: {
    VirtualService: [
      'spec.http.*.route.*.destination.host',
      'spec.http.*.mirror.host',
      'spec.tls.*.route.*.destination.host',
      'spec.tcp.*.route.*.destination.host',
    ],
    DestinationRule: ['spec.host'],
  },
  subset: {
    VirtualService: [
      'spec.http.*.route.*.destination.subset',
      'spec.http.*.mirror.subset',
      'spec.tls.*.route.*.destination.subset',
      'spec.tcp.*.route.*.destination.subset',
    ],
  },
  gateway: { VirtualService: ['spec.gateways.*'] },
  selector: {
    Gateway: ['spec.selector.*'],
    Sidecar: ['spec.workloadSelector.labels.*'],
    AuthorizationPolicy: ['spec.selector.matchLabels.*'],
    Telemetry: ['spec.selector.matchLabels.*'],
  },
};

/** @typedef {{ path: string, raw: string }} Text */
/** @type {Text[]} */
const texts = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.(?:ya?ml|json)$/.test(entry.name))
  .map((entry) => `${entry.parentPath}/${entry.name}`)
  .filter((path) => !/\/(?:\.[^/]*|node_modules)\//.test(path))
  .sort()
  .map((path) => ({ path, raw: readFileSync(path, 'utf8') }));

const healthy = await openTexts(texts);
const known = new Set((await healthy.analyze(rules, 'typos')).report.diagnostics.map((d) => d.fingerprint));
const tally = new Map(
  Object.keys(places).map((what) => [what, { planted: 0, error: 0, warning: 0, info: 0, silent: 0 }]),
);

for (const { value, origin } of healthy.loaded.manifests) {
  for (const [what, byKind] of Object.entries(places)) {
    const patterns = /** @type {Record<string, string[]>} */ (byKind)[String(value.kind)] ?? [];
    if (!String(value.apiVersion).includes('istio.io')) continue;
    for (const pattern of patterns) {
      for (const path of expand(value, pattern.split('.'), []))
        await plant(what, origin.source.path, value, path);
    }
  }
}
for (const [what, { planted, error, warning, info, silent }] of tally) {
  console.log(
    `${what.padEnd(9)} planted ${planted}, errors ${error}, near misses ${warning}, notes ${info}, silent ${silent}`,
  );
}

/** @param {string} what @param {string} file @param {any} manifest @param {string[]} path */
async function plant(what, file, manifest, path) {
  const holder = path.slice(0, -1).reduce((value, key) => value?.[key], manifest);
  const last = path.at(-1) ?? '';
  const written = holder[last];
  if (typeof written !== 'string' || written.length < 2 || written === 'mesh' || written.startsWith('*'))
    return;
  const row = tally.get(what);
  if (row === undefined) return;
  row.planted++;
  holder[last] = slip(written);
  const inFile = healthy.loaded.manifests.filter(({ origin }) => origin.source.path === file);
  const raw = inFile.map(({ value }) => JSON.stringify(value)).join('\n---\n');
  const session = await openTexts(texts.map((text) => (text.path === file ? { path: file, raw } : text)));
  const { report } = await session.analyze(rules, 'typos');
  const place = path.join('.');
  const owner = what === 'selector' ? path.slice(0, -1).join('.') : place;
  const told = report.diagnostics.find(
    (d) =>
      !known.has(d.fingerprint) &&
      d.location?.file === file &&
      (place.startsWith(d.path.join('.')) || d.path.join('.').startsWith(owner)),
  );
  if (told === undefined) row.silent++;
  else row[told.severity]++;
  if (verbose)
    console.log(
      `${(told?.severity ?? 'silent').padEnd(8)} ${what} ${file} ${place}: ${written} -> ${holder[last]}`,
    );
  holder[last] = written;
}

/** Swaps two letters in the middle of the name, the same pair every time. @param {string} text */
function slip(text) {
  const name = text.split(/[./]/)[0] ?? text;
  const at = Math.max(0, Math.floor(name.length / 2) - 1);
  for (let i = at; i < text.length - 1; i++) {
    const [a = '', b = ''] = [text[i], text[i + 1]];
    if (a !== b && /[a-z]/i.test(a) && /[a-z]/i.test(b)) return text.slice(0, i) + b + a + text.slice(i + 2);
  }
  return `${text}x`;
}

/** @param {any} value @param {string[]} pattern @param {string[]} path @returns {string[][]} */
function expand(value, pattern, path) {
  const [step, ...rest] = pattern;
  if (step === undefined) return [path];
  if (typeof value !== 'object' || value === null) return [];
  const keys = step === '*' ? Object.keys(value) : step in value ? [step] : [];
  return keys.flatMap((key) => expand(value[key], rest, [...path, key]));
}

// @ts-check
// Times `meshlint analyze` on meshes of several sizes against a script that only parses the same files with the
// package `yaml`, and against `node -e 0`; prints ratios. Runs take turns, so that a slow minute hits all alike.
//   npm run bench [-- SIZE… [FLAG…]]        default sizes: 1 1000 10000 100000; flags are for analyze
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeMesh } from './bench/make-mesh.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const cli = join(here, '..', 'dist', 'cli.js');
const parser = join(here, 'bench', 'parse-only.mjs');
const memoryHook = join(here, 'bench', 'peak-memory.cjs');
const runsBySize = new Map([
  [1, 61],
  [1_000, 9],
  [10_000, 5],
  [100_000, 3],
]);
const args = process.argv.slice(2);
const firstFlag = args.findIndex((arg) => arg.startsWith('-'));
const flags = firstFlag < 0 ? [] : args.slice(firstFlag);
const given = args.slice(0, args.length - flags.length).map(Number);
const sizes = given.length > 0 ? given : [...runsBySize.keys()];

// On Node 20 this variable makes every start read a whole bundle of certificates.
const { NODE_EXTRA_CA_CERTS: _, ...environment } = process.env;
const scratch = mkdtempSync(join(tmpdir(), 'meshlint-bench-'));

/** @param {string[]} args @param {Record<string, string>} [extra] */
function run(args, extra = {}) {
  const from = process.hrtime.bigint();
  const { status, stderr, error } = spawnSync(process.execPath, args, {
    env: { ...environment, ...extra },
    stdio: ['ignore', 'ignore', 'pipe'],
    maxBuffer: 1 << 28,
  });
  const ms = Number(process.hrtime.bigint() - from) / 1e6;
  if (error !== undefined || (status !== 0 && status !== 1)) {
    throw new Error(`node ${args.join(' ')} ended with ${status}: ${error?.message ?? stderr}`);
  }
  return ms;
}

/** Peak memory in MiB, in a run of its own. @param {string[]} args */
function peakOf(args) {
  const file = join(scratch, 'peak');
  run(['--require', memoryHook, ...args], { PEAK_MEMORY_FILE: file });
  return Number(readFileSync(file, 'utf8')) / 1024;
}

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** @param {number[]} a @param {number[]} b */
function ratio(a, b) {
  return median(a.map((value, i) => value / (b[i] ?? value)));
}

try {
  console.log(`Node ${process.version}; medians; "ratio" is analyze to the parsing script, pair by pair`);
  console.log(
    'manifests  runs   analyze ms  parse ms   ratio  node -e 0 ms  to node  us/manifest  MiB  parse MiB  ratio',
  );
  for (const size of sizes) {
    const folder = join(scratch, `mesh-${size}`);
    const count = makeMesh(folder, size);
    const analyze = [cli, 'analyze', folder, '--fail-on', 'never', ...flags];
    const parse = [parser, folder];
    const empty = ['-e', '0'];
    /** @type {{ analyze: number[], parse: number[], empty: number[] }} */
    const times = { analyze: [], parse: [], empty: [] };
    const runs = runsBySize.get(size) ?? 5;
    run(analyze);
    for (let i = 0; i < runs; i++) {
      times.analyze.push(run(analyze));
      times.parse.push(run(parse));
      times.empty.push(run(empty));
    }
    const memory = { analyze: median([1, 2, 3].map(() => peakOf(analyze))), parse: peakOf(parse) };
    const ms = median(times.analyze);
    const cells = [
      String(count).padStart(9),
      String(runs).padStart(5),
      ms.toFixed(0).padStart(12),
      median(times.parse).toFixed(0).padStart(9),
      ratio(times.analyze, times.parse).toFixed(2).padStart(7),
      median(times.empty).toFixed(0).padStart(13),
      ratio(times.analyze, times.empty).toFixed(2).padStart(8),
      ((ms * 1000) / count).toFixed(1).padStart(12),
      memory.analyze.toFixed(0).padStart(4),
      memory.parse.toFixed(0).padStart(10),
      (memory.analyze / memory.parse).toFixed(2).padStart(6),
    ];
    console.log(cells.join(' '));
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

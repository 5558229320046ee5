// @ts-check
// Times `meshlint analyze` of a cluster against the same objects in files: a made-up API server, 5 ms away, serves a
// mesh. Prints what was asked for each resource, and time and memory beside those of files plus the bare transfer.
//   npm run bench:cluster [-- SIZE [PODS [SECRETS]]]
// Of SIZE objects (100000), so many are pods and releases of Helm; the rest is a mesh.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { Agent, get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { importApiServer } from './bench/api-server.mjs';
import { crowd, edge, madePods } from './bench/crowd.mjs';
import { makeMesh } from './bench/make-mesh.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const [size = 100_000, pods = 0, secrets = 0] = process.argv.slice(2).map(Number);
const runs = 3;
const connections = 6;
const scratch = mkdtempSync(join(tmpdir(), 'meshlint-bench-'));
const { startApiServer, readObjects } = await importApiServer();

/** @typedef {{ seconds: number, memory: number }} Run in MiB */
/** @typedef {import('../test/support/api-server/options.ts').RequestRecord} Requested */

/**
 * A run of the command.
 * @param {string[]} args
 * @returns {Promise<Run>}
 */
function analyze(args) {
  const file = join(scratch, 'peak');
  const hook = join(root, 'scripts/bench/peak-memory.cjs');
  // On Node 20 this variable makes every start read a whole bundle of certificates.
  const { NODE_EXTRA_CA_CERTS: _, ...environment } = process.env;
  const started = performance.now();
  const child = spawn(
    process.execPath,
    ['--require', hook, join(root, 'dist/cli.js'), 'analyze', ...args, '--fail-on', 'never'],
    { env: { ...environment, PEAK_MEMORY_FILE: file }, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  return new Promise((resolve, reject) =>
    child.on('close', (code) => {
      const seconds = (performance.now() - started) / 1000;
      if (code !== 0) reject(new Error(`analyze ${args.join(' ')} ended with ${code}`));
      else resolve({ seconds, memory: Number(readFileSync(file, 'utf8')) / 1024 });
    }),
  );
}

/**
 * Asks again for all that was asked, and throws it away: the time no reader can do without. The pages of a list come
 * one after the other.
 * @param {import('../test/support/api-server/start.ts').ApiServer} server
 * @param {readonly Requested[]} records
 * @returns {Promise<Run>}
 */
async function transfer(server, records) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections, ca: server.ca });
  const lists = new Set(records.map(({ path }) => path));
  const started = performance.now();
  await Promise.all(
    [...lists].map(async (list) => {
      for (const { path, query, accept } of records.filter(({ path }) => path === list)) {
        const headers = { authorization: 'Bearer token-of-tester', 'accept-encoding': 'gzip', accept };
        const [response] = await once(
          get(`${server.url()}${path}?${new URLSearchParams(query)}`, { agent, headers }),
          'response',
        );
        await once(response.resume(), 'end');
      }
    }),
  );
  agent.destroy();
  return { seconds: (performance.now() - started) / 1000, memory: 0 };
}

/** What was asked for each resource. @param {readonly Requested[]} records */
function printRequests(records) {
  /** @type {Map<string, { requests: number, objects: number, bytes: number }>} */
  const resources = new Map();
  for (const { resource = 'discovery', items = 0, bytes } of records) {
    const sum = resources.get(resource) ?? { requests: 0, objects: 0, bytes: 0 };
    resources.set(resource, {
      requests: sum.requests + 1,
      objects: sum.objects + items,
      bytes: sum.bytes + bytes,
    });
  }
  console.log(`${'resource'.padEnd(56)} requests  objects       MB`);
  for (const [resource, { requests, objects, bytes }] of [...resources].sort(([a], [b]) =>
    a < b ? -1 : 1,
  )) {
    const cells = [`${requests}`.padStart(8), `${objects}`.padStart(8), (bytes / 1e6).toFixed(2).padStart(8)];
    console.log(resource.padEnd(56), ...cells);
  }
}

/** @param {readonly Requested[]} records */
function sizeOf(records) {
  return records.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** @param {readonly Requested[]} records */
function secretsOf(records) {
  const asked = records.filter(({ resource }) => resource === 'secrets');
  const listed = asked.filter(({ verb }) => verb !== 'get').length;
  return `Secrets: ${asked.length - listed} fetched by name, ${listed} lists`;
}

/** The middle one's seconds. @param {readonly Run[]} all */
function median(all) {
  const sorted = all.map(({ seconds }) => seconds).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

try {
  const folder = join(scratch, 'mesh');
  const count = makeMesh(folder, size - pods - secrets);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.yaml'),
  );
  const objects = files.flatMap((name) => readObjects(readFileSync(join(folder, name), 'utf8')));
  writeFileSync(join(folder, 'edge.yaml'), edge.map((object) => stringify(object)).join('---\n'));
  const open = openSync(join(folder, 'pods.yaml'), 'w');
  for (const one of madePods(pods)) writeSync(open, `${stringify(one)}---\n`);
  closeSync(open);
  const server = await startApiServer({
    objects: [...objects, ...edge],
    series: crowd(pods, secrets),
    latencyMs: 5,
  });
  try {
    const live = ['--kubeconfig', server.kubeconfig()];
    await analyze(live);
    const records = await server.requests();
    printRequests(records);
    /** @type {Record<'live' | 'files' | 'transfer', Run[]>} */
    const taken = { live: [], files: [], transfer: [] };
    for (let i = 0; i < runs; i++) {
      taken.live.push(await analyze(live));
      taken.files.push(await analyze([folder, '--world', 'closed']));
      taken.transfer.push(await transfer(server, records));
    }
    const [fromCluster, fromFiles, bare] = [median(taken.live), median(taken.files), median(taken.transfer)];
    const memory = Math.max(...taken.live.map((one) => one.memory));
    console.log(
      `\n${count} manifests of a mesh, ${pods} pods and ${secrets} releases of Helm; medians of ${runs} runs`,
    );
    console.log(
      `${records.length} requests, ${(sizeOf(records) / 1e6).toFixed(1)} MB; ${secretsOf(records)}`,
    );
    console.log(`from the cluster  ${fromCluster.toFixed(2)} s, at most ${memory.toFixed(0)} MiB`);
    console.log(`from files        ${fromFiles.toFixed(2)} s`);
    console.log(`bare transfer     ${bare.toFixed(2)} s`);
    console.log(`ratio             ${(fromCluster / (fromFiles + bare)).toFixed(2)}`);
  } finally {
    await server.stop();
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

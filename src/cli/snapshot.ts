// `meshlint snapshot`: keeps what was read from a cluster in a file.
import { createWriteStream, renameSync, rmSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { ConfigError } from '../config/config-error.ts';
import { isKnown, sayUnread } from '../graph/unread.ts';
import { snapshotLines } from '../load/cluster/snapshot.ts';
import type { LiveState } from '../model/live.ts';
import { count } from '../report/words.ts';
import { wantsSeveral } from './cluster-flags.ts';
import { type Given, isOn, last } from './flags.ts';
import { openGivenCluster } from './live.ts';
import { type ReadClusters, readGivenClusters } from './live-clusters.ts';
import { installationOf, readClusterRequest } from './options.ts';
import { withProgress } from './progress.ts';
import { print, printError } from './terminal.ts';
import { version } from './version.ts';

/** Reads the cluster that is meant, and writes it down; gives 3 where not all of it could be read. */
export async function snapshot(given: Given, environment: NodeJS.ProcessEnv): Promise<number> {
  const file = last(given, 'output-file');
  if (file === undefined) {
    throw new ConfigError(
      'No file was named to keep the snapshot in.',
      'Name one: meshlint snapshot --output-file cluster.snapshot.gz',
    );
  }
  const { live } = await readClusterRequest(given, environment);
  if (live === undefined) throw new Error('no cluster is read');
  const { states, unread } = await withProgress(async (onProgress): Promise<ReadClusters> => {
    if (wantsSeveral(live.given)) return readGivenClusters(live, onProgress);
    return { states: [await openGivenCluster(live.given, environment, onProgress)], unread: [] };
  }, !isOn(given, 'quiet'));
  const taken = `${new Date().toISOString().slice(0, 19)}Z`;
  const redact = isOn(given, 'redact') ?? false;
  await write(
    file,
    snapshotLines(states, { redact, tool: version, taken, asked: installationOf(live.given), unread }),
  );
  for (const state of states) tell(state, file);
  for (const { name, why, help } of unread) printError(`note: cluster ${name}: ${why}\n  help: ${help}\n`);
  return unread.length === 0 && states.every(({ outcomes }) => outcomes.every(isKnown)) ? 0 : 3;
}

/** The file comes into being as a whole or not at all, and only its owner may read it. */
async function write(file: string, lines: AsyncIterable<string>): Promise<void> {
  const aside = `${file}.${process.pid}.part`;
  const open = createWriteStream(aside, { flags: 'wx', mode: 0o600 });
  try {
    if (file.endsWith('.gz')) await pipeline(Readable.from(lines), createGzip(), open);
    else await pipeline(Readable.from(lines), open);
    renameSync(aside, file);
  } catch (error) {
    rmSync(aside, { force: true });
    throw new ConfigError(
      `The snapshot cannot be written to ${file}: ${error instanceof Error ? error.message : String(error)}.`,
      'Check the folder and its permissions.',
    );
  }
}

function tell({ cluster, objects, outcomes }: LiveState, file: string): void {
  print([`${file}: ${count(objects.length, 'object')} of cluster ${cluster}\n`]);
  for (const outcome of outcomes) {
    if (isKnown(outcome)) continue;
    printError(`note: ${cluster}: ${sayUnread(outcome)}\n`);
    if (outcome.permission !== undefined) printError(`  help: allow it: ${outcome.permission}\n`);
  }
}

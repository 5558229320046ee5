// Where a command reads a cluster.
import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../config/config-error.ts';
import { readAccess } from '../load/cluster/kubeconfig.ts';
import { openTransport } from '../load/cluster/transport.ts';
import type { LiveState } from '../model/live.ts';
import type { OnProgress } from '../model/progress.ts';
import type { Session, SessionRequest } from '../session/session.ts';
import { NAME_FILES, namesCluster } from './cluster-flags.ts';
import { choice, type Given, isOn, last } from './flags.ts';
import { type ClusterWish, durationOf } from './options.ts';

const TIMEOUT = 60_000;
const REQUEST_TIMEOUT = 15_000;
const NAME_CLUSTER = 'A cluster is read with --kubeconfig FILE.';

export async function openLiveInput(
  { given, environment }: ClusterWish,
  request: SessionRequest,
): Promise<Session> {
  await openGivenCluster(given, environment, request.onProgress);
  throw new ConfigError('Reading a cluster is not available yet.', 'Give files or folders instead.');
}

/**
 * Reads the cluster that is meant. Throws ConfigError for flags that cannot be used and where nothing tells of a
 * cluster, ClusterError for one that cannot be read.
 */
export async function openGivenCluster(
  given: Given,
  environment: NodeJS.ProcessEnv,
  _onProgress?: OnProgress,
): Promise<LiveState | undefined> {
  choice(given, 'secrets', ['referenced', 'off']);
  const timeout = durationOf(given, 'timeout') ?? TIMEOUT;
  const requestTimeout = Math.min(durationOf(given, 'request-timeout') ?? REQUEST_TIMEOUT, timeout);
  if (!namesCluster(given)) requireCluster(environment, isOn(given, 'use-kube') === true);
  const kubeconfig = last(given, 'kubeconfig');
  const context = last(given, 'context');
  const access = await readAccess({
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
    environment,
    cwd: process.cwd(),
  });
  const transport = openTransport(access, { requestTimeout });
  try {
    return undefined;
  } finally {
    transport.close();
  }
}

/** Whoever has no cluster meant to name files. */
function requireCluster(
  { KUBECONFIG, KUBERNETES_SERVICE_HOST, HOME }: NodeJS.ProcessEnv,
  isWanted: boolean,
): void {
  if ((KUBECONFIG ?? '') !== '' || (KUBERNETES_SERVICE_HOST ?? '') !== '') return;
  const usual = join(HOME ?? homedir(), '.kube/config');
  if (statSync(usual, { throwIfNoEntry: false }) !== undefined) return;
  throw new ConfigError(
    `${isWanted ? 'There' : 'No path was given, and there'} is no cluster to read: KUBECONFIG is not set, and ${usual} is not there.`,
    isWanted ? NAME_CLUSTER : `${NAME_FILES}. ${NAME_CLUSTER}`,
  );
}

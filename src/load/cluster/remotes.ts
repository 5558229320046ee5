// Clusters that a control plane reads, as its Secrets say (`istioctl create-remote-secret`, and
// pkg/kube/multicluster/secretcontroller.go): each entry is a kubeconfig under the name of its cluster.
import { compareText } from '../../model/collections.ts';
import type { ClusterAccess, Environment } from './access.ts';
import { wallClock } from './clock.ts';
import { ClusterError } from './cluster-error.ts';
import { asObject, asText } from './json.ts';
import { readAccessOf } from './kubeconfig.ts';
import { type Failure, type FullList, listAll } from './list.ts';
import { permissionFor } from './plan.ts';
import { overdue } from './read-cluster.ts';
import { createAsker } from './retry.ts';
import type { Transport } from './transport.ts';

/** A cluster by the name that istiod gives it, and how to reach it, or why its kubeconfig is of no use. */
export interface Remote {
  readonly name: string;
  readonly access: ClusterAccess | ClusterError;
}

export interface RemotesRequest {
  readonly istioNamespace: string;
  /** Milliseconds for all of it. */
  readonly timeout: number;
  readonly environment: Environment;
}

const REMOTE_SECRETS = 'istio/multiCluster=true';
const SECRETS = { group: '', resource: 'secrets' } as const;
const PAGE_SIZE = 500;

/**
 * The clusters that the Secrets of a control plane name, in the order of their names. The kubeconfigs in them are data of
 * others: whatever they would run or read here is refused. Throws a ClusterError where the Secrets cannot be listed.
 */
export async function findRemotes(transport: Transport, request: RemotesRequest): Promise<readonly Remote[]> {
  const { istioNamespace, environment } = request;
  const listed = await listSecrets(transport, request);
  if (listed.state !== 'ok') throw notListed(transport.server, istioNamespace, listed);
  const remotes = new Map<string, Remote>();
  for (const { metadata, data } of listed.items) {
    const secret = `Secret ${istioNamespace}/${asText(asObject(metadata)?.name) ?? ''}`;
    for (const [name, entry] of Object.entries(asObject(data) ?? {})) {
      // istiod keeps to the first that names a cluster.
      if (remotes.has(name)) continue;
      const kubeconfig = Buffer.from(asText(entry) ?? '', 'base64').toString();
      remotes.set(name, { name, access: await accessOf(kubeconfig, `${secret} (${name})`, environment) });
    }
  }
  return [...remotes.values()].sort((a, b) => compareText(a.name, b.name));
}

async function accessOf(
  kubeconfig: string,
  origin: string,
  environment: Environment,
): Promise<ClusterAccess | ClusterError> {
  try {
    return await readAccessOf(kubeconfig, origin, environment);
  } catch (error) {
    if (error instanceof ClusterError) return error;
    throw error;
  }
}

type Listed = FullList<Record<string, unknown>> | Failure;

async function listSecrets(
  transport: Transport,
  { istioNamespace, timeout }: RemotesRequest,
): Promise<Listed> {
  const signal = AbortSignal.timeout(timeout);
  const deadline = wallClock.now() + timeout;
  const asker = createAsker({ transport, clock: wallClock, deadline, concurrency: 1, signal });
  try {
    return await listAll(asker, {
      path: `/api/v1/namespaces/${encodeURIComponent(istioNamespace)}/secrets`,
      resource: SECRETS.resource,
      pageSize: PAGE_SIZE,
      isBare: false,
      labelSelector: REMOTE_SECRETS,
      take: (secret) => secret,
    });
  } catch (error) {
    if (!signal.aborted) throw error;
    if (transport.waitsFor() !== undefined) throw overdue(transport, timeout);
    return { state: 'timeout', detail: `no answer within ${timeout / 1000} s` };
  }
}

function notListed(server: string, istioNamespace: string, { state, detail }: Listed): ClusterError {
  const what = `The Secrets of ${istioNamespace} that name remote clusters of ${server} were not read`;
  return state === 'forbidden'
    ? new ClusterError(
        'forbidden',
        `${what}: forbidden.`,
        `Allow it in ${istioNamespace}: ${permissionFor(SECRETS, 'list')}`,
      )
    : new ClusterError(
        'network',
        `${what}: ${detail ?? state}.`,
        'Try again, or name the clusters with --contexts.',
      );
}

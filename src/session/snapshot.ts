// Sessions of clusters that were read at another time.
import { ConfigError } from '../config/config-error.ts';
import { ClusterError } from '../load/cluster/cluster-error.ts';
import { readSnapshot, type SnapshotState } from '../load/cluster/read-snapshot.ts';
import type { Loaded } from '../load/index.ts';
import { defaultMesh } from '../model/mesh.ts';
import { openLive } from './live.ts';
import { openLiveClusters } from './live-clusters.ts';
import { openOverlay } from './overlay.ts';
import type { Session, SessionRequest } from './session.ts';

/**
 * Opens the one cluster whose snapshot is among what was loaded, with the files beside it laid over. Throws ConfigError where
 * there are several and none is chosen, and ClusterError for a snapshot that cannot be used.
 */
export async function openSnapshot(loaded: Loaded, request: SessionRequest): Promise<Session> {
  return openOne(await onlyState(loaded, request, 'this answers for one'), loaded, request);
}

/** The same for those who only want a report: several snapshots are clusters of one mesh. */
export async function openSnapshots(
  loaded: Loaded,
  request: SessionRequest,
): Promise<Pick<Session, 'analyze'>> {
  const states = await chosenStates(loaded, request);
  const unread = states.flatMap((one) => one.unread);
  const [only, ...others] = states;
  if (only !== undefined && others.length + unread.length === 0) return openOne(only, loaded, request);
  if (hasFiles(loaded)) throw several(states, request, 'files are laid over one');
  const requests = new Map(states.map(({ state, asked }) => [state, withAsked(request, asked)]));
  return openLiveClusters(
    states.map(({ state }) => state),
    unread,
    (state) => requests.get(state) ?? {},
  );
}

/** The one cluster that is meant among what was loaded; `why` says what more than one are too many for. */
export async function onlyState(loaded: Loaded, request: Wish, why: string): Promise<SnapshotState> {
  const states = await chosenStates(loaded, request);
  const [only, ...others] = states;
  if (only === undefined || others.length + only.unread.length > 0) throw several(states, request, why);
  return only;
}

/** Which clusters of snapshots are wanted, and for what. */
type Wish = Pick<SessionRequest, 'contexts' | 'acceptSnapshot' | 'cluster' | 'installation'>;

/** The clusters of the snapshots, or those of them that were named. */
async function chosenStates(loaded: Loaded, request: Wish): Promise<readonly SnapshotState[]> {
  const { contexts, acceptSnapshot } = request;
  if (loaded.snapshots === undefined) {
    throw new ConfigError(
      `--context${contexts?.length === 1 ? '' : 's'} names a cluster, but with paths files alone are read.`,
      'Add --use-kube to lay the files over the cluster, or leave out the paths to read the cluster alone.',
    );
  }
  await acceptSnapshot?.(hasFiles(loaded));
  const all = await readStates(loaded);
  const states =
    contexts === undefined
      ? all
      : [...new Set(contexts)].map((name) => ({ ...chosenState(all, name), unread: [] }));
  for (const { asked } of states) requireSettings(asked, request.installation);
  return states;
}

/** The settings of an Istio in another namespace than was asked for then were not read. */
function requireSettings(asked: SnapshotState['asked'], installation: Wish['installation']): void {
  const { istioNamespace: then = defaultMesh.rootNamespace } = asked;
  const { istioNamespace: now = then } = installation ?? {};
  if (now === then) return;
  throw new ConfigError(
    `The snapshot was taken of Istio in namespace ${then}, and holds no settings of one in ${now}.`,
    `Take it again: meshlint snapshot --istio-namespace ${now} --output-file FILE.`,
  );
}

function chosenState(states: readonly SnapshotState[], name: string): SnapshotState {
  const found = states.find(({ state }) => state.cluster === name);
  if (found !== undefined) return found;
  const unread = states.flatMap((one) => one.unread).find((one) => one.name === name);
  if (unread !== undefined) {
    throw new ClusterError(
      'snapshot',
      `Cluster ${name} could not be read for the snapshot: ${unread.why}`,
      unread.help,
    );
  }
  throw new ConfigError(
    `There is no cluster "${name}" in the snapshot.`,
    `It holds ${states.map(({ state }) => state.cluster).join(', ')}.`,
  );
}

function openOne({ state, asked }: SnapshotState, loaded: Loaded, request: SessionRequest): Promise<Session> {
  const own = withAsked(request, asked);
  return hasFiles(loaded) ? openOverlay(state, loaded, own) : openLive(state, { ...own, isLast: true });
}

/** What was asked for when the cluster was read holds unless something else is asked for now. */
function withAsked(request: SessionRequest, asked: SnapshotState['asked']): SessionRequest {
  return { ...request, mesh: { ...asked, ...request.mesh, ...request.installation } };
}

function hasFiles({ stats, failures, skipped }: Loaded): boolean {
  return stats.files > 0 || failures.length > 0 || skipped.length > 0;
}

async function readStates({ snapshots = [] }: Loaded): Promise<readonly SnapshotState[]> {
  const states: SnapshotState[] = [];
  for (const { path, bytes } of snapshots) {
    for (const one of await readSnapshot(bytes, path)) {
      const { cluster } = one.state;
      if (states.some(({ state }) => state.cluster === cluster)) {
        throw new ClusterError(
          'snapshot',
          `${path} is a second snapshot of cluster ${cluster}.`,
          `Give one of each cluster, or name the clusters: --cluster NAME=${path}.`,
        );
      }
      states.push(one);
    }
  }
  return states;
}

function several(states: readonly SnapshotState[], { cluster }: Wish, why: string): ConfigError {
  const names = states.flatMap(({ state, unread }) => [
    state.cluster,
    ...unread.map(({ name }) => `${name} (not read)`),
  ]);
  return new ConfigError(
    `The snapshot holds ${names.length} clusters (${names.join(', ')}), and ${why}.`,
    cluster === undefined
      ? `Choose one: --context ${names[0]}.`
      : 'Take a snapshot of that cluster alone: meshlint snapshot --context NAME --output-file FILE.',
  );
}

// Names of what is in the input, for completion: quick and by halves rather than whole and late.

import { placeFiles } from '../graph/placement.ts';
import { manifestsOf } from '../load/cluster/manifests.ts';
import { readSnapshot } from '../load/cluster/read-snapshot.ts';
import { nodeFileSystem } from '../load/file-system.ts';
import { loadFrom } from '../load/load.ts';
import type { SnapshotFile } from '../load/loaded.ts';
import { workloadKinds } from '../mesh/workloads/workload.ts';
import { kinds } from '../model/kinds.gen.ts';
import type { LiveState } from '../model/live.ts';
import { identify } from '../validate/identify.ts';

export interface InputNames {
  /** `Kind/namespace/name`, or `Kind/name`. */
  readonly resources: readonly string[];
  readonly workloads: readonly string[];
  readonly namespaces: readonly string[];
  /** Clusters that snapshots hold. */
  readonly clusters: readonly string[];
}

/** Whoever presses Tab waits no longer than this for what is being read. */
const LIMIT = 1000;
/** Snapshots of more bytes than these take longer. */
const LARGEST = 1 << 21;

/** The names in what can be read of the paths in a second. */
export async function namesIn(paths: readonly string[]): Promise<InputNames> {
  const end = Date.now() + LIMIT;
  const late = (): boolean => Date.now() > end;
  const fs: typeof nodeFileSystem = {
    ...nodeFileSystem,
    list: (folder) => (late() ? [] : nodeFileSystem.list(folder)),
    read: (file) => (late() ? Buffer.alloc(0) : nodeFileSystem.read(file)),
  };
  const { manifests, layout, snapshots = [] } = await loadFrom({ paths, ignoreUnknown: true }, fs);
  const states = (await Promise.all(snapshots.map(statesIn))).flat();
  const live = states.flatMap((state) => manifestsOf(state, true));
  const { resources } = await identify([...manifests, ...live], undefined);
  const placements = placeFiles(layout);

  const names = new Set<string>();
  const workloads = new Set<string>();
  const namespaces = new Set<string>();
  for (const { kind, body, origin } of resources) {
    const { name } = body.metadata;
    if (name === undefined || kinds[kind].pseudo === true) continue;
    const namespace = body.metadata.namespace ?? placements.of(origin.source.path).namespace;
    const isScoped = kinds[kind].namespaced && namespace !== undefined;
    names.add(isScoped ? `${kinds[kind].kind}/${namespace}/${name}` : `${kinds[kind].kind}/${name}`);
    if (isScoped) namespaces.add(namespace);
    else if (kind === 'Namespace') namespaces.add(name);
    if (isScoped && workloadKinds.some((known) => known === kind)) workloads.add(`${namespace}/${name}`);
  }
  return {
    resources: [...names].sort(),
    workloads: [...workloads].sort(),
    namespaces: [...namespaces].sort(),
    clusters: states.map(({ cluster }) => cluster).sort(),
  };
}

/** Nobody is told while typing that a snapshot is no use. */
async function statesIn({ path, bytes }: SnapshotFile): Promise<readonly LiveState[]> {
  if (bytes.length > LARGEST) return [];
  try {
    return (await readSnapshot(bytes, path)).map(({ state }) => state);
  } catch {
    return [];
  }
}

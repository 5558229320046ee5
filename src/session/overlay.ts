import type { ChangedObjects } from '../engine/impact.ts';
import type { Loaded } from '../load/index.ts';
import type { LiveState } from '../model/live.ts';
import type { ObjectId } from '../model/object-id.ts';
import { layOver } from './lay-over.ts';
import { loadLive, openLive, readLive } from './live.ts';
import { type Session, type SessionRequest, sessionOf } from './session.ts';

/** Files over a cluster, and what they do to it. */
export interface Overlay extends Session {
  readonly objects: ChangedObjects;
  /** The cluster alone, as it is without the files. */
  without(): Promise<Session>;
}

/** How files are laid over a cluster. */
export type OverlayRequest = Omit<SessionRequest, 'paths' | 'world' | 'reading'> & {
  /** Objects that the change takes away. */
  readonly removed?: readonly ObjectId[];
};

/**
 * A cluster as it will be once files are applied to it: each file's manifest stands in for the live copy, whatever version
 * that is written in; a manifest that names no namespace stands in that of `-n`, of its kustomization, or of the context.
 * Throws ConfigError for a bad mesh configuration file, and for a revision that the cluster does not have.
 */
export async function openOverlay(
  state: LiveState,
  files: Loaded,
  request: OverlayRequest,
): Promise<Overlay> {
  const { mesh, reading } = readLive(state, request.mesh);
  const live = loadLive(state);
  const namespaceOfRest = request.namespaceOfRest ?? state.namespace ?? 'default';
  const { manifests, objects } = layOver(live.manifests, state, {
    manifests: files.manifests,
    layout: files.layout,
    removed: request.removed ?? [],
    namespaceOfRest,
    ...(request.namespace === undefined ? {} : { namespace: request.namespace }),
  });
  const here = new Set(manifests.map(({ origin }) => origin.source));
  const session = await sessionOf(
    {
      ...files,
      manifests,
      commented: [...files.commented, ...live.commented.filter((source) => here.has(source))],
      isPart: false,
      stats: { ...files.stats, manifests: manifests.length },
    },
    { ...request, world: 'live', mesh, reading, namespaceOfRest },
  );
  return { ...session, objects, without: () => openLive(state, request) };
}

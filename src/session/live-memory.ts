// What is kept between the judgements of one cluster that is followed. The outcome is always that of a fresh judgement.
import { findMesh, type MeshFindings } from '../config/mesh.ts';
import { createRecaller, type PastRun } from '../engine/recall.ts';
import type { WhyUnread } from '../graph/evidence.ts';
import type { Identified, Resource } from '../graph/resource.ts';
import { createWhyUnread } from '../graph/unread.ts';
import type { LiveState } from '../model/live.ts';
import { createObjectKeeper } from './kept-objects.ts';
import { type LiveRequest, loadedOf, openLive, readLive, worldOf } from './live.ts';
import { type Session, sessionOf } from './session.ts';

/** Handed in with each state of the same cluster, so that only what changed is looked at. */
export interface LiveMemory {
  /**
   * Opens a state as `openLive` does. Its objects are told apart by identity, and must never change. A state that is only
   * tried leaves the findings alone that are kept of the last real one.
   */
  open(state: LiveState, request: LiveRequest & { readonly isTrial?: boolean }): Promise<Session>;
}

export function createLiveMemory(): LiveMemory {
  const checkObjects = createObjectKeeper();
  const meshes = createMeshKeeper();
  const whyUnreadOf = createUnreadKeeper();
  let placed = new WeakMap<Identified, Resource>();
  let cluster: string | undefined;
  let before: PastRun | undefined;

  return {
    async open(state, request) {
      // Definitions that files bring may change with them.
      const checks = request.crds === undefined ? await checkObjects(state) : undefined;
      if (checks === undefined) return openLive(state, { ...request, isLast: false });
      if (cluster !== request.cluster) placed = new WeakMap();
      cluster = request.cluster;
      const world = readLive(state, request.mesh, whyUnreadOf(state.outcomes));
      const found = meshes(await findMesh(world.mesh, checks.resources));
      const reopen = (): Promise<Session> =>
        sessionOf(loadedOf(checks.manifests, checks.silenced), worldOf(world, request), async () => ({
          found,
          resources: checks.resources,
          otherKinds: checks.otherKinds,
          proxyReadings: checks.proxyReadings,
          problems: checks.problems,
          unchecked: [],
          placed,
        }));
      const session = await reopen();
      return {
        ...session,
        async analyze(rules, toolVersion, options = {}) {
          let recaller = createRecaller(session.graph, before);
          let analysis = await session.analyze(rules, toolVersion, { ...options, recall: recaller.recall });
          if (!recaller.isCertain()) {
            const again = await reopen();
            recaller = createRecaller(again.graph);
            analysis = await again.analyze(rules, toolVersion, { ...options, recall: recaller.recall });
          }
          if (request.isTrial !== true) before = recaller.run();
          return analysis;
        },
      };
    },
  };
}

/** Settings that say the same stay the very same, so that what rests on them can be told to hold. */
function createMeshKeeper(): (found: MeshFindings) => MeshFindings {
  let kept: { readonly text: string; readonly found: Pick<MeshFindings, 'mesh' | 'files'> } | undefined;
  return ({ mesh, files, problems }) => {
    const text = JSON.stringify([mesh, files]);
    if (kept?.text !== text) kept = { text, found: { mesh, files } };
    return { ...kept.found, problems };
  };
}

/** The same for what could not be read: how many objects were is another matter. */
function createUnreadKeeper(): (outcomes: LiveState['outcomes']) => WhyUnread {
  let kept: { readonly text: string; readonly whyUnread: WhyUnread } | undefined;
  return (outcomes) => {
    const text = JSON.stringify(outcomes.map(({ count: _, ...outcome }) => outcome));
    if (kept?.text !== text) kept = { text, whyUnread: createWhyUnread(outcomes) };
    return kept.whyUnread;
  };
}

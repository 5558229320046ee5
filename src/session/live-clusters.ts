// Several clusters of one mesh, as they were read.
import type { LiveState, UnreadCluster } from '../model/live.ts';
import { type Clusters, clustersOf } from './clusters.ts';
import { type LiveRequest, openLive } from './live.ts';
import type { Session } from './session.ts';

/**
 * Opens clusters whose names differ, each with a graph of its own, to be judged beside each other. Those that could not be
 * read leave the report incomplete. The states are not to be judged again. Throws as `openLive` does.
 */
export async function openLiveClusters(
  states: readonly LiveState[],
  unread: readonly UnreadCluster[],
  requestOf: (state: LiveState) => LiveRequest,
): Promise<Clusters> {
  const sessions: Session[] = [];
  for (const state of states) {
    const session = await openLive(state, { ...requestOf(state), cluster: state.cluster, isLast: true });
    sessions.push(sessions.length === 0 ? withFailures(session, unread) : session);
  }
  return clustersOf(sessions);
}

function withFailures(session: Session, unread: readonly UnreadCluster[]): Session {
  const { read } = session.input;
  const failures = unread.map(({ name, why, help }) => ({ path: '', cluster: name, why, help }));
  return {
    ...session,
    input: { ...session.input, read: { ...read, failures: [...read.failures, ...failures] } },
  };
}

import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { type PeerPolicy, peerAuthentications, possibleWinners } from '../mtls/peer-authentications.ts';
import { type SentPolicy, sentPolicyOf } from './ztunnel-messages.ts';
import { modeOf, sentPeerPolicyOf, staticStrictPolicy } from './ztunnel-mtls.ts';

/** What ztunnel is sent for a resource. */
export interface Sent {
  /** Absent for the policy that stands for STRICT as such. */
  readonly resource?: Resource<'AuthorizationPolicy' | 'PeerAuthentication'>;
  readonly policy: SentPolicy;
}

/**
 * The policies that istiod makes of AuthorizationPolicies and PeerAuthentications for ztunnel: `PolicyCollections` in
 * pilot/pkg/serviceregistry/ambient/policies.go.
 */
export const sentToZtunnel = view(
  { AuthorizationPolicy: 'some', PeerAuthentication: 'some' },
  (graph): readonly Sent[] => {
    const { rootNamespace } = graph.mesh;
    const peers = peerAuthentications(graph);
    const sent: Sent[] = [];
    for (const resource of graph.list('AuthorizationPolicy')) {
      const policy = sentPolicyOf(resource, rootNamespace);
      if (policy !== undefined) sent.push({ resource, policy });
    }
    for (const resource of graph.list('PeerAuthentication')) {
      const above = {
        namespace: modeAt(resource.namespace, resource),
        mesh: modeAt(rootNamespace, resource),
      };
      const policy = sentPeerPolicyOf(resource, rootNamespace, above);
      if (policy !== undefined) sent.push({ resource, policy });
    }
    if (peers.namespaces.length > 0) sent.push({ policy: staticStrictPolicy(rootNamespace) });
    return sent;

    /** The oldest without a selector counts; where nothing tells their age, the first. */
    function modeAt(namespace: string, from: PeerPolicy): ReturnType<typeof modeOf> | undefined {
      const wide = peers.wide(namespace).filter(({ spec }) => spec.selector === undefined);
      const [policy] = possibleWinners(graph, wide, from);
      return policy && modeOf(policy.spec.mtls);
    }
  },
);

import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { ensure, pushTo } from '../../model/collections.ts';
import type { PodSpec } from '../../model/kinds.gen.ts';
import type { At } from '../../model/paths.ts';
import { DATAPLANE_LABEL, membership } from '../membership/membership.ts';
import { comparedValues } from '../policies/authorization-values.ts';
import { anyWorkload, type Workload, workloads } from '../workloads/workloads.ts';
import { waypointReads } from './waypoints.ts';

/** Where a policy names the account of a workload. */
export interface NamedAccount {
  readonly policy: Resource<'AuthorizationPolicy'>;
  readonly at: At;
}

/** A workload that labels put into ambient mode and that the network of its node keeps out. */
export interface HostNetworkWorkload {
  readonly workload: Workload;
  readonly pod: PodSpec;
  /** Whether its own template asks for ambient mode, not its namespace. */
  readonly asks: boolean;
  /** Policies that count on its identity, which nobody else can have. */
  readonly namedBy: readonly NamedAccount[];
}

export const hostNetworkReads = { ...waypointReads, AuthorizationPolicy: 'some' } as const;

/**
 * Pods on the network of their node in ambient mode: the CNI passes over them (`Matches` in cni/pkg/util/enablement_selector.go), so they send
 * and take plain text and have no identity.
 */
export const hostNetworkWorkloads = view(hostNetworkReads, (graph): readonly HostNetworkWorkload[] => {
  const members = membership(graph);
  const found = workloads(graph).all.flatMap((workload) => {
    const { pod, labels } = workload;
    if (pod?.hostNetwork !== true) return [];
    // Gateways are modes of their own, and a pod with a proxy is none of ztunnel's anyway.
    if (members.modeOf(workload) !== 'none' || members.enrols(workload) !== true) return [];
    return [{ workload, pod, asks: labels[DATAPLANE_LABEL] === 'ambient' }];
  });
  if (found.length === 0) return [];
  const names = new Map<string, NamedAccount[]>();
  for (const policy of graph.list('AuthorizationPolicy')) {
    if (graph.changedBy(policy) !== undefined) continue;
    for (const { text, at, isNot } of comparedValues(policy, 'principals')) {
      const account = /\/ns\/([^/*]+)\/sa\/([^/*]+)$/.exec(text);
      if (account !== null && !isNot) pushTo(names, `${account[1]}/${account[2]}`, { policy, at });
    }
    for (const { text, at, isNot } of comparedValues(policy, 'serviceAccounts')) {
      if (!isNot) pushTo(names, text.includes('/') ? text : `${policy.namespace}/${text}`, { policy, at });
    }
  }
  const sharing = new Map<string, boolean>();
  /** Whether somebody with an identity may run as the account too. */
  function isShared({ namespace, serviceAccount, resource }: Workload): boolean {
    return ensure(sharing, `${namespace}/${serviceAccount}`, () => {
      if (!graph.known(anyWorkload, namespace, resource).complete) return true;
      return workloads(graph)
        .in(namespace)
        .some((one) => one.serviceAccount === serviceAccount && one.pod?.hostNetwork !== true);
    });
  }
  return found.map((one) => {
    const { namespace, serviceAccount, resource } = one.workload;
    const all = names.get(`${namespace}/${serviceAccount}`) ?? [];
    const namedBy = all.filter(({ policy }) => graph.coexist(policy, resource));
    return { ...one, namedBy: namedBy.length === 0 || isShared(one.workload) ? [] : namedBy };
  });
});

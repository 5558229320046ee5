import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { ensure } from '../../model/collections.ts';
import type { Container } from '../../model/kinds.gen.ts';
import { membership } from '../membership/membership.ts';
import { admitsAddress, admitsPort, networkPolicies } from '../policies/network-policies.ts';
import { type Workload, workloads } from '../workloads/workloads.ts';

/**
 * The address that the CNI puts on probes of the kubelet, so that ztunnel lets them pass (`HOST_PROBE_SNAT_IP` in
 * cni/README.md).
 */
export const PROBE_ADDRESS = '169.254.7.127';

/** A NetworkPolicy that keeps probes away from pods in ambient mode. */
export interface BlockedProbes {
  readonly policy: Resource<'NetworkPolicy'>;
  readonly workloads: readonly { readonly workload: Workload; readonly port: number }[];
}

/** The first of the policies for each workload that has a probe whose port none of them opens to the address. */
export const blockedProbes = view(networkPolicies.reads, (graph): readonly BlockedProbes[] => {
  const isolations = networkPolicies(graph);
  const members = membership(graph);
  const found = new Map<Resource<'NetworkPolicy'>, { workload: Workload; port: number }[]>();
  for (const workload of workloads(graph).all) {
    if (members.modeOf(workload) !== 'ambient') continue;
    const ports = [...probedPorts(workload)];
    const isolation = ports.length === 0 ? undefined : isolations.isolationOf(workload, 'ingress');
    const [policy] = isolation?.policies ?? [];
    if (isolation === undefined || policy === undefined) continue;
    const port = ports.find(
      (wanted) =>
        !isolation.rules.some(
          (rule) => admitsPort(rule, wanted, [workload]) && admitsAddress(rule, PROBE_ADDRESS),
        ),
    );
    if (port !== undefined) ensure(found, policy, () => []).push({ workload, port });
  }
  return [...found].map(([policy, blocked]) => ({ policy, workloads: blocked }));
});

/** Ports that the kubelet connects to; commands run inside the pod. */
function* probedPorts({ pod }: Workload): Iterable<number> {
  const init = (pod?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  for (const container of [...(pod?.containers ?? []), ...init]) {
    for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) {
      if (probe?.httpGet?.host !== undefined || probe?.tcpSocket?.host !== undefined) continue;
      const port = probe?.httpGet?.port ?? probe?.tcpSocket?.port ?? probe?.grpc?.port;
      const number = typeof port === 'string' ? namedPort(container, port) : port;
      if (number !== undefined) yield number;
    }
  }
}

function namedPort({ ports = [] }: Container, name: string): number | undefined {
  if (/^\d+$/.test(name)) return Number(name);
  return ports.find((port) => port.name === name)?.containerPort;
}

import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { ensure } from '../../model/collections.ts';
import type { NetworkPolicyPeer, NetworkPolicyPort } from '../../model/kinds.gen.ts';
import { type LabelSelector, matchesSelector } from '../../model/labels.ts';
import { membership, membershipReads } from '../membership/membership.ts';
import { type Workload, workloadReads, workloads } from '../workloads/workloads.ts';

type NetworkPolicy = Resource<'NetworkPolicy'>;
export type Direction = 'ingress' | 'egress';

/** One rule of a NetworkPolicy. */
export interface NetworkRule {
  readonly policy: NetworkPolicy;
  /** The mapping as written. */
  readonly rule: { readonly ports?: readonly NetworkPolicyPort[] };
  /** None: every port. */
  readonly ports: readonly NetworkPolicyPort[];
  /** None: everybody. */
  readonly peers: readonly NetworkPolicyPeer[];
}

/** What limits the connections of a workload in one direction, as far as it is loaded. */
export interface Isolation {
  readonly policies: readonly NetworkPolicy[];
  /** What is admitted is what any of them admits. */
  readonly rules: readonly NetworkRule[];
}

export interface NetworkPolicies {
  /** Undefined for a workload that no policy limits, or when a policy is changed before it is applied. */
  isolationOf(workload: Workload, direction: Direction): Isolation | undefined;
  /** Workloads that a peer of a rule means; addresses mean none. */
  meant(rule: NetworkRule, peer: NetworkPolicyPeer): Iterable<Workload>;
}

/** Every Namespace carries its name by this label. */
const NAME_LABEL = 'kubernetes.io/metadata.name';

/** What NetworkPolicies make of workloads (the NetworkPolicy v1 API of Kubernetes): without one all is open, several add up. */
export const networkPolicies = view(
  { NetworkPolicy: 'some', ...workloadReads, ...membershipReads },
  (graph): NetworkPolicies => {
    const set = workloads(graph);
    const members = membership(graph);
    const selecting = new Map<Workload, NetworkPolicy[]>();
    for (const policy of graph.list('NetworkPolicy')) {
      const selector = policy.spec.podSelector ?? {};
      for (const workload of set.matching(selector.matchLabels ?? {}, policy.namespace)) {
        const { resource, labels } = workload;
        if (matchesSelector(selector, labels) && graph.coexist(policy, resource))
          ensure(selecting, workload, () => []).push(policy);
      }
    }

    const spaces = new Map<string, readonly string[]>();
    function namespacesOf(selector: LabelSelector, from: NetworkPolicy): readonly string[] {
      const named = selector.matchLabels?.[NAME_LABEL];
      const all = named === undefined ? inhabited() : [named];
      return ensure(spaces, `${from.origin.source.path} ${JSON.stringify(selector)}`, () =>
        all.filter((name) => {
          const labels = members.namespaceLabels(name, from);
          return labels !== undefined && matchesSelector(selector, { ...labels, [NAME_LABEL]: name });
        }),
      );
    }
    let names: readonly string[] | undefined;
    function inhabited(): readonly string[] {
      names ??= [...new Set(set.all.map(({ namespace }) => namespace))];
      return names;
    }

    return {
      isolationOf(workload, direction) {
        const policies = (selecting.get(workload) ?? []).filter((one) => limits(one, direction));
        if (policies.length === 0 || policies.some((one) => graph.changedBy(one) !== undefined))
          return undefined;
        return { policies, rules: policies.flatMap((policy) => rulesOf(policy, direction)) };
      },
      *meant({ policy }, { namespaceSelector, podSelector, ipBlock }) {
        if (ipBlock !== undefined || (namespaceSelector ?? podSelector) === undefined) return;
        const within =
          namespaceSelector === undefined ? [policy.namespace] : namespacesOf(namespaceSelector, policy);
        for (const namespace of within) {
          for (const workload of set.matching(podSelector?.matchLabels ?? {}, namespace)) {
            if (matchesSelector(podSelector ?? {}, workload.labels)) yield workload;
          }
        }
      },
    };
  },
);

/** Without `policyTypes` a policy limits what comes in, and what goes out if it has rules for that. */
function limits({ spec }: NetworkPolicy, direction: Direction): boolean {
  const types = spec.policyTypes ?? [];
  if (types.length > 0) return types.includes(direction === 'ingress' ? 'Ingress' : 'Egress');
  return direction === 'ingress' || (spec.egress ?? []).length > 0;
}

function rulesOf(policy: NetworkPolicy, direction: Direction): NetworkRule[] {
  if (direction === 'ingress') {
    return (policy.spec.ingress ?? []).map((rule) => ({
      policy,
      rule,
      ports: rule.ports ?? [],
      peers: rule.from ?? [],
    }));
  }
  return (policy.spec.egress ?? []).map((rule) => ({
    policy,
    rule,
    ports: rule.ports ?? [],
    peers: rule.to ?? [],
  }));
}

/** Whether a rule lets TCP connections to a port through; `pods` are those connected to, which name their ports. */
export function admitsPort({ ports }: NetworkRule, port: number, pods: readonly Workload[]): boolean {
  return ports.length === 0 || ports.some((one) => coversPort(one, port, pods));
}

function coversPort(written: NetworkPolicyPort, wanted: number, pods: readonly Workload[]): boolean {
  const { port, endPort } = written;
  if (!isTcp(written)) return false;
  if (port === undefined) return true;
  if (typeof port === 'string') return pods.some((pod) => namedPorts(pod, port).includes(wanted));
  return port === wanted || (endPort !== undefined && port <= wanted && wanted <= endPort);
}

export function isTcp({ protocol = 'TCP' }: NetworkPolicyPort): boolean {
  return protocol === 'TCP';
}

function namedPorts({ pod }: Workload, name: string): readonly number[] {
  return (pod?.containers ?? []).flatMap(({ ports = [] }) =>
    ports.flatMap((port) =>
      port.name === name && port.containerPort !== undefined ? [port.containerPort] : [],
    ),
  );
}

/** Whether a rule lets connections from an IPv4 address in that no pod has. */
export function admitsAddress({ peers }: NetworkRule, address: string): boolean {
  return (
    peers.length === 0 ||
    peers.some(
      ({ ipBlock }) =>
        ipBlock !== undefined &&
        isWithin(address, ipBlock.cidr ?? '') &&
        !(ipBlock.except ?? []).some((range) => isWithin(address, range)),
    )
  );
}

function isWithin(address: string, cidr: string): boolean {
  const [range = '', length = '32'] = cidr.split('/', 2);
  const [one, other] = [toNumber(address), toNumber(range)];
  if (one === undefined || other === undefined || !/^\d{1,2}$/.test(length)) return false;
  const size = 2 ** (32 - Number(length));
  return Math.floor(one / size) === Math.floor(other / size);
}

function toNumber(address: string): number | undefined {
  const parts = address.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part <= 255))) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

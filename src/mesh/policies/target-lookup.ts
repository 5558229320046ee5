import type { Graph } from '../../graph/graph.ts';
import type { Lookup } from '../../graph/lookup.ts';
import type { Resource } from '../../graph/resource.ts';
import { type ReadKinds, view } from '../../graph/view.ts';
import { pushTo } from '../../model/collections.ts';
import type { PolicyTargetReference } from '../../model/kinds.gen.ts';
import { FLOATING } from '../../model/names.ts';
import { hostRegistry } from '../hosts/registry.ts';
import { aimsAt, type TargetablePolicy } from './policies.ts';

/** What a policy may name as its target by name, in its own namespace. */
const targetKinds = ['Service', 'ServiceEntry', 'KubernetesGateway'] as const;
export type PolicyTarget = Resource<(typeof targetKinds)[number]>;

/** Everything that could be a target, by its name alone. */
const targetsByName = view(
  { Service: 'some', ServiceEntry: 'some', KubernetesGateway: 'some' },
  (graph): ReadonlyMap<string, readonly PolicyTarget[]> => {
    const found = new Map<string, PolicyTarget[]>();
    for (const kind of targetKinds)
      for (const resource of graph.list(kind)) pushTo(found, resource.name, resource);
    return found;
  },
);

export const policyTargetReads = { ...hostRegistry.reads, KubernetesGateway: 'all' } as const;

/** What is known of the thing that a policy names as its target. */
export interface TargetLookup {
  /** What it is called in front of people. */
  readonly kind: 'Service' | 'ServiceEntry' | 'Gateway';
  readonly lookup: Lookup<unknown>;
  /** Where nothing has the name in the namespace of the policy: who has it elsewhere, or as another kind. */
  readonly namesakes: readonly PolicyTarget[];
}

/**
 * Looks up the target of a policy, which always is in its own namespace (`ShouldAttachPolicy` in
 * pilot/pkg/model/policyattachment.go). Undefined for classes, and for what is no valid reference.
 */
export function findPolicyTarget(
  graph: Graph<ReadKinds<typeof policyTargetReads>>,
  policy: TargetablePolicy,
  ref: PolicyTargetReference,
): TargetLookup | undefined {
  const { name = '', namespace: written = '' } = ref;
  const { namespace } = policy;
  const kind = (['Service', 'ServiceEntry', 'Gateway'] as const).find((one) => aimsAt(ref, one));
  if (kind === undefined || name === '' || (written !== '' && written !== namespace)) return undefined;
  const sought = kind === 'Gateway' ? 'KubernetesGateway' : kind;
  const isLoaded = graph.copies(sought, { namespace, name }).length > 0;
  // Services are also brought by Gateways and installers, which the registry knows of.
  const lookup =
    sought === 'Service' && !isLoaded && !name.includes('.')
      ? hostRegistry(graph).resolve(name, namespace, policy)
      : graph.find(sought, { namespace, name }, policy);
  const namesakes =
    lookup.state === 'found'
      ? []
      : (targetsByName(graph).get(name) ?? []).filter(
          (one) =>
            one.namespace !== FLOATING &&
            graph.coexist(policy, one) &&
            (one.kind === sought || one.namespace === namespace),
        );
  return { kind, lookup, namesakes };
}

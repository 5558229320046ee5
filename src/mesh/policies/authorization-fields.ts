import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { ensure } from '../../model/collections.ts';

type Policy = Resource<'AuthorizationPolicy'>;

/**
 * The AuthorizationPolicies by what their rules are about: the lists of `source` and `operation` by their names, a
 * condition by its key (`request.headers[x-tester]`), and `when` for whoever has conditions.
 */
const byField = view({ AuthorizationPolicy: 'some' }, (graph): ReadonlyMap<string, ReadonlySet<Policy>> => {
  const users = new Map<string, Set<Policy>>();
  const add = (field: string, policy: Policy): void => {
    ensure(users, field, () => new Set<Policy>()).add(policy);
  };
  for (const policy of graph.list('AuthorizationPolicy')) {
    for (const { from = [], to = [], when = [] } of policy.spec.rules ?? []) {
      for (const { source = {} } of from) for (const field of Object.keys(source)) add(field, policy);
      for (const { operation = {} } of to) for (const field of Object.keys(operation)) add(field, policy);
      for (const { key = '' } of when) add(key, policy);
      if (when.length > 0) add('when', policy);
    }
  }
  return users;
});

/** The policies of which some rule has one of the fields, in the order of the graph: most policies use few of them. */
export function policiesUsing(
  graph: Graph<'AuthorizationPolicy'>,
  fields: readonly string[],
): readonly Policy[] {
  const users = byField(graph);
  const found = fields.map((field) => users.get(field)).filter((set) => set !== undefined);
  if (found.length === 0) return [];
  return graph.list('AuthorizationPolicy').filter((policy) => found.some((set) => set.has(policy)));
}

import type { Graph } from '../../graph/graph.ts';
import type { Lookup } from '../../graph/lookup.ts';
import type { Resource } from '../../graph/resource.ts';

/** What a declaration of reads needs that asks for namespaces by pattern. */
export const namespacePatternReads = { Namespace: 'all' } as const;

/**
 * Whether some namespace fits what an AuthorizationPolicy writes for one, which may hold stars
 * (`srcNamespaceGenerator` in pilot/pkg/security/authz/model/generator.go).
 */
export function findNamespaces(graph: Graph<'Namespace'>, pattern: string, from: Resource): Lookup<unknown> {
  const fits = patternTest(pattern);
  if (fits === undefined) {
    const name = pattern.toLowerCase();
    // Whatever lives in a namespace proves that it is there, the policy itself too.
    return name === from.namespace ? found(name) : graph.find('Namespace', { namespace: '', name }, from);
  }
  const clusters = [graph, ...graph.peers()];
  const known = [...clusters.flatMap((one) => one.list('Namespace').map(({ name }) => name)), from.namespace];
  const name = known.find(fits);
  if (name !== undefined) return found(name);
  // No namespace can be called like a pattern: the answer says whether all of them are loaded.
  const lookup = graph.find('Namespace', { namespace: '', name: pattern }, from);
  if (lookup.state === 'unknown') return { state: 'unknown', why: lookup.why };
  const builtIn = ['default', 'kube-system', 'kube-public', 'kube-node-lease', graph.mesh.rootNamespace];
  return !graph.isClosed('Namespace') && builtIn.some(fits)
    ? { state: 'unknown', why: 'it fits a namespace that is there from the start' }
    : { state: 'absent' };
}

function found(name: string): Lookup<unknown> {
  return { state: 'found', value: name, all: [name] };
}

/** Undefined for a plain name. A star stands for any text, wherever it is. */
function patternTest(pattern: string): ((name: string) => boolean) | undefined {
  if (!pattern.includes('*')) return undefined;
  const literals = pattern.split('*').map((literal) => literal.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  const expression = new RegExp(`^${literals.join('.*')}$`);
  return (name) => expression.test(name);
}

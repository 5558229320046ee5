import { type Kind, kinds } from '../model/kinds.gen.ts';
import type { RuleHead } from '../sdk/rule.ts';
import type { ObjectIdentity } from './admission.ts';

/** Groups whose kinds are read by rules alone; others say how the mesh is set up, or which kinds there are. */
const plainGroups: ReadonlySet<string> = new Set([
  'networking.istio.io',
  'security.istio.io',
  'telemetry.istio.io',
  'extensions.istio.io',
  'gateway.networking.k8s.io',
]);

/**
 * The names of rules whose findings a change of one object cannot change, for they read no kind like it (what rules
 * declare to read is tested). None for an object that may matter beyond rules, and no rule that others bring.
 */
export async function unconcerned(
  rules: readonly RuleHead[],
  { group, kind: name }: Pick<ObjectIdentity, 'group' | 'kind'>,
): Promise<readonly string[]> {
  const kind = (Object.keys(kinds) as Kind[]).find(
    (each) => kinds[each].group === group && kinds[each].kind === name,
  );
  if (kind === undefined || !plainGroups.has(group)) return [];
  const ours = rules.filter(({ needs, from }) => needs !== undefined && from === undefined);
  const loaded = await Promise.all(ours.map((head) => head.load()));
  return loaded.filter(({ rule }) => !(kind in rule.reads)).map(({ name: rule }) => rule);
}

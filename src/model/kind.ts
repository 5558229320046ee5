import { type Kind, kinds } from './kinds.gen.ts';

/** Whether a name is that of a kind of the model; those of other groups may have one of their own, as `KubernetesGateway`. */
export function isKind(name: string): name is Kind {
  return Object.hasOwn(kinds, name);
}

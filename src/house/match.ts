import type { Resource } from '../graph/resource.ts';
import type { CheckDefinition } from './checks.ts';

export type Matcher = (resource: Resource) => boolean;

/** Which resources a check is for; `*` in a pattern stands for any letters. */
export function createMatcher({ namespaces, labels = {} }: NonNullable<CheckDefinition['match']>): Matcher {
  const inNamespace = namespaces?.map(patternOf);
  const wanted = Object.entries(labels).map(([name, value]) => ({ name, pattern: patternOf(value) }));
  return ({ kind, name, namespace, metadata }) => {
    // A Namespace belongs to itself.
    const home = kind === 'Namespace' ? name : namespace;
    if (inNamespace !== undefined && !inNamespace.some((pattern) => pattern.test(home))) return false;
    return wanted.every(({ name: label, pattern }) => {
      const value = metadata.labels?.[label];
      return value !== undefined && pattern.test(value);
    });
  };
}

function patternOf(text: string): RegExp {
  const parts = text.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}

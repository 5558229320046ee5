import { asObject } from './json.ts';

type Fields = Record<string, unknown>;

/** What the pods of one controller have alike. */
const alike = {
  metadata: ['labels', 'annotations', 'ownerReferences'],
  spec: ['containers', 'initContainers', 'securityContext'],
} as const;

/** Has parts of Pods that are equal be the same: most pods of a large cluster are copies, and of little else. */
export function createSharing(): (pod: Fields) => void {
  const parts = new Map<string, unknown>();
  return (pod) => {
    for (const [where, keys] of Object.entries(alike)) {
      const fields = asObject(pod[where]);
      if (fields === undefined) continue;
      for (const key of keys) {
        if (fields[key] === undefined) continue;
        const text = JSON.stringify(fields[key]);
        const known = parts.get(text);
        if (known === undefined) parts.set(text, fields[key]);
        else fields[key] = known;
      }
    }
  };
}

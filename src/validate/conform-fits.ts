import type { Node } from './nodes.ts';

/**
 * Whether a value has the shape of a field, with no field of its own that is unknown. Limits are not asked. `open`
 * makes a node ready to be looked into.
 */
export function fits(field: Node, value: unknown, open: (node: Node) => Node): boolean {
  const node = open(field);
  const fitsItem = (item: unknown): boolean => node.item === undefined || fits(node.item, item, open);
  switch (node.type) {
    case 'any':
      return true;
    case 'string':
    case 'boolean':
    case 'number':
      return typeof value === node.type;
    case 'integer':
      return Number.isInteger(value);
    case 'integer or string':
      return typeof value === 'string' || Number.isInteger(value);
    case 'list':
      return Array.isArray(value) && value.every(fitsItem);
    case 'map':
      return isMapping(value) && Object.values(value).every(fitsItem);
    case 'object':
      return (
        isMapping(value) &&
        Object.entries(value).every(([name, item]) => {
          const own = node.fields.get(name);
          return own === undefined ? node.open : fits(own, item, open);
        })
      );
  }
}

function isMapping(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

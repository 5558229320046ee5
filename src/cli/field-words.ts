import { type FieldNode, type FieldTree, resolveField } from '../model/field-tree.ts';

/** Lists of lists deeper than this are written nowhere; a definition that is a list of itself ends here. */
const DEEPEST = 4;

/** The type of a field in a few words: `list of string`, `map of object`. */
export function typeOf(tree: FieldTree, node: FieldNode, depth = 0): string {
  const inner = (of: FieldNode): string =>
    depth < DEEPEST ? typeOf(tree, resolveField(tree, of), depth + 1) : 'any';
  if (node.items !== undefined) return `list of ${inner(node.items)}`;
  if (node.values !== undefined) return `map of ${inner(node.values)}`;
  return node.type ?? (node.fields === undefined ? 'any' : 'object');
}

/** What a value must keep to, each with its label; of a list's items or a mapping's values, too. */
export function limitsOf(tree: FieldTree, node: FieldNode): (readonly [string, string])[] {
  const inner = node.items ?? node.values;
  const each = inner === undefined ? [] : own(resolveField(tree, inner));
  const prefix = node.items === undefined ? 'Each value' : 'Each item';
  return [
    ...own(node),
    ...each.map(([label, text]) => [`${prefix}, ${label.toLowerCase()}`, text] as const),
    ...(node.deprecated ? [['Outdated', 'only earlier releases serve it'] as const] : []),
  ];
}

function own(node: FieldNode): (readonly [string, string])[] {
  const sizes = [
    range(node.minimum, node.maximum, ''),
    range(node.minLength, node.maxLength, ' letters'),
    range(node.minItems, node.maxItems, ' items'),
    range(node.minProperties, node.maxProperties, ' entries'),
  ].filter((text) => text !== '');
  const alike =
    node.keys === undefined
      ? ''
      : node.keys.length === 0
        ? 'no two items are equal'
        : `no two items have the same ${node.keys.map((key) => `\`${key}\``).join(' and ')}`;
  return (
    [
      ['Values', node.enum?.map(String).join(', ') ?? ''],
      ['Limits', [...sizes, alike].filter((text) => text !== '').join('; ')],
      ['Pattern', node.pattern ?? ''],
      ['Default', node.default === undefined ? '' : JSON.stringify(node.default)],
    ] as const
  ).filter(([, text]) => text !== '');
}

function range(least: number | undefined, most: number | undefined, noun: string): string {
  if (least === undefined) return most === undefined ? '' : `at most ${most}${noun}`;
  if (most === undefined) return least === 0 && noun !== '' ? '' : `at least ${least}${noun}`;
  return least === 0 && noun !== '' ? `at most ${most}${noun}` : `${least} to ${most}${noun}`;
}

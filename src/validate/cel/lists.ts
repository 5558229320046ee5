import { type CelInput, celEnv, celFunc, celMethod, isCelList, isCelMap, parse, plan } from '@bufbuild/cel';
import { KEYS, MERGE, SORT_BY, ZIP } from './macros.ts';
import { BOOL, compare, DYN, INT, itemsOf, LIST, NotSupported, nanosecondsOf } from './values.ts';

const equality = plan(celEnv(), parse('a == b'));

/** Whether two values are equal as CEL has it. */
function equal(a: CelInput, b: CelInput): boolean {
  return equality({ a, b }) === true;
}

function includes(items: readonly CelInput[], item: CelInput): boolean {
  return items.some((one) => equal(one, item));
}

function best(items: readonly CelInput[], name: string, sign: number): CelInput {
  const [first, ...rest] = items;
  if (first === undefined) throw new Error(`${name} called on empty list`);
  return rest.reduce((one, other) => (compare(other, one) * sign > 0 ? other : one), first);
}

const MAX_INT = 2n ** 63n - 1n;

function sum(items: readonly CelInput[]): CelInput {
  if (items.some((item) => nanosecondsOf(item) !== undefined)) throw new NotSupported('sum() of durations');
  if (items.every((item) => typeof item === 'number')) {
    // Of an empty list the type is not known; zero is equal to zero in any.
    return items.length === 0 ? 0n : items.reduce((total, item) => total + item, 0);
  }
  let total = 0n;
  for (const item of items) {
    if (typeof item !== 'bigint') throw new NotSupported('sum() of such values');
    total += item;
  }
  if (total > MAX_INT || total < -MAX_INT - 1n) throw new Error('integer overflow');
  return total;
}

function flatten(items: readonly CelInput[], depth: bigint): CelInput[] {
  return items.flatMap((item) =>
    depth > 0n && isCelList(item) ? flatten(itemsOf(item), depth - 1n) : [item],
  );
}

function slice(items: readonly CelInput[], from: bigint, to: bigint): CelInput[] {
  if (from < 0n || to < 0n) throw new Error('cannot slice with negative indices');
  if (from > to || BigInt(items.length) < to) throw new Error('cannot slice: out of range');
  return items.slice(Number(from), Number(to));
}

function range(size: bigint): CelInput[] {
  if (size > 10_000n) throw new NotSupported('so long a list');
  return Array.from({ length: Number(size < 0n ? 0n : size) }, (_, at) => BigInt(at));
}

function keysOf(value: unknown): CelInput[] {
  if (isCelMap(value)) return [...value.keys()];
  return range(BigInt(itemsOf(value).length));
}

function zip(keys: readonly CelInput[], values: readonly CelInput[]): CelInput {
  const made = new Map<string | bigint | boolean, CelInput>();
  keys.forEach((key, at) => {
    if (typeof key !== 'string' && typeof key !== 'bigint' && typeof key !== 'boolean')
      throw new NotSupported('such a key');
    made.set(key, values[at] ?? null);
  });
  return made;
}

function merge(maps: readonly CelInput[]): CelInput {
  const entries = maps.flatMap((map) => (isCelMap(map) ? [...map] : []));
  const keys = entries.map(([key]) => key);
  if (keys.some((key, at) => includes(keys.slice(0, at), key)))
    throw new Error('insert failed: key already exists');
  return zip(
    keys,
    entries.map(([, value]) => value),
  );
}

function sortBy(items: readonly CelInput[], by: readonly CelInput[]): CelInput[] {
  return items
    .map((item, at) => ({ item, by: by[at] ?? null }))
    .sort((a, b) => compare(a.by, b.by))
    .map(({ item }) => item);
}

/** A method of lists that is about their items. */
function method(name: string, impl: (items: CelInput[]) => CelInput): ReturnType<typeof celMethod> {
  return celMethod(name, LIST, [], DYN, function () {
    return impl(itemsOf(this));
  });
}

/** Kubernetes' lists (pkg/cel/library/lists.go), cel-go's lists and sets, and what macros are made of. */
export const listFunctions = [
  method('isSorted', (items) => items.every((item, at) => at === 0 || compare(items[at - 1], item) <= 0)),
  method('sum', sum),
  method('min', (items) => best(items, 'min', -1)),
  method('max', (items) => best(items, 'max', 1)),
  celMethod('indexOf', LIST, [DYN], INT, function (item) {
    return BigInt(itemsOf(this).findIndex((one) => equal(one, item)));
  }),
  celMethod('lastIndexOf', LIST, [DYN], INT, function (item) {
    return BigInt(itemsOf(this).findLastIndex((one) => equal(one, item)));
  }),
  celMethod('includes', LIST, [DYN], BOOL, function (item) {
    return includes(itemsOf(this), item);
  }),
  celMethod('slice', LIST, [INT, INT], DYN, function (from, to) {
    return slice(itemsOf(this), from, to);
  }),
  method('flatten', (items) => flatten(items, 1n)),
  celMethod('flatten', LIST, [INT], DYN, function (depth) {
    return flatten(itemsOf(this), depth);
  }),
  method('distinct', (items) => items.filter((item, at) => !includes(items.slice(0, at), item))),
  method('reverse', (items) => items.reverse()),
  method('sort', (items) => items.sort(compare)),
  celFunc('lists.range', [INT], DYN, range),
  celFunc('sets.contains', [LIST, LIST], BOOL, (list, sub) => {
    const items = itemsOf(list);
    return itemsOf(sub).every((item) => includes(items, item));
  }),
  celFunc('sets.equivalent', [LIST, LIST], BOOL, (one, other) => {
    const [left, right] = [itemsOf(one), itemsOf(other)];
    return left.every((item) => includes(right, item)) && right.every((item) => includes(left, item));
  }),
  celFunc('sets.intersects', [LIST, LIST], BOOL, (one, other) => {
    const items = itemsOf(other);
    return itemsOf(one).some((item) => includes(items, item));
  }),
  celFunc(KEYS, [DYN], DYN, keysOf),
  celFunc(ZIP, [LIST, LIST], DYN, (keys, values) => zip(itemsOf(keys), itemsOf(values))),
  celFunc(MERGE, [LIST], DYN, (maps) => merge(itemsOf(maps))),
  celFunc(SORT_BY, [LIST, LIST], DYN, (items, by) => sortBy(itemsOf(items), itemsOf(by))),
];

import { type CelInput, celFunc, celMethod, isCelList, isCelMap } from '@bufbuild/cel';
import { OPTIONAL_FIELD, OPTIONAL_INDEX } from './optional-syntax.ts';
import { DYN, isSome, LIST, MAP, NULL, some, valueIn } from './values.ts';

/** What stands under the key of a map or a list, or of the one in an optional value. */
function pick(owner: unknown, key: unknown): CelInput {
  const from = isSome(owner) ? valueIn(owner) : owner;
  let found: CelInput | undefined;
  if (isCelMap(from) && isKey(key)) found = from.get(key);
  else if (isCelList(from) && (typeof key === 'bigint' || typeof key === 'number'))
    found = from.get(Number(key));
  return found === undefined ? null : some(found);
}

function isKey(key: unknown): key is string | bigint | number | boolean {
  return ['string', 'bigint', 'number', 'boolean'].includes(typeof key);
}

function isZero(value: unknown): boolean {
  if (isCelList(value) || isCelMap(value)) return value.size === 0;
  return value === null || value === '' || value === false || value === 0n || value === 0;
}

function dereferenced(optional: unknown): CelInput {
  const value = valueIn(optional);
  if (value === undefined) throw new Error('optional.none() dereference');
  return value;
}

/** cel-go's optional values (cel.OptionalTypes); one with a value is a map here, none is null. */
export const optionalFunctions = [
  celFunc('optional.of', [DYN], DYN, (value) => some(value)),
  celFunc('optional.none', [], DYN, () => null),
  celFunc('optional.ofNonZeroValue', [DYN], DYN, (value) => (isZero(value) ? null : some(value))),
  celMethod('hasValue', MAP, [], DYN, function () {
    return valueIn(this) !== undefined;
  }),
  celMethod('hasValue', NULL, [], DYN, () => false),
  celMethod('value', MAP, [], DYN, function () {
    return dereferenced(this);
  }),
  celMethod('value', NULL, [], DYN, () => dereferenced(null)),
  celMethod('orValue', MAP, [DYN], DYN, function (other) {
    return valueIn(this) ?? other;
  }),
  celMethod('orValue', NULL, [DYN], DYN, (other) => other),
  celMethod('or', MAP, [DYN], DYN, function () {
    return this;
  }),
  celMethod('or', NULL, [DYN], DYN, (other) => other),
  ...[OPTIONAL_FIELD, OPTIONAL_INDEX].flatMap((name) => [
    celMethod(name, MAP, [DYN], DYN, function (key) {
      return pick(this, key);
    }),
    celMethod(name, LIST, [DYN], DYN, function (key) {
      return pick(this, key);
    }),
    celMethod(name, NULL, [DYN], DYN, () => null),
  ]),
];

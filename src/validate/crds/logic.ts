import { fits, fitsNumber, type Patterns } from './fits.ts';
import { asList, asNumber, asObject, type Fields, isObject, own } from './read.ts';

/** What is wrong with a value that does not fit the rarer limits of its schema. */
export interface LogicFault {
  readonly problem: string;
  readonly help: string;
  /** The fields that it is about. */
  readonly fields: ReadonlySet<string> | undefined;
}

/** Says it in the words of fields, where schemas say which fields exclude each other or must be there. */
export function logicFault(raw: Fields, value: unknown, place: string, patterns: Patterns): LogicFault {
  if (typeof value === 'number' && !fitsNumber(raw, value)) return numberFault(raw, value, place);
  const failing = [
    ...(asList(raw.oneOf) === undefined ? [] : [{ oneOf: raw.oneOf }]),
    ...(asList(raw.anyOf) === undefined ? [] : [{ anyOf: raw.anyOf }]),
    ...(raw.not === undefined ? [] : [{ not: raw.not }]),
  ].find((one) => !fits(one, value, patterns));
  const names = new Set<string>();
  const simple = failing === undefined ? false : collectRequired(failing, names);
  if (!simple || !isObject(value)) {
    return {
      problem: `${place} has none of the forms that its schema allows`,
      help: 'See the description of the field in its CustomResourceDefinition',
      fields: undefined,
    };
  }
  const present = [...names].filter((name) => own(value, name) !== undefined);
  const all = showAll([...names]);
  if (present.length === 0)
    return { problem: `${place} has none of ${all}`, help: `Add one of ${all}`, fields: names };
  if (present.length === 1) {
    return { problem: `${place} must not have ${present[0]}`, help: `Remove ${present[0]}`, fields: names };
  }
  return {
    problem: `${place} has ${showAll(present)}, which exclude each other`,
    help: `Keep one of ${showAll(present)}`,
    fields: names,
  };
}

function numberFault(raw: Fields, value: number, place: string): LogicFault {
  const step = asNumber(raw.multipleOf);
  const least = asNumber(raw.minimum) ?? -Infinity;
  const most = asNumber(raw.maximum) ?? Infinity;
  const limit =
    value <= least
      ? `${raw.exclusiveMinimum === true ? 'more than' : 'at least'} ${least}`
      : value >= most
        ? `${raw.exclusiveMaximum === true ? 'less than' : 'at most'} ${most}`
        : `a multiple of ${step}`;
  return { problem: `${place} is ${value}`, help: `Write ${limit}`, fields: undefined };
}

/** Gathers the fields that are required somewhere in it; false when it also says something else. */
function collectRequired(raw: unknown, into: Set<string>): boolean {
  const schema = asObject(raw);
  if (schema === undefined) return false;
  return Object.entries(schema).every(([key, inner]) => {
    switch (key) {
      case 'required':
        for (const name of asList(inner) ?? []) if (typeof name === 'string') into.add(name);
        return true;
      case 'oneOf':
      case 'anyOf':
      case 'allOf':
        return (asList(inner) ?? []).every((one) => collectRequired(one, into));
      case 'not':
        return collectRequired(inner, into);
      default:
        return false;
    }
  });
}

function showAll(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

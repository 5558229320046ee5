import { nearestName } from '../model/near.ts';
import type { Path } from './conform.ts';
import type { Breach, Sized } from './conform-limits.ts';

/** A path as people write it: `spec.http[0].route`. An empty step is any item of a list. */
export function showPath(path: Path): string {
  return path
    .map((step) => (typeof step === 'number' || step === '' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
}

/** The word of an enumeration that another one is a slip of. */
export function meantWord({ value, allowed }: Extract<Breach, { limit: 'enum' }>): string | undefined {
  const words = allowed.map(String);
  const upper = value.toUpperCase();
  return words.find((one) => one.toUpperCase() === upper) ?? nearestName(value, words);
}

/** What is wrong with a value that its schema does not allow, and what to do. */
export function breachWords(breach: Breach): { problem: string; help: string } {
  const field = showPath(breach.path) || 'The manifest';
  switch (breach.limit) {
    case 'enum': {
      const { value } = breach;
      const allowed = breach.allowed.map(String);
      const meant = meantWord(breach);
      const help = meant === undefined ? `Write one of: ${allowed.join(', ')}` : `Write ${meant}`;
      return { problem: `${field} is "${value}", which is none of its values`, help };
    }
    case 'pattern':
      return {
        problem: `${field} is "${breach.value}", which is not how such a value is written`,
        help: `Write a value that matches ${breach.pattern}`,
      };
    case 'required': {
      const owner = showPath(breach.path.slice(0, -1)) || 'The manifest';
      const name = String(breach.path.at(-1));
      return { problem: `${owner} has no ${name}`, help: `Add ${name}` };
    }
    case 'repeated': {
      const { value, keys } = breach;
      return keys.length === 0
        ? { problem: `${field} is "${value}" once more`, help: 'Remove one of the two' }
        : {
            problem: `${field} has the same ${keys.join(', ')} as an item before it: ${value}`,
            help: `Give each item ${keys.length === 1 ? `a ${keys[0]}` : `${keys.join(', ')}`} of its own`,
          };
    }
    case 'said':
      return { problem: breach.problem, help: breach.help };
    case 'size': {
      const { min, max } = breach.limits;
      const range =
        min === undefined ? `at most ${max}` : max === undefined ? `at least ${min}` : `${min} to ${max}`;
      const noun = counted[breach.of];
      if (breach.of === 'number') return { problem: `${field} is ${breach.size}`, help: `Write ${range}` };
      return breach.size === 0
        ? { problem: `${field} is empty`, help: `Write ${range} ${noun}` }
        : { problem: `${field} has ${breach.size} ${noun}`, help: `Write ${range} ${noun}` };
    }
  }
}
const counted: Readonly<Record<Sized, string>> = {
  number: '',
  text: 'letters',
  list: 'items',
  map: 'entries',
};

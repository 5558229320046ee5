// What a command's flags look like, and the two things that are made of the table: a quick reader and commander's options.
import { ConfigError } from '../config/config-error.ts';

export interface Flag {
  /** Long spelling without dashes. */
  readonly name: string;
  readonly short?: string;
  /** Other long spellings, shown in the help of the flag. */
  readonly aliases?: readonly string[];
  /** Placeholder of its value; a flag without one is a switch. */
  readonly value?: string;
  /** Its value may be left out, and is given with `=` only: what follows the flag is the next argument. */
  readonly optional?: true;
  /** All words that it takes, where they are few. */
  readonly choices?: readonly string[];
  /** A flag with a value that `--no-NAME` does without: it is given as a switch `no-NAME`. */
  readonly negatable?: true;
  readonly help: string;
  readonly group: string;
  /** Accepted and not shown: an old spelling, or one with no meaning here. */
  readonly hidden?: true;
}

/** What was given on the command line: flags by their name in the table, each value in the order given. */
export interface Given {
  readonly positionals: readonly string[];
  readonly flags: ReadonlyMap<string, readonly string[]>;
}

/** The spellings of a flag, with their dashes. */
export function spellings({ name, short, aliases = [] }: Flag): string[] {
  return [
    ...(short === undefined ? [] : [`-${short}`]),
    `--${name}`,
    ...aliases.map((alias) => `--${alias}`),
  ];
}

/**
 * Reads a command line that spells every flag plainly (`--flag value`, `--flag=value`, `-f value`, `--no-flag`). Undefined for
 * everything else (unknown flags, bundled short ones, `--help`): commander reads that, and the common start does
 * not wait for it.
 */
export function readPlain(flags: readonly Flag[], args: readonly string[]): Given | undefined {
  const positionals: string[] = [];
  const given = new Map<string, string[]>();
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (arg === '-' || !arg.startsWith('-')) {
      positionals.push(arg);
      continue;
    }
    const equals = arg.startsWith('--') ? arg.indexOf('=') : -1;
    const spelling = equals < 0 ? arg : arg.slice(0, equals);
    const negated = spelling.startsWith('--no-');
    const flag = flagOf(flags, negated ? `--${spelling.slice('--no-'.length)}` : spelling);
    if (flag === undefined) return undefined;
    if (negated && flag.value !== undefined) {
      if (!flag.negatable || equals >= 0) return undefined;
      push(given, `no-${flag.name}`, 'true');
      continue;
    }
    if (negated && equals >= 0) return undefined;
    const inline = equals < 0 ? undefined : arg.slice(equals + 1);
    if (flag.value === undefined) {
      const value = inline ?? (negated ? 'false' : 'true');
      if (value !== 'true' && value !== 'false') return undefined;
      push(given, flag.name, value);
    } else {
      const value = inline ?? (flag.optional ? '' : args[++i]);
      if (
        value === undefined ||
        (value === '' && !flag.optional) ||
        (inline === undefined && value.startsWith('-'))
      )
        return undefined;
      push(given, flag.name, value);
    }
  }
  return { positionals, flags: given };
}

function flagOf(flags: readonly Flag[], spelling: string): Flag | undefined {
  if (!spelling.startsWith('--')) return flags.find(({ short }) => spelling === `-${short}`);
  const long = spelling.slice('--'.length);
  return flags.find(({ name, aliases }) => name === long || aliases?.includes(long) === true);
}

export function push(given: Map<string, string[]>, name: string, value: string): void {
  const values = given.get(name);
  if (values === undefined) given.set(name, [value]);
  else values.push(value);
}

/** The value that counts: the one given last. */
export function last({ flags }: Given, name: string): string | undefined {
  return flags.get(name)?.at(-1);
}

/** All values of a flag that may be repeated or hold a list with commas. */
export function list({ flags }: Given, name: string): string[] {
  return (flags.get(name) ?? [])
    .flatMap((value) => value.split(','))
    .map((value) => value.trim())
    .filter((value) => value !== '');
}

/** A switch: undefined when it was not given. */
export function isOn(given: Given, name: string): boolean | undefined {
  const value = last(given, name);
  return value === undefined ? undefined : value === 'true';
}

/** One of a few words, whatever its case. */
export function choice<T extends string>(given: Given, name: string, words: readonly T[]): T | undefined {
  const value = last(given, name);
  if (value === undefined) return undefined;
  const word = words.find((candidate) => candidate === value.toLowerCase());
  if (word !== undefined) return word;
  throw new ConfigError(`--${name} cannot be "${value}".`, `It takes ${orList(words)}.`);
}

/** `a, b or c`. */
export function orList(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

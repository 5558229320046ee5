import type { Argument, Command } from 'commander';
import { codes } from '../../rules/codes.ts';
import { rules } from '../../rules/index.gen.ts';
import { type Kind, kinds } from '../model/kinds.gen.ts';
import { compareVersions, knownReleases, parseVersion } from '../model/releases.ts';
import { formats } from '../report/index.ts';
import { completionScripts } from './completion-scripts.ts';
import { type Flag, type Given, push, spellings } from './flags.ts';
import type { InputNames } from './input-names.ts';

export interface Candidate {
  readonly word: string;
  readonly about: string;
}

/** What may stand at the cursor; with `files` the shell adds its own paths. */
export interface Completion {
  readonly files: boolean;
  readonly candidates: readonly Candidate[];
}

/** What a command line is completed from: the commands with the tables of their flags, and names of the input. */
export interface Grammar {
  readonly program: Command;
  readonly flagsOf: (command: Command) => readonly Flag[];
  readonly namesIn: (paths: readonly string[]) => Promise<InputNames>;
}

const nothing: Completion = { files: false, candidates: [] };
const files: Completion = { files: true, candidates: [] };

/** Completes the last of the words behind `meshlint`. */
export async function complete(words: readonly string[], grammar: Grammar): Promise<Completion> {
  const current = words.at(-1) ?? '';
  const [name, ...before] = words.slice(0, -1);
  if (name === undefined || name === 'help')
    return starting(current, commandsOf(grammar, name === undefined));
  const command = grammar.program.commands.find((one) => one.name() === name);
  if (command === undefined) return nothing;
  const flags = grammar.flagsOf(command);
  const line = readLine(flags, before);
  const context: Context = { grammar, command, given: line.given };

  if (line.open !== undefined) return valuesOf(line.open, current, context);
  if (!line.ended && current.startsWith('-')) {
    const [, spelling = '', value] = /^(--?[^=]+)=(.*)$/s.exec(current) ?? [];
    const flag = flags.find((one) => spellings(one).includes(spelling));
    if (value === undefined || flag?.value === undefined) return starting(current, flagWords(flags, current));
    return behind(`${spelling}=`, await valuesOf(flag, value, context));
  }
  return argumentOf(current, context);
}

interface Context {
  readonly grammar: Grammar;
  readonly command: Command;
  readonly given: Given;
}

/** What stands before the cursor: what was given so far, and the flag whose value comes next. */
function readLine(
  flags: readonly Flag[],
  words: readonly string[],
): { readonly given: Given; readonly open?: Flag; readonly ended: boolean } {
  const positionals: string[] = [];
  const values = new Map<string, string[]>();
  let open: Flag | undefined;
  let ended = false;
  for (const word of words) {
    if (open !== undefined) {
      push(values, open.name, word);
      open = undefined;
    } else if (word === '--') ended = true;
    else if (ended || word === '-' || !word.startsWith('-')) positionals.push(word);
    else
      open = flags.find((one) => one.value !== undefined && !one.optional && spellings(one).includes(word));
  }
  return { given: { positionals, flags: values }, ended, ...(open === undefined ? {} : { open }) };
}

function commandsOf({ program }: Grammar, withFlags: boolean): Candidate[] {
  const shown = program.createHelp().visibleCommands(program);
  const commands = shown.map((one) => ({ word: one.name(), about: one.summary() }));
  if (!withFlags) return commands;
  return [
    ...commands,
    { word: '--help', about: 'print this help' },
    { word: '--version', about: 'print the version' },
  ];
}

/** Flags as the help shows them; other spellings once they are begun. */
function flagWords(flags: readonly Flag[], current: string): Candidate[] {
  const shown = flags
    .filter(({ hidden }) => hidden !== true)
    .map(({ name, help }) => ({ word: `--${name}`, about: help }));
  const all = [...shown, { word: '--help', about: 'print the help of this command' }];
  if (current.length <= 2 || all.some(({ word }) => word.startsWith(current))) return all;
  return flags.flatMap(({ name, aliases = [], value, help }) => [
    ...aliases.map((alias) => ({ word: `--${alias}`, about: help })),
    ...(value === undefined ? [{ word: `--no-${name}`, about: `not: ${help}` }] : []),
  ]);
}

async function valuesOf(flag: Flag, current: string, context: Context): Promise<Completion> {
  const { grammar, given } = context;
  if (flag.choices !== undefined) return starting(current, flag.choices.map(plain));
  // Several may be written with commas between them.
  const comma = current.lastIndexOf(',') + 1;
  const names = (): Promise<InputNames> => grammar.namesIn(pathsOf(context));
  switch (flag.value) {
    case 'NAME|CODE':
    case 'CODE,…':
      return behind(current.slice(0, comma), starting(current.slice(comma), rulesAndCodes(current)));
    case 'CODE=RESOURCE':
      return starting(
        current,
        codeWords().map(({ word, about }) => ({ word: `${word}=`, about })),
      );
    case 'NAMESPACE':
      return starting(current, (await names()).namespaces.map(plain));
    case 'KIND/NS/NAME':
      return starting(current, (await names()).resources.map(plain));
    case 'NS/WORKLOAD':
    case 'NS/WORKLOAD[:PORT]':
      return starting(current, (await names()).workloads.map(plain));
    case 'NAME':
      return starting(current, (await names()).clusters.map(plain));
    case 'NAME,…':
      return behind(
        current.slice(0, comma),
        starting(current.slice(comma), (await names()).clusters.map(plain)),
      );
    case 'VERSION':
      return starting(current, releases().map(plain));
    case 'NAME=PATH':
      return given.flags.has(flag.name) && !current.includes('=') ? nothing : files;
    default:
      if (flag.name === 'format') return starting(current, Object.keys(formats).map(plain));
      return /FILE|PATH|GLOB/.test(flag.value ?? '') ? files : nothing;
  }
}

/** A word that is no flag: which, says the usage of the command. */
async function argumentOf(current: string, context: Context): Promise<Completion> {
  const { positionals } = context.given;
  const args = context.command.registeredArguments;
  const argument: Argument | undefined = args[positionals.length] ?? args.at(-1);
  const names = (): Promise<InputNames> => context.grammar.namesIn(pathsOf(context));
  if (positionals.length >= args.length && argument?.variadic !== true) return nothing;
  switch (argument?.name()) {
    case 'path':
    case 'file':
      return files;
    case 'shell':
      return starting(current, Object.keys(completionScripts).map(plain));
    case 'subject':
      return starting(current, (await names()).resources.map(plain));
    case 'what':
      return starting(current, [...questions, ...rulesAndCodes(current), ...kindWords(current)]);
    case 'subject-or-path':
      if (positionals.length > 1 || positionals[0] === 'mtls') return files;
      if (positionals[0] === 'authz') return starting(current, (await names()).workloads.map(plain));
      if (positionals[0] === 'waypoint') return starting(current, (await names()).resources.map(plain));
      return nothing;
    default:
      return nothing;
  }
}

/** Paths on the line, or else the working directory: somebody who names an object first gives its files later. */
function pathsOf({ command, given: { positionals } }: Context): readonly string[] {
  const words = command.registeredArguments.map((one) => one.name());
  const subjects = words[0] === 'what' ? (positionals[0] === 'mtls' ? 1 : 2) : words[0] === 'subject' ? 1 : 0;
  const paths = positionals.slice(subjects).filter((path) => path !== '-');
  return paths.length === 0 ? ['.'] : paths;
}

const questions: readonly Candidate[] = [
  { word: 'authz', about: 'which policies decide about requests to a workload' },
  { word: 'mtls', about: 'whether a connection is encrypted, and by what' },
  { word: 'waypoint', about: 'which waypoint stands before a Service or workload' },
];

function codeWords(): Candidate[] {
  const used = new Set<string>(rules.map(({ code }) => code));
  return Object.entries(codes).flatMap(([word, { name }]) => (used.has(word) ? [{ word, about: name }] : []));
}

/** Names of rules are offered once one is begun: with nothing written, codes are enough to choose from. */
function rulesAndCodes(current: string): Candidate[] {
  const begun = /(?:^|,)[a-z][^,]*$/.test(current);
  return begun ? rules.map(({ name, code }) => ({ word: name, about: code })) : codeWords();
}

function kindWords(current: string): Candidate[] {
  if (!/^[A-Z]/.test(current)) return [];
  const names = (Object.keys(kinds) as Kind[]).flatMap((kind) =>
    kinds[kind].pseudo ? [] : [kinds[kind].kind],
  );
  return [...new Set(names)].map((word) => ({ word, about: 'what its fields are for' }));
}

function releases(): string[] {
  const known: string[] = [];
  const last = parseVersion(knownReleases.last) ?? [];
  let [major = 1, minor = 0] = parseVersion(knownReleases.first) ?? [];
  for (; compareVersions([major, minor], last) <= 0; minor++) known.push(`${major}.${minor}`);
  return known;
}

function plain(word: string): Candidate {
  return { word, about: '' };
}

function starting(current: string, all: readonly Candidate[]): Completion {
  return { files: false, candidates: all.filter(({ word }) => word.startsWith(current)) };
}

/** The same with what stands before the value in the word. */
function behind(prefix: string, { files, candidates }: Completion): Completion {
  return { files, candidates: candidates.map(({ word, about }) => ({ word: prefix + word, about })) };
}

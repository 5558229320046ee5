import { compareText } from '../model/collections.ts';
import { kinds } from '../model/kinds.gen.ts';
import { type At, fieldPath } from '../model/paths.ts';
import { hasPlaceholder, hasPlaceholderName } from '../model/placeholder.ts';
import type { ProposedFix } from '../text/edit.ts';
import type { Path } from '../text/index.ts';
import type { Origin } from '../text/manifest.ts';
import type { Problem, ProblemPlace } from '../text/problem.ts';
import type { ShapeProblem, UnknownField } from './conform.ts';
import type { Breach } from './conform-limits.ts';
import { breachWords, meantWord, showPath } from './conform-words.ts';
import type { IdentifiedManifest } from './identify.ts';
import type { ValueReport } from './value-check.ts';
import { checkOf, loadValueChecks } from './value-checks.ts';

/** Checks the values of every manifest by itself. A check that fails is a problem of its own; the others go on. */
export async function checkValues(resources: readonly IdentifiedManifest[]): Promise<readonly Problem[]> {
  const checks = await loadValueChecks(new Set(resources.map(({ kind }) => kind)));
  const problems: Problem[] = [];
  for (const resource of resources) {
    const { kind, body, origin } = resource;
    const check = checkOf(checks, kind);
    const before = problems.length;
    try {
      check?.({ kind, body, namespace: body.metadata.namespace }, reportOn(resource, problems));
    } catch (error) {
      problems.push({
        rule: 'input/internal-error',
        message: 'crashed',
        data: { rule: 'input/invalid-value', error: error instanceof Error ? error.message : String(error) },
        place: placeOf(origin, []),
        about: body,
      });
    }
    if (resource.breaches !== undefined) addBreaches(resource, resource.breaches, problems, before);
  }
  return problems;
}

/** Adds what the schema does not allow, unless the checks of the kind found it, too: they say it better. */
function addBreaches(
  { kind, body, origin }: IdentifiedManifest,
  breaches: readonly Breach[],
  problems: Problem[],
  from: number,
): void {
  const said = problems.flatMap(({ message, place }, index) =>
    index >= from && message === 'value' && place.field ? [{ index, path: place.field.path }] : [],
  );
  for (const breach of breaches) {
    const place = placeOfBreach(origin, breach);
    const path = place.field?.path ?? [];
    const told = said.find((one) => covers(one.path, path, breach));
    if (told !== undefined) {
      const problem = problems[told.index];
      if (problem !== undefined) problems[told.index] = { ...problem, ...spelling(place, breach) };
      continue;
    }
    problems.push({
      rule: ruleFor(kinds[kind].group),
      message: 'limit',
      data: breachWords(breach),
      place,
      about: body,
      ...spelling(place, breach),
    });
  }
}

/** Whether what was said of one place says what the schema does not allow at another. */
function covers(said: Path, path: Path, breach: Breach): boolean {
  switch (breach.limit) {
    case 'required':
      return startsWith(said, path);
    case 'repeated':
      return same(said, path) || breach.keys.some((key) => same(said, [...path, key]));
    case 'said':
      return (
        startsWith(said, path) &&
        (said.length === path.length || breach.fields?.has(String(said[path.length])) !== false)
      );
    default:
      return same(said, path);
  }
}

/** What the schema of a kind that no check knows does not allow. */
export function limitProblems(
  group: string,
  body: object,
  origin: Origin,
  breaches: readonly Breach[],
): Problem[] {
  return breaches.map((breach) => {
    const place = placeOfBreach(origin, breach);
    const data = breachWords(breach);
    return { rule: ruleFor(group), message: 'limit', data, place, about: body, ...spelling(place, breach) };
  });
}

/** The word that was meant where only its letters are of another case. */
function spelling({ field }: ProblemPlace, breach: Breach): { readonly fix?: ProposedFix } {
  if (breach.limit !== 'enum' || field === undefined) return {};
  const meant = meantWord(breach);
  if (meant === undefined) return {};
  return {
    fix: {
      title: `Write ${meant} instead of ${breach.value}`,
      safe: meant.toUpperCase() === breach.value.toUpperCase(),
      edits: [{ op: 'set', path: field.path, value: meant }],
    },
  };
}

function placeOfBreach(origin: Origin, breach: Breach): ProblemPlace {
  const part = breach.limit === 'said' && breach.atKey ? 'key' : 'value';
  return { source: origin.source, field: { ...fieldOf(origin, breach.path), part } };
}

function startsWith(path: Path, start: Path): boolean {
  return start.every((step, i) => path[i] === step);
}

function same(one: Path, other: Path): boolean {
  return one.length === other.length && startsWith(one, other);
}

/** The rule in whose words a value is told that the schema of its kind does not allow. */
export function ruleFor(group: string): string {
  return group.endsWith('istio.io') ? 'input/invalid-value' : 'input/invalid-resource';
}

function reportOn({ body, origin, misfits = [] }: IdentifiedManifest, problems: Problem[]): ValueReport {
  function add(rule: string, at: At, problem: string, help: string, hint: boolean): void {
    const field = fieldPath(body, at);
    if (field === undefined) throw new Error(`"${problem}" points at an object that is not in the manifest`);
    if (isFilledIn(at, field.path)) return;
    const told = rule === 'input/invalid-value' && misfits.some(({ path }) => startsWith(field.path, path));
    if (told) return;
    problems.push({
      rule,
      message: 'value',
      data: { problem, help },
      place: placeOf(origin, field.path, partOf(field.path, at)),
      about: body,
      ...(hint ? { hint: true as const } : {}),
    });
  }
  const at = (owner: object, key: string | number | undefined): At => ({ owner, key, part: 'value' });
  return {
    error: (owner, key, problem, help) => add('input/invalid-value', at(owner, key), problem, help, false),
    warning: (owner, key, problem, help) => add('input/doubtful-value', at(owner, key), problem, help, false),
    hint: (owner, key, problem, help) => add('input/doubtful-value', at(owner, key), problem, help, true),
  };
}

function partOf(path: Path, { owner, key }: At): 'key' | 'value' {
  const value: unknown = key === undefined ? owner : Reflect.get(owner, key);
  return partFor(path, typeof value === 'object');
}

/** Mappings and lists are told by their key: their value begins a line below, with a field of its own. */
function partFor(path: Path, holdsOthers: boolean): 'key' | 'value' {
  return holdsOthers && typeof path.at(-1) === 'string' ? 'key' : 'value';
}

/** Fields that never hold words in capitals. */
const names: ReadonlySet<string> = new Set(
  (
    'host hosts sniHosts gateways exportTo name namespace namespaces addresses address destinationSubnets ' +
    'ipBlocks notIpBlocks remoteIpBlocks notRemoteIpBlocks jwksUri issuer credentialName url uri principals'
  ).split(' '),
);

/** Whether a text only holds the place of a value that is filled in before the manifest is applied. */
function isFilledIn({ owner, key }: At, path: Path): boolean {
  const value: unknown = key === undefined ? undefined : Reflect.get(owner, key);
  if (typeof value !== 'string') return false;
  const field = path.findLast((step) => typeof step === 'string');
  return typeof field === 'string' && names.has(field) ? hasPlaceholderName(value) : hasPlaceholder(value);
}

/** Values of a wrong type, found while the manifest was made to fit its kind. */
export function shapeProblems(
  rule: string,
  body: object,
  origin: Origin,
  found: readonly ShapeProblem[],
): Problem[] {
  return found.map((problem) => ({
    rule,
    message: 'type',
    data: {
      field: showPath(problem.path) || 'The manifest',
      expected: inWords[problem.expected] ?? problem.expected,
      found: inWords[problem.found] ?? problem.found,
    },
    place: placeOf(origin, problem.path, partFor(problem.path, /^(?:list|map|object)$/.test(problem.found))),
    about: body,
  }));
}

/** Fields that the schema of the kind does not name. */
export function unknownFields(
  kind: string,
  body: object,
  origin: Origin,
  found: readonly UnknownField[],
): Problem[] {
  return found.map(({ path, suggestion, fits = false, homes, known }) => {
    const owner = showPath(path.slice(0, -1)) || `The ${kind}`;
    const field = String(path.at(-1));
    const few = homes.length > 0 && homes.length <= MOST_HOMES;
    return {
      rule: 'input/unknown-field',
      message: suggestion !== undefined ? 'misspelt' : few ? 'misplaced' : 'unknown',
      data: {
        owner,
        field,
        suggestion: suggestion ?? '',
        home: homes.map(showPath).join(' or '),
        known: [...known].sort(compareText).join(', '),
      },
      place: { source: origin.source, field: { ...fieldOf(origin, path), part: 'key' } },
      about: body,
      ...(suggestion === undefined ? {} : { fix: renaming(origin, path, suggestion, fits) }),
    };
  });
}
const MOST_HOMES = 3;

function renaming(origin: Origin, path: Path, to: string, safe: boolean): ProposedFix {
  const field = fieldOf(origin, path);
  return {
    title: `Rename ${String(path.at(-1))} to ${to}`,
    safe,
    edits: [{ op: 'rename', path: field.path, to }],
  };
}

/** Types as people name them. */
const inWords: Readonly<Record<string, string>> = {
  string: 'a text',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  'integer or string': 'a number or a text',
  list: 'a list',
  map: 'a mapping',
  object: 'a mapping',
  null: 'nothing',
};

function placeOf(origin: Origin, path: Path, part: 'key' | 'value' = 'value'): ProblemPlace {
  return { source: origin.source, field: { ...fieldOf(origin, path), part } };
}

function fieldOf({ start, end, item = [] }: Origin, path: Path): { start: number; end: number; path: Path } {
  return { start, end, path: [...item, ...path] };
}

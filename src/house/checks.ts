// Turns `checks` of the configuration, expressions over single resources, into rules.
import { settingError } from '../config/read-settings.ts';
import type { Settings, SettingsLayer } from '../config/settings.ts';
import { type Kind, kinds } from '../model/kinds.gen.ts';
import { nearestName } from '../model/near.ts';
import { isHouseCode } from '../sdk/code.ts';
import type { NamedRule } from '../sdk/rule.ts';
import { type CelCompiler, createCelCompiler, type Expression } from '../validate/cel/expression.ts';
import { checkRule, createConversion } from './check-rule.ts';
import { type KnownFields, loadKnownFields } from './known-fields.ts';
import { createMatcher, type Matcher } from './match.ts';
import { compileMessage, type Message } from './message.ts';
import { type PlaceStep, parsePlace } from './places.ts';

/** A check as the configuration has it. */
export type CheckDefinition = NonNullable<Settings['checks']>[number];

/** A check that became a rule, and where it was written. */
export interface HouseCheck {
  readonly named: NamedRule;
  readonly layer: SettingsLayer;
  readonly path: readonly (string | number)[];
}

const VARIABLES = ['object', 'metadata', 'spec', 'self'];

/** Compiles every check once. Throws ConfigError, with its place, for one that cannot be used. */
export async function compileChecks(layers: readonly SettingsLayer[]): Promise<readonly HouseCheck[]> {
  const compiler = createCelCompiler(VARIABLES);
  const celOf = createConversion();
  const checks: HouseCheck[] = [];
  const files = new Set<string>();
  for (const layer of layers) {
    // Two files that a configuration extends may extend a third.
    if (files.has(layer.name)) continue;
    files.add(layer.name);
    for (const [i, definition] of (layer.settings.checks ?? []).entries()) {
      const path = ['checks', i];
      const outcome = await compile(definition, compiler);
      if ('trouble' in outcome) {
        const { key, what, help } = outcome.trouble;
        throw await settingError(layer, [...path, ...key], `The check ${definition.code} ${what}`, help);
      }
      checks.push({ named: checkRule(outcome, celOf, layer.name), layer, path });
    }
  }
  return checks;
}

/** A check whose parts compile. */
export interface Check {
  readonly definition: CheckDefinition;
  readonly kinds: readonly Kind[];
  readonly matches: Matcher;
  readonly expression: Expression;
  readonly message: Message;
  /** Where it looks: `self` is what stands there. */
  readonly at: readonly PlaceStep[];
}

interface Trouble {
  readonly key: readonly (string | number)[];
  readonly what: string;
  readonly help: string;
}

async function compile(
  definition: CheckDefinition,
  compiler: CelCompiler,
): Promise<Check | { readonly trouble: Trouble }> {
  const { code, name, expression: text, message: messageText, match = {} } = definition;
  const trouble = (key: Trouble['key'], what: string, help: string) => ({ trouble: { key, what, help } });
  if (!isHouseCode(code)) {
    return trouble(
      ['code'],
      'has a code that cannot be its own.',
      'A code is a prefix of your own of two or more capitals, never IST, and four digits: ACME0001.',
    );
  }
  if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name)) {
    return trouble(
      ['name'],
      `is named "${name}".`,
      'A name has small letters, digits and single dashes: no-wildcard-host.',
    );
  }
  const judged: Kind[] = [];
  for (const [i, word] of definition.kinds.entries()) {
    const named = word === '*' ? everyKind : everyKind.filter((kind) => kind === word);
    if (named.length === 0) {
      const near =
        everyKind.find((kind) => kind.toLowerCase() === word.toLowerCase()) ?? nearestName(word, everyKind);
      const help = near === undefined ? `It may be "*", ${everyKind.join(', ')}.` : `Did you mean ${near}?`;
      return trouble(['kinds', i], `is for ${word}, which is no kind that meshlint knows.`, help);
    }
    judged.push(...named);
  }
  if (judged.length === 0) return trouble(['kinds'], 'is for no kind.', 'Name one: kinds: [VirtualService].');

  const place = definition.at === undefined ? undefined : parsePlace(definition.at);
  if (definition.at !== undefined && place === undefined) {
    return trouble(
      ['at'],
      `points at "${definition.at}", which is no path of a field.`,
      "Write it as spec.http[*].timeout or metadata.labels['app.kubernetes.io/name'].",
    );
  }
  const expression = compiler.compile(text);
  if ('problem' in expression) {
    return trouble(['expression'], `does not compile: ${inWords(expression.problem)}.`, CEL_HELP);
  }
  const message = compileMessage(messageText, compiler);
  if ('problem' in message) {
    return trouble(
      ['message'],
      `has a message that does not compile: ${inWords(message.problem)}.`,
      'Expressions stand in braces, as {metadata.name}; a brace itself is written twice: {{.',
    );
  }
  const fields = await loadKnownFields(judged);
  const looked = (expressions: readonly Expression[]) => unknownField(fields, expressions, place ?? []);
  for (const [key, unknown] of [
    ['at', fields.unknownAt(place ?? [])],
    ['expression', looked([expression])],
    ['message', looked(message.expressions)],
  ] as const) {
    if (unknown === undefined) continue;
    const { path, suggestion } = unknown;
    return trouble(
      [key],
      `looks at ${path}, a field that ${judged.length === 1 ? `a ${judged[0]} does` : 'none of its kinds do'} not have.`,
      suggestion === undefined
        ? `meshlint explain ${judged[0]} lists its fields.`
        : `Did you mean ${suggestion}?`,
    );
  }
  return {
    definition,
    kinds: judged,
    matches: createMatcher(match),
    expression,
    message,
    at: place ?? commonPlace(expression),
  };
}

const everyKind = (Object.keys(kinds) as Kind[]).filter((kind) => kinds[kind].pseudo !== true);

const CEL_HELP =
  'It is an expression in CEL that is true where all is well, over object, metadata, spec and self (what stands at `at`).';

/** The parser's words without the place in the expression as it writes it. */
function inWords(problem: string): string {
  return problem
    .replace(/^<input>:(\d+):(\d+): /, (_, line, column) =>
      line === '1' ? `at character ${column}: ` : `at line ${line}, character ${column}: `,
    )
    .replace(/\.$/, '');
}

function unknownField(fields: KnownFields, expressions: readonly Expression[], at: readonly PlaceStep[]) {
  for (const lookup of expressions.flatMap((expression) => expression.lookups())) {
    const unknown = fields.unknownIn(lookup, at);
    if (unknown !== undefined) return unknown;
  }
  return undefined;
}

/** Where all that an expression looks at begins: the place to point at when nothing says which. */
function commonPlace(expression: Expression): readonly PlaceStep[] {
  const ways = expression.lookups().map(({ variable, steps }) => {
    const start = variable === 'object' || variable === 'self' ? [] : [variable];
    const end = steps.findIndex((step) => 'each' in step);
    const known = end < 0 ? steps : steps.slice(0, end);
    return [...start, ...known.flatMap((step) => ('field' in step ? [step.field] : []))];
  });
  const [first = [], ...others] = ways;
  const length = first.findIndex((step, i) => others.some((way) => way[i] !== step));
  const common = length < 0 ? first : first.slice(0, length);
  // A whole part says less than the name does.
  return common.length > 1 ? common : ['metadata', 'name'];
}

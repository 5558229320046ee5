import type { CelInput } from '@bufbuild/cel';
import { hasPlaceholderName } from '../../model/placeholder.ts';
import type { CelCompiler, Expression } from '../cel/expression.ts';
import type { Path } from '../conform.ts';
import type { Breach } from '../conform-limits.ts';
import { showPath } from '../conform-words.ts';
import { celValue, escapeField } from './cel-values.ts';
import { isFilledIn, isIn } from './check-schema.ts';
import type { CrdRule, CrdSchema } from './schema.ts';

/** What the rules of a schema find, and the rules that could not be judged. */
export interface RuleFindings {
  readonly breaches: Breach[];
  readonly unchecked: { readonly path: Path; readonly rule: string; readonly why: string }[];
}

/**
 * Evaluates the rules of a schema (`x-kubernetes-validations`) over a value that has its defaults, as the API server
 * does when a resource is created: rules about its former state say nothing then. Where the schema itself has found
 * something (`wrong`), or something is filled in later, the rules around it are not asked.
 */
export function checkRules(
  root: CrdSchema,
  value: unknown,
  wrong: readonly Path[],
  compiler: CelCompiler,
): RuleFindings {
  const found: RuleFindings = { breaches: [], unchecked: [] };
  const path: (string | number)[] = [];
  const somewhere = isFilledIn(value);

  /** Gives the value as rules see it, once the rules in it and on it were asked. */
  function visit(schema: CrdSchema, given: unknown): CelInput {
    const self = celValue(schema, given, compiler, (inner, one, step) => {
      path.push(step);
      const made = visit(inner, one);
      path.pop();
      return made;
    });
    if (schema.rules.length === 0 || given === null || given === undefined) return self;
    if (wrong.some((place) => isIn(place, path)) || (somewhere && isFilledIn(given))) return self;
    // Values of enums are written in capitals; so are stand-ins for other texts.
    if (typeof given === 'string' && schema.rare === undefined && hasPlaceholderName(given)) return self;
    for (const rule of schema.rules) judge(schema, rule, self, typeof given === 'object');
    return self;
  }

  function judge(schema: CrdSchema, rule: CrdRule, self: CelInput, isLong: boolean): void {
    const expression = compiler.compile(rule.rule);
    if ('problem' in expression) {
      pass(rule, expression.problem);
      return;
    }
    if (expression.usesOldSelf && !rule.optionalOldSelf) return;
    const stranger = unknownField(schema, expression);
    if (stranger !== undefined) {
      pass(rule, `it looks at ${stranger}, which its schema does not have`);
      return;
    }
    const outcome = expression.evaluate(self);
    if ('unknown' in outcome) pass(rule, outcome.unknown);
    else if ('error' in outcome) {
      const missing = /^field not found: (.*)$/.exec(outcome.error)?.[1];
      if (missing !== undefined && !mayHave(schema, missing)) {
        pass(rule, `it looks at ${missing}, which its schema does not have`);
      } else tell(rule, expression, `no rule can be applied to it: ${outcome.error}`, isLong);
    } else if (outcome.value === false) tell(rule, expression, messageOf(rule, self), isLong);
    else if (outcome.value !== true) pass(rule, 'it gives neither true nor false');
  }

  function pass({ rule }: CrdRule, why: string): void {
    found.unchecked.push({ path: path.filter((step) => typeof step === 'string'), rule: short(rule), why });
  }

  function tell(rule: CrdRule, { fields }: Expression, message: string, isLong: boolean): void {
    const place = [...path, ...stepsOf(rule.fieldPath)];
    const elsewhere = place.length > path.length;
    const own = fields === undefined ? undefined : new Set([...fields].map(unescapeField));
    found.breaches.push({
      limit: 'said',
      path: place,
      problem: `${showPath(place) || 'The manifest'}: ${message.replace(/\.$/, '')}`,
      help: `Its definition has the rule ${short(rule.rule)}`,
      atKey: isLong && !elsewhere && typeof place.at(-1) === 'string',
      ...(own === undefined || elsewhere ? {} : { fields: own }),
    });
  }

  function messageOf({ rule, message, messageExpression }: CrdRule, self: CelInput): string {
    if (messageExpression !== undefined) {
      const expression = compiler.compile(messageExpression);
      const outcome = 'problem' in expression ? undefined : expression.evaluate(self);
      const text = outcome !== undefined && 'value' in outcome ? outcome.value : undefined;
      if (typeof text === 'string' && text.trim() !== '' && !text.trim().includes('\n')) return text.trim();
    }
    return message ?? `it breaks the rule ${short(rule)}`;
  }

  visit(root, value);
  return found;
}

/** A field that a rule looks at and the schema does not name: the API server would not take such a definition. */
function unknownField(schema: CrdSchema, { fields }: Expression): string | undefined {
  if (fields === undefined || schema.type !== 'object') return undefined;
  const names = new Set([...schema.fields.keys()].map(escapeField));
  return [...fields].find((field) => !names.has(field));
}

/** Whether something in the schema may have such a field. */
function mayHave(schema: CrdSchema, field: string): boolean {
  if (schema.type === 'map' || schema.type === 'any') return true;
  const inner = [...schema.fields.values(), ...(schema.item === undefined ? [] : [schema.item])];
  return (
    [...schema.fields.keys()].some((name) => escapeField(name) === field) ||
    inner.some((one) => mayHave(one, field))
  );
}

function unescapeField(name: string): string {
  return name.replaceAll(/__(\w+?)__/g, (_, word: string) => marks[word] ?? word);
}
const marks: Readonly<Record<string, string>> = { underscores: '__', dot: '.', dash: '-', slash: '/' };

/** The steps of `.spec.names['app.io/x']`. */
function stepsOf(fieldPath: string | undefined): string[] {
  const steps = fieldPath?.matchAll(/\.([^.[\]]+)|\['((?:\\.|[^'\\])*)'\]/g) ?? [];
  return [...steps].map(([, name, quoted = '']) => name ?? quoted.replaceAll(/\\(.)/g, '$1'));
}

const LONGEST = 160;

function short(rule: string): string {
  const line = rule.replaceAll(/\s+/g, ' ').trim();
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST)}…`;
}

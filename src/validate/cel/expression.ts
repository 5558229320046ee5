import { type CelEnv, type CelInput, celEnv, isCelError, parse, plan } from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import { functions } from './functions.ts';
import { type Lookup, lookupsOf } from './lookups.ts';
import { type Expr, expandMacros } from './macros.ts';
import { rewriteOptionals } from './optional-syntax.ts';

/** An expression that can be evaluated. */
export interface Expression {
  readonly usesOldSelf: boolean;
  /** The fields of `self` that it looks at, escaped; undefined when it looks at `self` as a whole. */
  readonly fields: ReadonlySet<string> | undefined;
  /** The fields that it looks at, each from the variable on. */
  lookups(): readonly Lookup[];
  evaluate(self: CelInput): Outcome;
  /** The same with all of its variables. */
  evaluateWith(values: Readonly<Record<string, CelInput>>): Outcome;
}

export type Outcome =
  | { readonly value: unknown }
  /** An error that the API server comes to as well: it refuses the resource. */
  | { readonly error: string }
  /** meshlint does not know enough. */
  | { readonly unknown: string };

/** Compiles the rules of CustomResourceDefinitions; says of what it does not understand why. */
export interface CelCompiler {
  compile(expression: string): Expression | { readonly problem: string };
  /** A text of a type that CEL has a value of its own for; undefined if it is none. */
  convert(type: 'timestamp' | 'duration', text: string): CelInput | undefined;
}

/**
 * A compiler with the functions that Kubernetes has (apiserver's pkg/cel/library and cel-go's extensions), for
 * expressions over these variables.
 */
export function createCelCompiler(variables: readonly string[] = ['self', 'oldSelf']): CelCompiler {
  const known = new Set(variables);
  const compiled = new Map<string, ReturnType<CelCompiler['compile']>>();
  const env = celEnv({ funcs: [...strings, ...functions] });
  const names = new Set([...env.funcs].map(({ name }) => name));
  return {
    compile(expression) {
      const before = compiled.get(expression);
      if (before !== undefined) return before;
      const made = compile(env, names, known, expression);
      compiled.set(expression, made);
      return made;
    },
    convert(type, text) {
      const value = plan(env, parse(`${type}(self)`))({ self: text });
      return isCelError(value) ? undefined : value;
    },
  };
}

function compile(
  env: CelEnv,
  functionNames: ReadonlySet<string>,
  variables: ReadonlySet<string>,
  expression: string,
): ReturnType<CelCompiler['compile']> {
  try {
    const parsed = parse(rewriteOptionals(expression)).expr;
    if (parsed === undefined) return { problem: 'it is empty' };
    const expr = expandMacros(parsed);
    const uses: Uses = { fields: new Set(), whole: false, oldSelf: false };
    const problem = survey(expr, new Set(), { functions: functionNames, variables }, uses);
    if (problem !== undefined) return { problem };
    const run = plan(env, expr);
    return {
      usesOldSelf: uses.oldSelf,
      fields: uses.whole ? undefined : uses.fields,
      lookups: () => lookupsOf(expr, variables),
      evaluate: (self) => outcomeOf(() => run({ self, oldSelf: null })),
      evaluateWith: (values) => outcomeOf(() => run(values)),
    };
  } catch (error) {
    return { problem: oneLine(error instanceof Error ? error.message : String(error)) };
  }
}

function outcomeOf(run: () => unknown): Outcome {
  try {
    const value = run();
    if (!isCelError(value)) return { value };
    const message = oneLine(value.message);
    const { cause } = value;
    const ours = cause instanceof TypeError || cause instanceof RangeError || limits.test(message);
    return ours ? { unknown: message } : { error: message };
  } catch (error) {
    return { unknown: oneLine(error instanceof Error ? error.message : String(error)) };
  }
}

/** Errors that say that a value or a call was not understood, rather than that the value is wrong. */
const limits =
  /^(?:not supported|unsupported|unbound function|unresolved attribute|found no matching overload|type mismatch|unknown type|unimplemented|error parsing regexp|invalid (?:Any|expression|argument))/i;

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** What an expression may name. */
interface Names {
  readonly functions: ReadonlySet<string>;
  readonly variables: ReadonlySet<string>;
}

interface Uses {
  readonly fields: Set<string>;
  whole: boolean;
  oldSelf: boolean;
}

const typeNames: ReadonlySet<string> = new Set(
  'int uint double bool string bytes list map null_type type'.split(' '),
);

/** Operators, and what the planner treats by itself. */
const operators =
  /^(?:_?[-+*/%<>=!&|?:[\]@]+_?.*|@in|@not_strictly_false|_\?_:_|_\[_\]|in|__not_strictly_false__)$/;

/** Looks at every name of the expression: the planner would find out only at run time that it does not know one. */
function survey(expr: Expr, scope: ReadonlySet<string>, known: Names, uses: Uses): string | undefined {
  const each = (inner: readonly (Expr | undefined)[], within = scope): string | undefined => {
    for (const one of inner) {
      const problem = one === undefined ? undefined : survey(one, within, known, uses);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
  const kind = expr.exprKind;
  switch (kind.case) {
    case 'identExpr': {
      const { name } = kind.value;
      if (scope.has(name) || typeNames.has(name)) return undefined;
      if (!known.variables.has(name)) return `it names ${name}, which is not known`;
      if (name === 'self') uses.whole = true;
      if (name === 'oldSelf') uses.oldSelf = true;
      return undefined;
    }
    case 'selectExpr': {
      const { operand, field } = kind.value;
      if (operand?.exprKind.case === 'identExpr' && operand.exprKind.value.name === 'self') {
        if (!scope.has('self')) {
          uses.fields.add(field);
          return undefined;
        }
      }
      return each([operand]);
    }
    case 'listExpr':
      return each(kind.value.elements);
    case 'structExpr':
      if (kind.value.messageName !== '') return `it makes a ${kind.value.messageName}, which is not known`;
      return each(
        kind.value.entries.flatMap(({ keyKind, value }) => [
          keyKind.case === 'mapKey' ? keyKind.value : undefined,
          value,
        ]),
      );
    case 'comprehensionExpr': {
      const { iterRange, accuInit, loopCondition, loopStep, result, iterVar, accuVar } = kind.value;
      const within = new Set([...scope, iterVar, accuVar]);
      return each([iterRange, accuInit]) ?? each([loopCondition, loopStep, result], within);
    }
    case 'callExpr': {
      const { target, function: name, args } = kind.value;
      const spaced = target === undefined ? undefined : qualified(target, name);
      if (spaced !== undefined && known.functions.has(spaced)) return each(args);
      if (!known.functions.has(name) && !operators.test(name))
        return `it calls ${name}(), which is not known`;
      return each([target, ...args]);
    }
    default:
      return undefined;
  }
}

/** `format.named` of a call on the name of a library. */
function qualified(target: Expr, name: string): string | undefined {
  return target.exprKind.case === 'identExpr' ? `${target.exprKind.value.name}.${name}` : undefined;
}

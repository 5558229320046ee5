import { parse } from '@bufbuild/cel';

/** What the parser makes of an expression. */
export type Expr = NonNullable<ReturnType<typeof parse>['expr']>;

/** Functions that macros are made of. Nobody can write them, for CEL reserves `__`. */
export const KEYS = '__keys__';
export const ZIP = '__zip__';
export const MERGE = '__merge__';
export const SORT_BY = '__sort_by__';

/**
 * The macros that cel-go adds to the language and the parser does not know, each as a text in simpler macros. `$t` is
 * what it is called on, `$1` to `$4` are its arguments; those in `names` are variables. The value of a variable is
 * bound by a list of one: `[value].map(name, …)[0]`.
 */
interface Macro {
  readonly args: number;
  readonly names: readonly number[];
  readonly text: string;
}

const item = '[$t[$1]]';
const kept = `${KEYS}($t).filter($1, ${item}.all($2, $3))`;

const macros: Readonly<Record<string, readonly Macro[]>> = {
  all: [{ args: 3, names: [1, 2], text: `${KEYS}($t).all($1, ${item}.all($2, $3))` }],
  exists: [{ args: 3, names: [1, 2], text: `${KEYS}($t).exists($1, ${item}.exists($2, $3))` }],
  existsOne: [{ args: 3, names: [1, 2], text: `${KEYS}($t).exists_one($1, ${item}.exists_one($2, $3))` }],
  exists_one: [{ args: 3, names: [1, 2], text: `${KEYS}($t).exists_one($1, ${item}.exists_one($2, $3))` }],
  transformList: [
    { args: 3, names: [1, 2], text: `${KEYS}($t).map($1, ${item}.map($2, $3)[0])` },
    { args: 4, names: [1, 2], text: `${kept}.map($1, ${item}.map($2, $4)[0])` },
  ],
  transformMap: [
    { args: 3, names: [1, 2], text: `${ZIP}(${KEYS}($t), ${KEYS}($t).map($1, ${item}.map($2, $3)[0]))` },
    { args: 4, names: [1, 2], text: `${ZIP}(${kept}, ${kept}.map($1, ${item}.map($2, $4)[0]))` },
  ],
  transformMapEntry: [
    { args: 3, names: [1, 2], text: `${MERGE}(${KEYS}($t).map($1, ${item}.map($2, $3)[0]))` },
    { args: 4, names: [1, 2], text: `${MERGE}(${kept}.map($1, ${item}.map($2, $4)[0]))` },
  ],
  optMap: [
    {
      args: 2,
      names: [1],
      text: '$t.hasValue() ? optional.of([$t.value()].map($1, $2)[0]) : optional.none()',
    },
  ],
  optFlatMap: [
    { args: 2, names: [1], text: '$t.hasValue() ? [$t.value()].map($1, $2)[0] : optional.none()' },
  ],
  sortBy: [{ args: 2, names: [1], text: `${SORT_BY}($t, $t.map($1, $2))` }],
};

const bind: Macro = { args: 3, names: [1], text: '[$2].map($1, $3)[0]' };

/** The expression with all macros written out, the innermost first. */
export function expandMacros(expr: Expr): Expr {
  const kind = expr.exprKind;
  switch (kind.case) {
    case 'selectExpr':
      if (kind.value.operand !== undefined) kind.value.operand = expandMacros(kind.value.operand);
      return expr;
    case 'listExpr':
      kind.value.elements = kind.value.elements.map(expandMacros);
      return expr;
    case 'structExpr':
      for (const entry of kind.value.entries) {
        if (entry.keyKind.case === 'mapKey') entry.keyKind.value = expandMacros(entry.keyKind.value);
        if (entry.value !== undefined) entry.value = expandMacros(entry.value);
      }
      return expr;
    case 'comprehensionExpr': {
      const fold = kind.value;
      for (const part of ['iterRange', 'accuInit', 'loopCondition', 'loopStep', 'result'] as const) {
        const inner = fold[part];
        if (inner !== undefined) fold[part] = expandMacros(inner);
      }
      return expr;
    }
    case 'callExpr': {
      const call = kind.value;
      call.args = call.args.map(expandMacros);
      if (call.target !== undefined) call.target = expandMacros(call.target);
      return expandCall(expr, call.target, call.function, call.args);
    }
    default:
      return expr;
  }
}

function expandCall(expr: Expr, target: Expr | undefined, name: string, args: readonly Expr[]): Expr {
  if (target === undefined) return expr;
  const isBind = name === 'bind' && nameOf(target) === 'cel';
  const macro = isBind
    ? bind
    : Object.hasOwn(macros, name)
      ? macros[name]?.find((one) => one.args === args.length)
      : undefined;
  if (macro === undefined || macro.args !== args.length) return expr;
  let { text } = macro;
  for (const at of macro.names) {
    const variable = nameOf(args[at - 1]);
    if (variable === undefined) return expr;
    text = text.replaceAll(`$${at}`, variable);
  }
  const made = parse(text.replaceAll(/\$(?=\w)/g, STAND_IN)).expr;
  return made === undefined ? expr : fill(made, target, args);
}

const STAND_IN = '__arg_';

function nameOf(expr: Expr | undefined): string | undefined {
  return expr?.exprKind.case === 'identExpr' ? expr.exprKind.value.name : undefined;
}

/** Puts the arguments where their names stand. */
function fill(expr: Expr, target: Expr, args: readonly Expr[]): Expr {
  const name = nameOf(expr);
  if (name?.startsWith(STAND_IN)) {
    const which = name.slice(STAND_IN.length);
    return (which === 't' ? target : args[Number(which) - 1]) ?? expr;
  }
  const kind = expr.exprKind;
  if (kind.case === 'callExpr') {
    kind.value.args = kind.value.args.map((arg) => fill(arg, target, args));
    if (kind.value.target !== undefined) kind.value.target = fill(kind.value.target, target, args);
  } else if (kind.case === 'listExpr') {
    kind.value.elements = kind.value.elements.map((element) => fill(element, target, args));
  } else if (kind.case === 'comprehensionExpr') {
    for (const part of ['iterRange', 'accuInit', 'loopCondition', 'loopStep', 'result'] as const) {
      const inner = kind.value[part];
      if (inner !== undefined) kind.value[part] = fill(inner, target, args);
    }
  }
  return expr;
}

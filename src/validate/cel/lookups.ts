import type { Expr } from './macros.ts';
import { OPTIONAL_FIELD } from './optional-syntax.ts';

/** A field's name, or any one item or value of what came before. */
export type LookupStep = { readonly field: string } | { readonly each: 'item' | 'key' };

/** What an expression looks at: a variable, and the way down from it. */
export interface Lookup {
  readonly variable: string;
  readonly steps: readonly LookupStep[];
}

/**
 * The longest ways down from variables that an expression goes. Inside a macro, its variable stands for an item of the
 * list (`each: 'item'`) or a key of the map that it is called on, whichever it is.
 */
export function lookupsOf(expr: Expr, variables: ReadonlySet<string>): readonly Lookup[] {
  const found: Lookup[] = [];

  /** Follows a chain of selections to its variable; undefined when it begins with something else. */
  function chain(expr: Expr | undefined, scope: ReadonlyMap<string, Lookup | undefined>): Lookup | undefined {
    const kind = expr?.exprKind;
    if (kind?.case === 'identExpr') {
      const { name } = kind.value;
      if (scope.has(name)) return scope.get(name);
      return variables.has(name) ? { variable: name, steps: [] } : undefined;
    }
    if (kind?.case === 'selectExpr')
      return step(chain(kind.value.operand, scope), { field: kind.value.field });
    if (kind?.case !== 'callExpr') return undefined;
    const { function: name, target, args } = kind.value;
    const [owner, key] = target === undefined ? args : [target, ...args];
    if (name !== OPTIONAL_FIELD && name !== '_[_]') return undefined;
    const constant = textOf(key);
    return step(chain(owner, scope), constant === undefined ? { each: 'item' } : { field: constant });
  }

  function visit(expr: Expr | undefined, scope: ReadonlyMap<string, Lookup | undefined>): void {
    if (expr === undefined) return;
    const lookup = chain(expr, scope);
    if (lookup !== undefined) {
      found.push(lookup);
      return;
    }
    const kind = expr.exprKind;
    if (kind.case === 'selectExpr') visit(kind.value.operand, scope);
    else if (kind.case === 'listExpr') for (const one of kind.value.elements) visit(one, scope);
    else if (kind.case === 'structExpr') {
      for (const { keyKind, value } of kind.value.entries) {
        if (keyKind.case === 'mapKey') visit(keyKind.value, scope);
        visit(value, scope);
      }
    } else if (kind.case === 'callExpr') {
      for (const one of [kind.value.target, ...kind.value.args]) visit(one, scope);
    } else if (kind.case === 'comprehensionExpr') {
      const { iterRange, accuInit, loopCondition, loopStep, result, iterVar, accuVar } = kind.value;
      visit(iterRange, scope);
      visit(accuInit, scope);
      const item = step(chain(iterRange, scope), { each: 'key' });
      const within = new Map(scope).set(iterVar, item).set(accuVar, undefined);
      for (const one of [loopCondition, loopStep, result]) visit(one, within);
    }
  }

  visit(expr, new Map());
  return found;
}

function step(to: Lookup | undefined, next: LookupStep): Lookup | undefined {
  return to && { variable: to.variable, steps: [...to.steps, next] };
}

function textOf(expr: Expr | undefined): string | undefined {
  const kind = expr?.exprKind;
  if (kind?.case !== 'constExpr') return undefined;
  const { constantKind } = kind.value;
  return constantKind.case === 'stringValue' ? constantKind.value : undefined;
}

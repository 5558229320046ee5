import type { RuleHead, Severity } from '../sdk/rule.ts';
import type { Pending } from './pending.ts';
import { isNamed, type Selection } from './run.ts';

/** How much findings of a rule weigh: `on` is what the rule says itself. */
export type Level = Severity | 'on' | 'off';

/** Severities that somebody chose, for everything or for some places. Later layers win over earlier ones. */
export interface SeverityLayer {
  /** By code, `area/name`, name, `area/*` or `*`. */
  readonly levels: Readonly<Record<string, Level>>;
  /** Whether the layer is for a finding in this file about a resource of this namespace; absent: for all. */
  readonly covers?: (file: string, namespace: string | undefined) => boolean;
}

export interface Severities {
  /** What runs, with the rules that some layer switches on or all of them leave off. */
  readonly selection: Selection;
  /** The finding with the weight that it has in its file; undefined when it has none there. */
  weigh(pending: Pending, file: string): Pending | undefined;
}

type Named = Pick<RuleHead, 'name' | 'code'>;

/**
 * What the layers make of the rules. `chosen` is what was said on the command line, which wins. Rules that say that the
 * input could not be read stay on: without them nobody would know why the analysis is incomplete.
 */
export function createSeverities(
  layers: readonly SeverityLayer[],
  rules: readonly RuleHead[],
  chosen: Selection,
  unavoidable: ReadonlySet<string>,
): Severities {
  const isAsked = (head: Named): boolean => isNamed(chosen.enable, head) || isNamed(chosen.only, head);
  const optIn = new Set<string>();
  const enable = new Set(chosen.enable);
  const disable = new Set(chosen.disable);
  for (const head of rules) {
    if (head.optIn) optIn.add(head.name);
    if (isAsked(head) || unavoidable.has(head.name)) continue;
    let isOff = false;
    let isRequested = false;
    for (const { levels, covers } of layers) {
      const level = levelOf(levels, head);
      if (level === undefined) continue;
      if (level !== 'off') {
        isOff = false;
        // `on` for many rules at once asks for none of them by name.
        isRequested ||= head.optIn === true || (level === 'on' && namesIt(levels, head));
      } else if (covers === undefined) {
        isOff = true;
        isRequested = false;
      }
    }
    if (isOff) disable.add(head.name);
    else if (isRequested) enable.add(head.name);
  }
  return {
    selection: { only: chosen.only, enable, disable },
    weigh(pending, file) {
      const { rule, resource, nearMiss } = pending;
      const head = { name: rule.name, code: rule.rule.code };
      let level: Level = optIn.has(head.name) ? 'off' : 'on';
      for (const { levels, covers } of layers) {
        const own = levelOf(levels, head);
        if (own !== undefined && (covers === undefined || covers(file, namespaceOf(resource)))) level = own;
      }
      if (level === 'off') return isAsked(head) || unavoidable.has(head.name) ? pending : undefined;
      if (level === 'on') return pending;
      // A guess is never more than a warning.
      return { ...pending, severity: nearMiss && level === 'error' ? 'warning' : level };
    },
  };
}

function namespaceOf(resource: Pending['resource']): string | undefined {
  return resource === undefined || resource.namespace === '' ? undefined : resource.namespace;
}

function namesIt(levels: SeverityLayer['levels'], { name, code }: Named): boolean {
  return [name, bareName(name), code].some((key) => Object.hasOwn(levels, key));
}

function bareName(name: string): string {
  return name.slice(name.indexOf('/') + 1);
}

/** The level that the most exact name of a rule is given. */
export function levelOf(levels: SeverityLayer['levels'], { name, code }: Named): Level | undefined {
  for (const key of [name, bareName(name), code, `${name.slice(0, name.indexOf('/'))}/*`, '*']) {
    if (Object.hasOwn(levels, key)) return levels[key];
  }
  return undefined;
}

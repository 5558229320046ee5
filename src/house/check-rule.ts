import { incomplete, type NotFound } from '../graph/lookup.ts';
import type { Resource } from '../graph/resource.ts';
import type { Reads } from '../graph/view.ts';
import { kinds } from '../model/kinds.gen.ts';
import { showRef } from '../model/names.ts';
import type { NamedRule, Rule, RuleContext } from '../sdk/rule.ts';
import { plain } from '../validate/crds/cel-values.ts';
import type { Check } from './checks.ts';
import type { Values } from './message.ts';
import { type Place, placesIn } from './places.ts';

type CelOf = (resource: Resource) => Values;

/** Gives the values of resources as expressions see them. Many checks look at the same one: it is converted once. */
export function createConversion(): CelOf {
  const known = new WeakMap<object, Values>();
  return ({ body }) => {
    const before = known.get(body);
    if (before !== undefined) return before;
    const made: Values = {
      object: plain(body),
      metadata: plain(body.metadata),
      spec: plain('spec' in body ? body.spec : null),
    };
    known.set(body, made);
    return made;
  };
}

/** The rule that a check is; `file` is the configuration that it stands in. */
export function checkRule(check: Check, celOf: CelOf, file: string): NamedRule {
  const { code, name, severity = 'warning', help, docs = file } = check.definition;
  const expression = check.definition.expression.replaceAll(/\s+/g, ' ').trim();
  const messages = {
    broken: {
      what: '{message}',
      why: `A rule of this house (${file}) asks for this: ${expression}`,
      help: help ?? 'Change it so that this holds.',
    },
    unjudged: {
      what: '{resource} could not be judged: {problem}.',
      why: `Nobody knows whether it keeps to this rule of the house (${file}): ${expression}`,
      help: 'In the expression, ask whether a field is there before it is used: has(spec.field), or spec.?field.orValue(…).',
    },
  } as const;
  type Context = RuleContext<Reads, typeof messages>;

  function judge(resource: Resource, { graph, report }: Context): void {
    for (const place of placesIn(resource.body, check.at)) {
      // Without `at` the expression is about the whole, and `self` is that.
      const self = check.definition.at === undefined ? resource.body : place.value;
      const here: Values = { ...celOf(resource), self: plain(self) };
      const outcome = check.expression.evaluateWith(here);
      if ('value' in outcome && outcome.value === true) continue;
      const changer = graph.changedBy(resource);
      const finding = {
        at: { owner: place.owner, key: place.key, part: isNamedPart(place) ? 'key' : 'value' },
        ...(changer === undefined ? {} : { lookup: unsettled(graph, code, resource, changer) }),
      } as const;
      if ('value' in outcome && outcome.value === false) {
        report(resource, { ...finding, message: 'broken', data: { message: check.message.fill(here) } });
      } else {
        const problem =
          'error' in outcome ? outcome.error : 'unknown' in outcome ? outcome.unknown : NO_ANSWER;
        const data = { resource: `${kinds[resource.kind].kind} ${showRef(resource)}`, problem };
        report(resource, { ...finding, message: 'unjudged', data });
      }
    }
  }

  const rule: Omit<Rule, 'check'> & { check(context: Context): void } = {
    code,
    severity,
    since: '0.0.0',
    summary: `${check.definition.message} (${check.definition.kinds.join(', ')}: ${expression})`,
    docs,
    reads: Object.fromEntries(check.kinds.map((kind) => [kind, 'some'])),
    messages,
    check(context) {
      for (const kind of check.kinds) {
        for (const resource of context.graph.list(kind))
          if (check.matches(resource)) judge(resource, context);
      }
    },
  };
  return { name: `checks/${name}`, rule };
}

/** A list or mapping is best shown by its name; its lines are many. */
function isNamedPart({ key, value }: Place): boolean {
  return typeof key === 'string' && typeof value === 'object';
}

const NO_ANSWER = 'the expression gives neither true nor false';

/** What is patched before it is applied may keep to the check then: said among what could not be settled. */
function unsettled(
  graph: RuleContext<Reads, never>['graph'],
  code: string,
  resource: Resource,
  changer: string,
): NotFound {
  const knowledge = incomplete(`${changer} changes it before it is applied`);
  return graph.missing({ what: `verdict of ${code}`, name: showRef(resource), knowledge }, resource);
}

import type { WholeGraph } from '../graph/graph.ts';
import type { Resource } from '../graph/resource.ts';
import { ensure } from '../model/collections.ts';
import type { FieldPath } from '../model/paths.ts';
import type { Fix } from '../sdk/fix.ts';
import type { NamedRule, RuleHead, Severity } from '../sdk/rule.ts';
import type { ProposedFix } from '../text/edit.ts';
import type { Problem, ProblemPlace } from '../text/problem.ts';
import type { Crash, RawFinding } from './run.ts';

/** What is to be reported, from a rule or from reading the input: chosen and silenced first, only then located. */
export interface Pending {
  readonly rule: NamedRule;
  readonly severity: Severity;
  readonly message: string;
  readonly data: Readonly<Record<string, string | number>>;
  readonly resource?: Resource;
  readonly place: ProblemPlace;
  readonly related: readonly PendingRelated[];
  readonly nearMiss?: true;
  readonly suggestion?: string;
  /** Only shown to those who switch the code on by name. */
  readonly hint?: true;
  /** How it can be repaired, worked out when it is asked for. */
  readonly fix?: ProposedFix | (() => Fix | undefined);
  readonly assumes?: readonly string[] | undefined;
}

export interface PendingRelated {
  readonly resource?: Resource;
  readonly place: ProblemPlace;
  readonly note: string;
}

/** A finding of a rule. */
export function pendingFinding(finding: RawFinding): Pending {
  const { rule, severity, message, data, resource, field, related, nearMiss, suggestion, fix, assumes } =
    finding;
  return {
    rule,
    severity,
    message,
    data,
    resource,
    place: placeIn(resource, field),
    related: related.map((other) => ({
      resource: other.resource,
      place: placeIn(other.resource, other.field),
      note: other.note,
    })),
    ...(nearMiss ? { nearMiss: true as const } : {}),
    ...(suggestion === undefined ? {} : { suggestion }),
    ...(fix === undefined ? {} : { fix }),
    assumes,
  };
}

function placeIn({ origin }: Resource, { path, part }: FieldPath): ProblemPlace {
  const { source, start, end, item = [] } = origin;
  return { source, field: { start, end, path: [...item, ...path], part } };
}

/** Problems of the input, in the words of the rules that they name; those that no rule of the run names are left out. */
export function createProblemReader(
  clusters: readonly { readonly graph: WholeGraph }[],
  rules: readonly RuleHead[],
): (problem: Problem) => Promise<Pending | undefined> {
  const byName = new Map(rules.map((head) => [head.name, head]));
  const byBody = new Map<object, Resource>();
  function resourceOf(body: object): Resource | undefined {
    // Made when the first problem of a manifest is told: most inputs have none.
    if (byBody.size === 0) {
      for (const { graph } of clusters) {
        for (const resource of graph.all()) ensure(byBody, resource.body, () => resource);
      }
    }
    return byBody.get(body);
  }
  return async ({ rule: name, message, data, place, related = [], about, hint, fix }) => {
    const rule = await byName.get(name)?.load();
    if (rule === undefined) return undefined;
    const resource = about === undefined ? undefined : resourceOf(about);
    return {
      rule,
      severity: rule.rule.severity,
      message,
      data,
      place,
      related,
      ...(resource === undefined ? {} : { resource }),
      ...(hint === undefined ? {} : { hint }),
      ...(fix === undefined ? {} : { fix }),
    };
  };
}

/** A rule that threw, as a problem of the input (IST0001). */
export function crashProblem({ rule, error, resource }: Crash): Problem {
  return {
    rule: 'input/internal-error',
    message: 'crashed',
    data: { rule, error: error.message },
    place: { source: resource?.origin.source ?? { path: '', text: '' } },
  };
}

// Judges a cluster that is followed, again and again, and what changes would do to it.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Analysis } from '../engine/analyze.ts';
import type { Diagnostic } from '../engine/diagnostic.ts';
import { compareFindings, type Impact } from '../engine/impact.ts';
import type { ClusterWatch } from '../load/cluster/watch.ts';
import type { LiveObject, LiveState } from '../model/live.ts';
import { splitApiVersion } from '../model/names.ts';
import type { Severity } from '../sdk/rule.ts';
import {
  type AdmissionRequest,
  type ObjectIdentity,
  unjudged,
  type Verdict,
  verdictOn,
} from './admission.ts';
import type { FindingCount, Standing } from './standing.ts';

export interface JudgeRequest {
  readonly watch: ClusterWatch;
  /** Judges a state of the cluster, or one that is only tried. */
  readonly analyze: (state: LiveState, isTrial: boolean) => Promise<Analysis>;
  /** An object as reading the cluster would keep it; undefined for one of a kind that is not read. */
  readonly take: (object: Readonly<Record<string, unknown>>) => LiveObject | undefined;
  /** Which findings have a change denied. */
  readonly deny?: Severity;
  /** Milliseconds that what was created a moment ago may take to be told by the watch. */
  readonly settle?: number;
}

export interface Judge {
  /** How things stand now, and again after each change, until the watch is closed. */
  rounds(): AsyncIterable<Round>;
  review(request: AdmissionRequest, deadline: number): Promise<Verdict>;
}

export interface Round {
  readonly standing: Standing;
  readonly analysis: Analysis;
  /** What is new and gone since the round before; everything is new in the first. */
  readonly impact: Impact<Diagnostic>;
}

/** A state, and what was found in it. */
interface Basis {
  readonly state: LiveState;
  readonly diagnostics: readonly Diagnostic[];
}

const SETTLE = 300;
const LONGEST_REST = 30_000;

export function createJudge({ watch, analyze, take, deny, settle = SETTLE }: JudgeRequest): Judge {
  let current: Basis | undefined;

  async function basisOf(state: LiveState): Promise<Basis> {
    if (current?.state === state) return current;
    return { state, diagnostics: (await analyze(state, true)).report.diagnostics };
  }

  async function weigh(request: AdmissionRequest, basis: Basis): Promise<Verdict> {
    const { object, identity } = request;
    const kept = object === undefined ? undefined : take(object);
    const isUnread = object !== undefined && kept === undefined;
    const changed = isUnread ? undefined : layObject(basis.state, identity, kept);
    if (changed === undefined) return { outcome: 'allowed', warnings: [] };
    const { report } = await analyze(changed, true);
    return verdictOn(compareFindings(basis.diagnostics, report.diagnostics).introduced, request, deny);
  }

  let last: Promise<unknown> = Promise.resolve();
  /** One review after the other: each has a graph of its own, and a hundred of them would be a hundred graphs. */
  function inTurn(deadline: number, judge: () => Promise<Verdict>): Promise<Verdict> {
    const own = last.then(() => (Date.now() < deadline ? judge() : unjudged('meshlint is busy')));
    last = own.catch(() => {});
    return own;
  }

  return {
    async *rounds() {
      do {
        const start = Date.now();
        const state = watch.state();
        const analysis = await analyze(state, false);
        const { diagnostics } = analysis.report;
        const impact = compareFindings(current?.diagnostics ?? [], diagnostics);
        current = { state, diagnostics };
        const standing = standingOf(analysis, state, start);
        yield { standing, analysis, impact };
        // Where changes never end, half of the time is left to reviews and to others.
        await sleep(Math.min(standing.took, LONGEST_REST));
      } while (await watch.changed());
    },
    async review(request, deadline) {
      if (current === undefined) return unjudged('meshlint is still reading the cluster');
      const basis = current;
      const verdict = await inTurn(deadline, () => weigh(request, basis));
      if (verdict.outcome !== 'denied') return verdict;
      // What the object lacks may have been created a moment ago: a denial has to hold for what is there now.
      await sleep(Math.max(0, Math.min(settle, deadline - Date.now())));
      const state = watch.state();
      if (state === basis.state) return verdict;
      return inTurn(deadline, async () => weigh(request, await basisOf(state)));
    },
  };
}

/**
 * The state with an object put in the place of the one of its identity, or without that one; undefined when there is none
 * to take out.
 */
function layObject(
  state: LiveState,
  identity: ObjectIdentity,
  object: LiveObject | undefined,
): LiveState | undefined {
  const others = state.objects.filter(({ value }) => !isOf(value, identity));
  if (object === undefined && others.length === state.objects.length) return undefined;
  return { ...state, objects: object === undefined ? others : [...others, object] };
}

function isOf(value: LiveObject['value'], { group, kind, namespace, name }: ObjectIdentity): boolean {
  if (value.kind !== kind) return false;
  const metadata: Partial<Record<string, unknown>> = Object(value.metadata);
  return (
    metadata.name === name &&
    (metadata.namespace ?? '') === namespace &&
    splitApiVersion(String(value.apiVersion)).group === group
  );
}

function standingOf({ report }: Analysis, state: LiveState, start: number): Standing {
  const counts = new Map<string, FindingCount>();
  for (const { code, rule, severity, resource } of report.diagnostics) {
    const namespace = resource?.namespace ?? '';
    const key = `${rule} ${severity} ${namespace}`;
    const count = (counts.get(key)?.count ?? 0) + 1;
    counts.set(key, { code, rule, severity, namespace, count });
  }
  const end = Date.now();
  return {
    cluster: state.cluster,
    findings: [...counts.values()],
    suppressed: report.summary.suppressed,
    objects: report.coverage.kinds,
    unread: state.outcomes
      .filter((outcome) => outcome.state !== 'ok' && outcome.state !== 'not-installed')
      .map(({ resource, group, state: why }) => ({ resource, group, state: why })),
    complete: !report.summary.incomplete,
    judgedAt: end,
    took: end - start,
    report: JSON.stringify(report),
  };
}

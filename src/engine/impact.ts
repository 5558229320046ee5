// What a change does to the findings: those of the state before it against those of the state after it.
import { pushTo } from '../model/collections.ts';
import { splitApiVersion } from '../model/names.ts';
import type { ObjectId } from '../model/object-id.ts';
import type { Severity } from '../sdk/rule.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { Coverage, Report } from './report.ts';

/** Findings sorted by what a change does to them, each list in the order of a report. */
export interface Impact<T> {
  readonly introduced: readonly T[];
  readonly gone: readonly T[];
  /** As they are found afterwards. */
  readonly unchanged: readonly T[];
}

/** Version of the shape of such a report (`schemas/impact.schema.json`); raised when a reader could break. */
export const IMPACT_VERSION = '1';

/** What files would do to a cluster. */
export interface ImpactReport {
  readonly version: typeof IMPACT_VERSION;
  readonly tool: Report['tool'];
  /** The cluster that the files are laid over, as its kubeconfig calls it. */
  readonly cluster: string;
  readonly summary: ImpactSummary;
  readonly objects: ChangedObjects;
  /** Findings that are not there without the change. */
  readonly new: readonly Diagnostic[];
  /** Findings that are not there with it, as they are found without it. */
  readonly gone: readonly Diagnostic[];
  /** Findings that are there with and without it, as they are found with it. */
  readonly unchanged: readonly Diagnostic[];
  /** What was read of the cluster and of the files over it. */
  readonly coverage: Coverage;
}

export interface ImpactSummary {
  readonly new: Tally;
  readonly gone: Tally;
  readonly unchanged: Tally;
  /** Whether something that should have been read was not, or a rule crashed: exit code 3. */
  readonly incomplete: boolean;
}

export interface Tally {
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
}

/** What becomes of the objects of a cluster. */
export interface ChangedObjects {
  readonly added: readonly ObjectId[];
  readonly replaced: readonly ObjectId[];
  /** As asked for; what goes with them is not named. */
  readonly removed: readonly ObjectId[];
  /** What was to be removed and is not there, or was not read. */
  readonly notFound: readonly ObjectId[];
}

/** Makes one report of those of a cluster without and with a change. */
export function reportImpact(before: Report, after: Report, objects: ChangedObjects): ImpactReport {
  const { introduced, gone, unchanged } = compareFindings(before.diagnostics, after.diagnostics);
  return {
    version: IMPACT_VERSION,
    tool: after.tool,
    cluster: after.coverage.live?.cluster ?? '',
    summary: {
      new: tallyOf(introduced),
      gone: tallyOf(gone),
      unchanged: tallyOf(unchanged),
      incomplete: before.summary.incomplete || after.summary.incomplete,
    },
    objects,
    new: introduced,
    gone,
    unchanged,
    coverage: after.coverage,
  };
}

function tallyOf(findings: readonly Pick<Diagnostic, 'severity'>[]): Tally {
  const tally = (wanted: Severity): number => findings.filter(({ severity }) => severity === wanted).length;
  return { errors: tally('error'), warnings: tally('warning'), infos: tally('info') };
}

/** What tells one finding from another. */
type Finding = Pick<
  Diagnostic,
  'code' | 'rule' | 'message' | 'path' | 'resource' | 'location' | 'fingerprint'
>;

/**
 * Pairs the findings of two states of one mesh. A finding stays the same when its resource only moves to another file,
 * from the cluster to a file or to another version of its API, and when the field that it is about only changes its
 * place in a list. Each finding is paired once, so that a second one of the same kind counts as introduced.
 */
export function compareFindings<T extends Finding>(before: readonly T[], after: readonly T[]): Impact<T> {
  const exact = pair(before, after, exactKey);
  const moved = pair(exact.before, exact.after, movedKey);
  const introduced = new Set(moved.after);
  return {
    introduced: moved.after,
    gone: moved.before,
    unchanged: after.filter((finding) => !introduced.has(finding)),
  };
}

/** Takes out what has a partner of the same key on the other side. */
function pair<T>(
  before: readonly T[],
  after: readonly T[],
  keyOf: (finding: T) => string,
): { readonly before: readonly T[]; readonly after: readonly T[] } {
  const waiting = new Map<string, T[]>();
  for (const finding of before) pushTo(waiting, keyOf(finding), finding);
  const fresh = after.filter((finding) => waiting.get(keyOf(finding))?.shift() === undefined);
  const left = new Set([...waiting.values()].flat());
  return { before: before.filter((finding) => left.has(finding)), after: fresh };
}

function exactKey(finding: Finding): string {
  return JSON.stringify([...identity(finding), finding.path]);
}

/** Positions in lists are left out: what is written above a field moves it. */
function movedKey(finding: Finding): string {
  return JSON.stringify([
    ...identity(finding),
    finding.path.map((step) => (typeof step === 'number' ? 0 : step)),
  ]);
}

/** The rule, what it says, and whom it is about; a version is another way to write the same resource. */
function identity({ code, rule, message, resource, location, fingerprint }: Finding): readonly string[] {
  if (resource === undefined) return [code, rule, message, location?.file ?? fingerprint];
  const { group } = splitApiVersion(resource.apiVersion);
  return [code, rule, message, group, resource.kind, resource.namespace ?? '', resource.name];
}

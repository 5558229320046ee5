// What a change does to the findings: those of the state before it against those of the state after it.
import { pushTo } from '../model/collections.ts';
import { splitApiVersion } from '../model/names.ts';
import type { Diagnostic } from './diagnostic.ts';

/** Findings sorted by what a change does to them, each list in the order of a report. */
export interface Impact<T> {
  readonly introduced: readonly T[];
  readonly gone: readonly T[];
  /** As they are found afterwards. */
  readonly unchanged: readonly T[];
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

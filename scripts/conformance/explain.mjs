// @ts-check
// Gives each difference its class, by the listed deviations and by the list of differences with their reasons.

/** @typedef {import('./compare.mjs').Difference} Difference */
/** @typedef {{ case: string, kind: string, code: string, resource?: string, reason: string }} Deviation */
/**
 * @typedef {object} Entry a difference in the place of findings, and why it is right
 * @property {'judged' | 'repeated' | 'more' | 'unsaid'} kind
 * @property {string} code
 * @property {string} [ours] pattern of our place, as `spec.ports[].name`; `*` stands for one key
 * @property {string} [theirs] pattern of the recorded place, or `first line`
 * @property {string} [resource] `Kind namespace/name`, where the pattern would hold for others, too
 * @property {string} reason
 */
/** @typedef {Difference & { reason?: string }} Explained */

/** What may be said of a recorded line. */
export const classes = /** @type {const} */ ({
  equal: 'the same line',
  field: "the field's own line; recorded: the resource's first line or name, or a field around it",
  parent: 'the nearest field around one that is missing; recorded: a wider one',
  name: 'the name of a resource that is meant as a whole; recorded: its first line, which may be a comment',
  shifted: 'the right line; recorded: the one below it, after a separator that ends no document',
  line: 'a line; recorded: none',
  judged: 'a better field than the recorded one',
  repeated: 'one finding; recorded: several on the same line',
  deviation: 'no finding: a listed deviation',
  unsaid: 'no finding: said in another way',
  differs: 'not explained',
});
const worse = new Set(['deviation', 'unsaid', 'differs']);
/** @type {Readonly<Record<string, Entry['kind']>>} */
const explainable = { other: 'judged', again: 'repeated', left: 'unsaid', extra: 'more' };

/** Whether a class is equal to what is recorded, or better. @param {string} kind */
export function isEqualOrBetter(kind) {
  return !worse.has(kind);
}

/**
 * @param {readonly Difference[]} differences @param {readonly Entry[]} entries @param {readonly Deviation[]} deviations
 * @returns {{ explained: Explained[], unused: Entry[] }} entries that explain nothing are to be taken away
 */
export function explain(differences, entries, deviations) {
  const missing = new Map(
    deviations
      .filter(({ kind }) => kind === 'missing')
      .map((one) => [`${one.case} ${one.code} ${one.resource}`, one.reason]),
  );
  /** @type {Set<Entry>} */
  const used = new Set();
  const explained = differences.map((difference) => {
    if (Object.hasOwn(classes, difference.kind)) return difference;
    const wanted = explainable[difference.kind];
    const deviation = missing.get(`${difference.case} ${difference.code} ${difference.resource}`);
    if (wanted === 'unsaid' && deviation !== undefined) {
      return { ...difference, kind: 'deviation', reason: deviation };
    }
    const entry = entries.find((one) => one.kind === wanted && explains(one, difference));
    if (wanted === undefined || entry === undefined) return { ...difference, kind: 'differs' };
    used.add(entry);
    return { ...difference, kind: wanted, reason: entry.reason };
  });
  return { explained, unused: entries.filter((entry) => !used.has(entry)) };
}

/** @param {Entry} entry @param {Difference} difference */
function explains({ code, ours, theirs, resource }, difference) {
  return (
    code === difference.code &&
    (resource === undefined || resource === difference.resource) &&
    (ours === undefined || fits(ours, difference.ours)) &&
    (theirs === undefined || fits(theirs, difference.theirs))
  );
}

/** @param {string} pattern @param {string} path */
function fits(pattern, path) {
  const parts = pattern.split('.');
  const steps = path.split('.');
  return parts.length === steps.length && parts.every((part, index) => part === '*' || part === steps[index]);
}

// What is known of the objects of a cluster that is followed, so that only those that changed are looked at.
import type { GraphInput } from '../graph/graph.ts';
import { manifestsOf } from '../load/cluster/manifests.ts';
import { pushTo } from '../model/collections.ts';
import type { LiveObject, LiveState } from '../model/live.ts';
import type { ProxyReading } from '../model/proxy-reading.ts';
import type { Source } from '../text/index.ts';
import type { Manifest } from '../text/manifest.ts';
import type { Problem } from '../text/problem.ts';
import { checkValues } from '../validate/check-values.ts';
import { isDefinition, readDefinitions } from '../validate/crds/definitions.ts';
import { type Identification, type IdentifiedManifest, identify } from '../validate/identify.ts';
import { readProxyAnnotations } from '../validate/proxy-readings.ts';
import { mayBeSilenced } from './live.ts';

/** What the objects of one state are, and what is wrong with each by itself. */
export interface KeptChecks
  extends Pick<Identification, 'resources' | 'otherKinds'>,
    Required<Pick<GraphInput, 'proxyReadings'>> {
  readonly manifests: readonly Manifest[];
  readonly silenced: readonly Manifest[];
  /** Of their kinds, then of their values. */
  readonly problems: readonly (readonly Problem[])[];
}

/** What is known of an object. */
interface Known {
  readonly manifest: Manifest;
  readonly isSilenced: boolean;
  /** Absent where no rule reads its kind. */
  readonly resource?: IdentifiedManifest;
  readonly ofKind: readonly Problem[];
  readonly ofValues: readonly Problem[];
  readonly readings: ReadonlyMap<string, ProxyReading>;
}

/** Checks the objects of a state; undefined where what is wrong with one is told by others, too. */
export type CheckObjects = (state: Pick<LiveState, 'cluster' | 'objects'>) => Promise<KeptChecks | undefined>;

/**
 * Checks objects as a session does, but each only once: what a later state still has is not looked at again, as long as
 * the definitions of kinds are the same. What no state has any more is forgotten.
 */
export function createObjectKeeper(): CheckObjects {
  let definitions: readonly LiveObject[] = [];
  let name = '';
  let kept = new WeakMap<LiveObject, Known>();

  return async ({ cluster, objects }) => {
    const defining = objects.filter(({ value }) => isDefinition(value));
    const given = manifestsOf({ cluster, objects: defining }, true);
    const hasSchemas = [...readDefinitions(given).values()]
      .flat()
      .some((version) => version.schema() !== undefined);
    if (hasSchemas) return undefined;
    if (cluster !== name || !areSame(defining, definitions)) kept = new WeakMap();
    [name, definitions] = [cluster, defining];
    const known = kept;
    const { checks, otherKinds } = await check(
      cluster,
      objects.filter((object) => !known.has(object)),
      given,
    );
    // What no rule reads is counted each time; hardly anything of that sort is ever read.
    for (const [object, one] of checks) if (one.resource !== undefined) known.set(object, one);

    return { ...gather(objects, (object) => known.get(object) ?? checks.get(object)), otherKinds };
  };
}

/** What is known of all objects, in their order; most of them have nothing wrong. */
function gather(
  objects: readonly LiveObject[],
  knownOf: (object: LiveObject) => Known | undefined,
): Omit<KeptChecks, 'otherKinds'> {
  const manifests: Manifest[] = [];
  const silenced: Manifest[] = [];
  const resources: IdentifiedManifest[] = [];
  const ofKinds: Problem[] = [];
  const ofAllValues: Problem[] = [];
  const proxyReadings = new Map<string, ProxyReading>();
  for (const object of objects) {
    const known = knownOf(object);
    if (known === undefined) continue;
    const { manifest, isSilenced, resource, ofKind, ofValues, readings } = known;
    manifests.push(manifest);
    if (isSilenced) silenced.push(manifest);
    if (resource !== undefined) resources.push(resource);
    for (const problem of ofKind) ofKinds.push(problem);
    for (const problem of ofValues) ofAllValues.push(problem);
    for (const [text, reading] of readings) proxyReadings.set(text, reading);
  }
  return { manifests, silenced, resources, problems: [ofKinds, ofAllValues], proxyReadings };
}

async function check(
  cluster: string,
  objects: readonly LiveObject[],
  given: readonly Manifest[],
): Promise<{ readonly checks: ReadonlyMap<LiveObject, Known> } & Pick<Identification, 'otherKinds'>> {
  const manifests = manifestsOf({ cluster, objects });
  // Before values are repaired.
  const silenced = new Set(manifests.filter(mayBeSilenced));
  const { resources, problems, otherKinds } = await identify(manifests, { given, breaches: new Map() });
  const values = await checkValues(resources.filter(({ filledIn }) => filledIn === undefined));
  const bySource = new Map(resources.map((resource) => [resource.origin.source, resource]));
  const [ofKinds, ofValues] = [grouped(problems), grouped(values)];
  const checks = new Map<LiveObject, Known>();
  for (const [i, manifest] of manifests.entries()) {
    const object = objects[i];
    const { source } = manifest.origin;
    const resource = bySource.get(source);
    if (object === undefined) continue;
    checks.set(object, {
      manifest,
      isSilenced: silenced.has(manifest),
      ...(resource === undefined ? {} : { resource }),
      ofKind: ofKinds.get(source) ?? none,
      ofValues: ofValues.get(source) ?? none,
      readings: await readProxyAnnotations(resource === undefined ? [] : [resource]),
    });
  }
  return { checks, otherKinds };
}

const none: readonly Problem[] = [];

/** Each object of a cluster is a source of its own. */
function grouped(problems: readonly Problem[]): ReadonlyMap<Source, readonly Problem[]> {
  const groups = new Map<Source, Problem[]>();
  for (const problem of problems) pushTo(groups, problem.place.source, problem);
  return groups;
}

function areSame<T>(one: readonly T[], other: readonly T[]): boolean {
  return one.length === other.length && one.every((item, i) => item === other[i]);
}

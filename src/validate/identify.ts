import { type Kind, type Kinds, kinds } from '../model/kinds.gen.ts';
import { splitApiVersion } from '../model/names.ts';
import { nearestName } from '../model/near.ts';
import type { Manifest, Origin } from '../text/manifest.ts';
import type { Problem } from '../text/problem.ts';
import { limitProblems, ruleFor, shapeProblems, unknownFields } from './check-values.ts';
import {
  createConformer,
  type Path,
  type ShapeProblem,
  typed,
  type UnknownField,
  type Watch,
} from './conform.ts';
import type { Breach } from './conform-limits.ts';
import { loadShapes } from './shapes.ts';

/** A manifest of a kind that meshlint knows, made to fit that kind. */
export interface IdentifiedManifest<K extends Kind = Kind> {
  readonly kind: K;
  readonly body: Kinds[K];
  readonly apiVersion: string;
  readonly origin: Origin;
  /** Whether fields are missing that are filled in before it is applied. */
  readonly filledIn?: true;
  /** Values of a wrong type, which are gone or replaced; they are told already, or filled in later. */
  readonly misfits?: readonly ShapeProblem[];
  /** Values that its schema does not allow. */
  readonly breaches?: readonly Breach[];
}

export interface Identification {
  readonly resources: readonly IdentifiedManifest[];
  /** Kinds and versions that their API group does not have, and values of a wrong type. */
  readonly problems: readonly Problem[];
  /** Manifests of kinds that no rule reads, counted by `group/Kind`. */
  readonly otherKinds: Readonly<Record<string, number>>;
}

/** Groups whose kinds meshlint knows completely, so that any other kind in them is a slip. */
const ownedGroups: ReadonlySet<string> = new Set([
  'networking.istio.io',
  'security.istio.io',
  'telemetry.istio.io',
  'extensions.istio.io',
  'gateway.networking.k8s.io',
]);

/** What such a group calls its reports and tools' files; nobody applies them. */
const files: ReadonlySet<string> = new Set(['gateway.networking.k8s.io/ConformanceReport']);

/** Versions that a group had in some release; which of them a cluster serves depends on its release. */
const formerVersions: Readonly<Record<string, readonly string[]>> = {
  'gateway.networking.k8s.io': ['v1', 'v1beta1', 'v1alpha2', 'v1alpha3'],
};

/** Kinds of `apps` and `networking.k8s.io` that were in `extensions` before. */
const moved: readonly string[] = ['Deployment', 'DaemonSet', 'ReplicaSet', 'Ingress', 'NetworkPolicy'];

/** The model's kind for a group and a kind as manifests write them. */
function kindOf(group: string, written: string): Kind | undefined {
  const isMoved = group === 'extensions' && moved.includes(written);
  for (const kind of Object.keys(kinds) as Kind[]) {
    const info = kinds[kind];
    if (info.kind === written && (info.group === group || isMoved) && !info.pseudo) return kind;
  }
  return undefined;
}

/** What a manifest says that it is. */
function typeOf(
  value: Manifest['value'],
): Record<'apiVersion' | 'group' | 'version' | 'written' | 'name', string> {
  const apiVersion = String(value.apiVersion);
  const written = String(value.kind);
  const { group, version } = splitApiVersion(apiVersion);
  return { apiVersion, group, version, written, name: group === '' ? written : `${group}/${written}` };
}

/** The kinds of all manifests, by `group/Kind`. */
function knownKinds(manifests: readonly Manifest[]): ReadonlyMap<string, Kind | undefined> {
  const known = new Map<string, Kind | undefined>();
  for (const { value } of manifests) {
    const { group, written, name } = typeOf(value);
    if (!known.has(name)) known.set(name, kindOf(group, written));
  }
  return known;
}

/** What CustomResourceDefinitions say, which for their versions of kinds counts instead of our own schemas. */
export interface Defined {
  /** Definitions beside those in the input. */
  readonly given: readonly Manifest[];
  /** What they do not allow, by the value of each manifest that they define. */
  readonly breaches: ReadonlyMap<object, readonly Breach[]>;
}

/** Sorts manifests by kind, makes each fit its kind, and names the kinds and versions that do not exist. */
export async function identify(manifests: readonly Manifest[], crds?: Defined): Promise<Identification> {
  let unknown: UnknownField[] = [];
  let breaches: Breach[] = [];
  const known = knownKinds(manifests);
  const shapes = await loadShapes(new Set([...known.values()].filter((kind) => kind !== undefined)));
  const conform = createConformer(shapes, {
    unknown: (field) => unknown.push(field),
    breach: (breach) => breaches.push(breach),
  });
  const defined = definedByCrds(crds === undefined ? manifests : [...manifests, ...crds.given]);
  const resources: IdentifiedManifest[] = [];
  const problems: Problem[] = [];
  const otherKinds = new Map<string, number>();

  for (const { value, origin } of manifests) {
    const { apiVersion, group, version, written, name } = typeOf(value);
    const kind = known.get(name);
    const judged = crds?.breaches.get(value);
    if (kind === undefined) {
      if (judged !== undefined) problems.push(...limitProblems(group, value, origin, judged));
      otherKinds.set(name, (otherKinds.get(name) ?? 0) + 1);
      if (ownedGroups.has(group) && !defined.has(name) && !files.has(name)) {
        problems.push(unknownKind(group, written, origin));
      }
      continue;
    }
    const versions = formerVersions[group] ?? kinds[kind].versions;
    if (
      ownedGroups.has(group) &&
      !versions.includes(version) &&
      !defined.has(`${group}/${written}/${version}`)
    ) {
      problems.push(unknownVersion(group, written, version, versions, origin));
    }
    // What the input defines by itself may have other fields than our release of it.
    const watch =
      judged !== undefined ? 'slips' : defined.has(`${group}/${written}`) ? 'none' : watchOf(group);
    const found = conform(kind, value, watch);
    // Definitions have told what is wrong; of metadata they say nothing.
    const isOurs = ({ path }: { path: Path }): boolean => judged === undefined || path[0] === 'metadata';
    const misfits = found.filter((misfit) => !misfit.filledIn && isOurs(misfit));
    const filledIn = found.some((misfit) => misfit.filledIn) ? ({ filledIn: true } as const) : {};
    if (misfits.length > 0) problems.push(...shapeProblems(ruleFor(group), value, origin, misfits));
    if (unknown.length > 0) {
      problems.push(...unknownFields(written, value, origin, unknown.filter(isOurs)));
      unknown = [];
    }
    if (hasSpec(kind) && value.spec === undefined) value.spec = {};
    const broken = {
      ...(found.length > 0 ? { misfits: found } : {}),
      ...(breaches.length > 0 ? { breaches } : {}),
      ...(judged !== undefined && judged.length > 0 ? { breaches: judged } : {}),
    };
    if (breaches.length > 0) breaches = [];
    resources.push({ kind, body: typed(kind, value), apiVersion, origin, ...broken, ...filledIn });
  }
  return { resources, problems, otherKinds: Object.fromEntries(otherKinds) };
}

/** Of Kubernetes' own kinds our schemas have the fields that rules read; of what others define, too few to tell. */
function watchOf(group: string): Watch {
  if (ownedGroups.has(group) || group === 'gateway.networking.x-k8s.io') return 'all';
  return !group.includes('.') || group.endsWith('.k8s.io') ? 'slips' : 'none';
}

/** Kinds that carry their content in `spec`: it is always there afterwards, if only as an empty mapping. */
function hasSpec(kind: Kind): boolean {
  return !withoutSpec.has(kind);
}
const withoutSpec: ReadonlySet<Kind> = new Set([
  'ConfigMap',
  'Secret',
  'ServiceAccount',
  'Endpoints',
  'EndpointSlice',
  'MutatingWebhookConfiguration',
  'ValidatingWebhookConfiguration',
  'MeshConfig',
  'MeshNetworks',
]);

/** `group/Kind` and `group/Kind/version` of every CustomResourceDefinition in the input. */
function definedByCrds(manifests: readonly Manifest[]): ReadonlySet<string> {
  const defined = new Set<string>();
  for (const { value } of manifests) {
    if (value.kind !== 'CustomResourceDefinition') continue;
    const spec = asObject(value.spec);
    const name = `${spec?.group}/${asObject(spec?.names)?.kind}`;
    defined.add(name);
    const versions = Array.isArray(spec?.versions) ? spec.versions : [];
    for (const version of versions) defined.add(`${name}/${asObject(version)?.name}`);
  }
  return defined;
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function unknownKind(group: string, kind: string, origin: Origin): Problem {
  const inGroup = Object.values(kinds).filter((info) => info.group === group);
  const known = inGroup.map((info) => info.kind);
  const plural = inGroup.find(
    (info) => info.plural === kind.toLowerCase() || info.kind.toLowerCase() === kind.toLowerCase(),
  );
  const suggestion = plural?.kind ?? nearestName(kind, known);
  return {
    rule: 'input/unknown-kind',
    message: suggestion === undefined ? 'unknown' : 'misspelt',
    data: { group, kind, known: known.sort().join(', '), suggestion: suggestion ?? '' },
    place: fieldPlace(origin, 'kind'),
  };
}

/** A version that a kind does not have. */
export function unknownVersion(
  group: string,
  kind: string,
  version: string,
  versions: readonly string[],
  origin: Origin,
): Problem {
  return {
    rule: 'input/unknown-api-version',
    message: 'unknown',
    data: { kind, version, group, versions: versions.join(', '), preferred: `${group}/${versions[0]}` },
    place: fieldPlace(origin, 'apiVersion'),
  };
}

function fieldPlace(origin: Origin, key: string): Problem['place'] {
  const { source, start, end, item = [] } = origin;
  return { source, field: { start, end, path: [...item, key], part: 'value' } };
}

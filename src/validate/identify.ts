import { ensure } from '../model/collections.ts';
import { isKind } from '../model/kind.ts';
import { type Kind, type Kinds, kinds } from '../model/kinds.gen.ts';
import { splitApiVersion } from '../model/names.ts';
import { nearestName } from '../model/near.ts';
import type { ProposedFix } from '../text/edit.ts';
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
export function kindOf(group: string, written: string): Kind | undefined {
  const isMoved = group === 'extensions' && moved.includes(written);
  const isIt = (kind: Kind): boolean => {
    const info = kinds[kind];
    return info.kind === written && (info.group === group || isMoved) && !info.pseudo;
  };
  // Most have their own name in the model.
  if (isKind(written) && isIt(written)) return written;
  return (Object.keys(kinds) as Kind[]).find(isIt);
}

/** What manifests of one `apiVersion` and `kind` are. */
interface ManifestType {
  readonly apiVersion: string;
  readonly group: string;
  readonly version: string;
  readonly written: string;
  /** `group/Kind`. */
  readonly name: string;
  readonly kind: Kind | undefined;
  /** The versions that there are, where this is none of them. */
  readonly otherVersions: readonly string[] | undefined;
  readonly watch: Watch;
}

/** Tells what manifests are; thousands of them are the same few things. */
function createTypes(defined: ReadonlySet<string>): (value: Manifest['value']) => ManifestType {
  const known = new Map<unknown, Map<unknown, ManifestType>>();
  return ({ apiVersion, kind }) =>
    ensure(
      ensure(known, apiVersion, () => new Map()),
      kind,
      () => typeOf(String(apiVersion), String(kind), defined),
    );
}

function typeOf(apiVersion: string, written: string, defined: ReadonlySet<string>): ManifestType {
  const { group, version } = splitApiVersion(apiVersion);
  const name = group === '' ? written : `${group}/${written}`;
  const kind = kindOf(group, written);
  const versions = kind && (formerVersions[group] ?? kinds[kind].versions);
  const isOther =
    ownedGroups.has(group) &&
    versions?.includes(version) === false &&
    !defined.has(`${group}/${written}/${version}`);
  // What the input defines by itself may have other fields than our release of it.
  const watch = defined.has(`${group}/${written}`) ? 'none' : watchOf(group);
  return {
    apiVersion,
    group,
    version,
    written,
    name,
    kind,
    otherVersions: isOther ? versions : undefined,
    watch,
  };
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
  const defined = definedByCrds(crds === undefined ? manifests : [...manifests, ...crds.given]);
  const typeFor = createTypes(defined);
  const kindsHere = new Set(manifests.map(({ value }) => typeFor(value).kind));
  const shapes = await loadShapes([...kindsHere].filter((kind) => kind !== undefined));
  const conform = createConformer(shapes, {
    unknown: (field) => unknown.push(field),
    breach: (breach) => breaches.push(breach),
  });
  const resources: IdentifiedManifest[] = [];
  const problems: Problem[] = [];
  const otherKinds = new Map<string, number>();

  for (const { value, origin } of manifests) {
    const type = typeFor(value);
    const { kind, group, written, apiVersion } = type;
    const judged = crds?.breaches.get(value);
    if (kind === undefined) {
      if (judged !== undefined) problems.push(...limitProblems(group, value, origin, judged));
      const { name } = type;
      otherKinds.set(name, (otherKinds.get(name) ?? 0) + 1);
      if (ownedGroups.has(group) && !defined.has(name) && !files.has(name)) {
        problems.push(unknownKind(group, written, origin));
      }
      continue;
    }
    if (type.otherVersions !== undefined)
      problems.push(unknownVersion(group, written, type.version, type.otherVersions, origin));
    const found = conform(kind, value, judged === undefined ? type.watch : 'slips');
    const isFlawless = found.length + unknown.length + breaches.length === 0 && judged === undefined;
    const flaws = isFlawless ? none : tell(type, value, origin, found);
    if (hasSpec(kind) && value.spec === undefined) value.spec = {};
    resources.push({ kind, body: typed(kind, value), apiVersion, origin, ...flaws });
  }
  return { resources, problems, otherKinds: Object.fromEntries(otherKinds) };

  /** Reports what does not fit, and returns what later checks have to know of it. */
  function tell(
    { group, written }: ManifestType,
    value: Manifest['value'],
    origin: Origin,
    found: readonly ShapeProblem[],
  ): Flaws {
    const judged = crds?.breaches.get(value);
    // Definitions have told what is wrong; of metadata they say nothing.
    const isOurs = ({ path }: { path: Path }): boolean => judged === undefined || path[0] === 'metadata';
    const misfits = found.filter((misfit) => !misfit.filledIn && isOurs(misfit));
    if (misfits.length > 0) problems.push(...shapeProblems(ruleFor(group), value, origin, misfits));
    if (unknown.length > 0) problems.push(...unknownFields(written, value, origin, unknown.filter(isOurs)));
    const flaws = {
      ...(found.length > 0 ? { misfits: found } : {}),
      ...(breaches.length > 0 ? { breaches } : {}),
      ...(judged !== undefined && judged.length > 0 ? { breaches: judged } : {}),
      ...(found.some((misfit) => misfit.filledIn) ? ({ filledIn: true } as const) : {}),
    };
    unknown = [];
    breaches = [];
    return flaws;
  }
}

type Flaws = Pick<IdentifiedManifest, 'filledIn' | 'misfits' | 'breaches'>;
const none: Flaws = {};

/** Of Kubernetes' own kinds our schemas have the fields that rules read; of what others define, too few to tell. */
export function watchOf(group: string): Watch {
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
    ...(suggestion === undefined
      ? {}
      : { fix: writing(origin, 'kind', kind, suggestion, plural !== undefined) }),
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
    // The versions of Istio's kinds differ by name only; those of others by their fields as well.
    ...(versions[0] === undefined
      ? {}
      : {
          fix: writing(
            origin,
            'apiVersion',
            `${group}/${version}`,
            `${group}/${versions[0]}`,
            group.endsWith('istio.io'),
          ),
        }),
  };
}

function writing({ item = [] }: Origin, key: string, from: string, to: string, safe: boolean): ProposedFix {
  return {
    title: `Write ${to} instead of ${from}`,
    safe,
    edits: [{ op: 'set', path: [...item, key], value: to }],
  };
}

function fieldPlace(origin: Origin, key: string): Problem['place'] {
  const { source, start, end, item = [] } = origin;
  return { source, field: { start, end, path: [...item, key], part: 'value' } };
}

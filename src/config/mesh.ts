import { readFileSync } from 'node:fs';
import type { Kind, Kinds, MeshConfig } from '../model/kinds.gen.ts';
import { defaultMesh, type Mesh } from '../model/mesh.ts';
import { minorOf } from '../model/releases.ts';
import { createSource, readDocuments } from '../text/index.ts';
import type { Origin } from '../text/manifest.ts';
import type { Problem } from '../text/problem.ts';
import { createConformer, typed } from '../validate/conform.ts';
import type { IdentifiedManifest } from '../validate/identify.ts';
import { loadShapes } from '../validate/shapes.ts';
import { ConfigError } from './config-error.ts';
import { runningRelease } from './running-release.ts';

/** Mesh-wide settings as given on the command line; they win over what the input says. */
export interface MeshRequest {
  readonly meshConfigFile?: string;
  readonly meshNetworksFile?: string;
  readonly istioVersion?: string;
  readonly upgradeTo?: string;
  readonly rootNamespace?: string;
  /** Where Istio is installed, and so keeps its mesh configuration; the root namespace unless said. */
  readonly istioNamespace?: string;
  /** Of several revisions of Istio, the one whose settings count. */
  readonly revision?: string;
  readonly clusterDomain?: string;
  readonly trustDomain?: string;
}

/** A mesh-wide file as a resource of its own, so that rules can read it and point at it. */
export interface MeshFile extends IdentifiedManifest<'MeshConfig' | 'MeshNetworks'> {
  readonly identity: { readonly namespace: string; readonly name: string };
}

export interface MeshFindings {
  readonly mesh: Mesh;
  readonly files: readonly MeshFile[];
  readonly problems: readonly Problem[];
}

/** A MeshConfig and where it was found. */
interface Candidate {
  readonly config: MeshConfig;
  readonly origin: Origin;
  readonly source: string;
  readonly namespace?: string | undefined;
  readonly clusterDomain?: string | undefined;
  readonly version?: string | undefined;
}

/** How files are read, where the state of the disk is not the one to judge. */
export type ReadFile = (path: string) => Buffer;

/** The kinds that say something about the installation of Istio. */
const tellingKinds: ReadonlySet<Kind> = new Set(['ConfigMap', 'IstioOperator', 'Istio', 'Deployment']);

/**
 * Finds the mesh-wide settings: the command line first, then `--mesh-config`, the `istio` ConfigMap of the root
 * namespace, an IstioOperator, an Istio resource of the sail operator, else Istio's defaults. Files come before a cluster.
 * Throws ConfigError for a file that cannot be read or is no MeshConfig, and for an upgrade that leads nowhere.
 */
export async function findMesh(
  request: MeshRequest,
  resources: readonly IdentifiedManifest[],
  read: ReadFile = (path) => readFileSync(path),
): Promise<MeshFindings> {
  const telling = resources.filter(({ kind }) => tellingKinds.has(kind));
  const assumedRoot = request.istioNamespace ?? request.rootNamespace ?? defaultMesh.rootNamespace;
  const broken: Problem[] = [];
  const tell = async (some: readonly IdentifiedManifest[]): Promise<Candidate | undefined> =>
    (await fromConfigMaps(some, assumedRoot, meshConfigMap(request.revision), broken)) ?? fromOperators(some);
  const isLive = ({ origin }: IdentifiedManifest): boolean => origin.source.live !== undefined;
  // Files that are laid over a cluster say what it will have.
  const chosen =
    (request.meshConfigFile === undefined ? undefined : await fromFile(request.meshConfigFile, read)) ??
    (await tell(telling.filter((resource) => !isLive(resource)))) ??
    (await tell(telling.filter(isLive)));
  const config = chosen?.config ?? { metadata: {} };
  const rootNamespace =
    request.rootNamespace ??
    nonEmpty(config.rootNamespace) ??
    nonEmpty(chosen?.namespace) ??
    request.istioNamespace ??
    defaultMesh.rootNamespace;
  const asked = minorOf(chosen?.version);
  const istioVersion = request.istioVersion ?? asked ?? runningRelease(telling, request.revision);
  const mesh: Mesh = {
    rootNamespace,
    clusterDomain: request.clusterDomain ?? nonEmpty(chosen?.clusterDomain) ?? defaultMesh.clusterDomain,
    trustDomain: request.trustDomain ?? nonEmpty(config.trustDomain) ?? defaultMesh.trustDomain,
    trustDomainAliases: config.trustDomainAliases ?? defaultMesh.trustDomainAliases,
    ...(istioVersion === undefined ? {} : { istioVersion }),
    ...(request.upgradeTo === undefined ? {} : { upgradeTo: request.upgradeTo }),
    config,
    configKnown: chosen !== undefined,
    ...(chosen === undefined ? {} : { source: chosen.source }),
  };
  const files: MeshFile[] = [];
  if (chosen !== undefined) {
    files.push({
      kind: 'MeshConfig',
      apiVersion: '',
      body: config,
      origin: chosen.origin,
      identity: { namespace: rootNamespace, name: 'istio' },
    });
  }
  if (request.meshNetworksFile !== undefined) {
    const { value, origin } = await readOne(request.meshNetworksFile, '--mesh-networks', read);
    files.push({
      kind: 'MeshNetworks',
      apiVersion: '',
      body: await fitted('MeshNetworks', value),
      origin,
      identity: { namespace: 'istio-system', name: 'meshnetworks' },
    });
  }
  const told = asked === undefined ? 'istiod' : chosen?.source;
  return {
    mesh,
    files,
    problems: [
      ...broken,
      ...(await problemsOfUpgrade(mesh, request.istioVersion === undefined ? told : undefined, chosen)),
    ],
  };
}

/** What cannot be said about the upgrade that is asked about. Throws ConfigError for one that leads nowhere. */
async function problemsOfUpgrade(
  { istioVersion, upgradeTo, config }: Mesh,
  told: string | undefined,
  chosen: Candidate | undefined,
): Promise<readonly Problem[]> {
  if (upgradeTo === undefined) return [];
  const { readUpgrade, upgradeProblems } = await import('./upgrade.ts');
  const owner = chosen === undefined ? undefined : { body: config, origin: chosen.origin };
  return upgradeProblems(readUpgrade(istioVersion, upgradeTo, told), owner);
}

async function fromFile(path: string, read: ReadFile): Promise<Candidate> {
  const { value, origin } = await readOne(path, '--mesh-config', read);
  // The whole ConfigMap, as `kubectl get configmap istio -o yaml` prints it, will do as well.
  if (value.kind === 'ConfigMap') {
    const found = await fromConfigMap(await fitted('ConfigMap', value), origin);
    if (found !== undefined && 'unreadable' in found) {
      throw new ConfigError(
        `The mesh configuration in ${path} cannot be parsed: ${found.unreadable}`,
        'Mend the YAML.',
      );
    }
    if (found !== undefined) return found;
    throw new ConfigError(
      `${path} is a ConfigMap without a "mesh" key.`,
      'Give the istio ConfigMap, or a MeshConfig.',
    );
  }
  return { config: await fitted('MeshConfig', value), origin, source: path };
}

async function fromConfigMaps(
  resources: readonly IdentifiedManifest[],
  rootNamespace: string,
  wanted: string,
  problems: Problem[],
): Promise<Candidate | undefined> {
  for (const resource of resources) {
    if (!isKind(resource, 'ConfigMap')) continue;
    const { name, namespace } = resource.body.metadata;
    if (name !== wanted || (namespace ?? rootNamespace) !== rootNamespace) continue;
    const found = await fromConfigMap(resource.body, resource.origin);
    if (found === undefined) continue;
    if (!('unreadable' in found)) return found;
    // Placeholders that were filled in say nothing of what will be there.
    if (resource.filledIn === undefined) problems.push(brokenSettings(resource.body, found));
  }
  return undefined;
}

/** The ConfigMap that istiod of a revision reads (`--meshConfigFile` of pilot-discovery, and its chart). */
function meshConfigMap(revision = 'default'): string {
  return revision === 'default' || revision === '' ? 'istio' : `istio-${revision}`;
}

/** Settings that are no MeshConfig: istiod refuses to start with them, or goes on with those that it has. */
interface Broken {
  readonly origin: Origin;
  readonly unreadable: string;
}

async function fromConfigMap(
  body: Kinds['ConfigMap'],
  { item = [], ...rest }: Origin,
): Promise<Candidate | Broken | undefined> {
  const text = body.data?.mesh;
  if (text === undefined) return undefined;
  const origin = { ...rest, item: [...item, 'data', 'mesh'] };
  const [document] = await readDocuments(createSource(origin.source.path, text));
  if (document?.error !== undefined) return { origin, unreadable: document.error.message };
  if (document?.value === undefined || document.value === null) return undefined;
  if (!isObject(document.value)) return { origin, unreadable: 'It is no mapping of keys to values.' };
  return {
    config: await fitted('MeshConfig', document.value),
    origin,
    source: `ConfigMap ${body.metadata.name} in ${placeOf(origin)}`,
    namespace: body.metadata.namespace,
  };
}

function brokenSettings(body: object, { origin, unreadable }: Broken): Problem {
  const { source, start, end, item = [] } = origin;
  return {
    rule: 'input/unparsable-input',
    message: 'syntax',
    data: {
      problem: `the mesh configuration in it is none, and Istio's defaults are assumed. ${unreadable}`,
    },
    place: { source, field: { start, end, path: item, part: 'value' } },
    about: body,
  };
}

function placeOf({ source }: Origin): string {
  return source.live === undefined ? source.path : `cluster ${source.live.cluster}`;
}

function fromOperators(resources: readonly IdentifiedManifest[]): Candidate | undefined {
  for (const resource of resources) {
    if (!isKind(resource, 'IstioOperator') && !isKind(resource, 'Istio')) continue;
    const values = resource.body.spec?.values;
    const operator = isKind(resource, 'IstioOperator') ? resource.body.spec : undefined;
    const settings = operator?.meshConfig ?? values?.meshConfig;
    const { origin } = resource;
    const path =
      operator?.meshConfig === undefined ? ['spec', 'values', 'meshConfig'] : ['spec', 'meshConfig'];
    const version = isKind(resource, 'Istio') ? resource.body.spec?.version : operator?.tag;
    return {
      config: { metadata: {}, ...settings },
      origin: settings === undefined ? origin : { ...origin, item: [...(origin.item ?? []), ...path] },
      source: `${resource.kind} in ${placeOf(resource.origin)}`,
      namespace: resource.body.spec?.namespace ?? values?.global?.istioNamespace,
      version: version === undefined ? undefined : String(version),
    };
  }
  return undefined;
}

function isKind<K extends 'ConfigMap' | 'IstioOperator' | 'Istio'>(
  resource: IdentifiedManifest,
  kind: K,
): resource is IdentifiedManifest<K> {
  return resource.kind === kind;
}

async function readOne(
  path: string,
  flag: string,
  read: ReadFile,
): Promise<{ value: Record<string, unknown>; origin: Origin }> {
  let raw: string;
  try {
    raw = read(path).toString();
  } catch (error) {
    throw new ConfigError(
      `${path} (${flag}) cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      'Check the path.',
    );
  }
  const source = createSource(path, raw);
  const documents = await readDocuments(source);
  const [document] = documents.filter((one) => one.value !== undefined || one.error !== undefined);
  if (document?.error !== undefined) {
    throw new ConfigError(`${path} (${flag}) cannot be parsed: ${document.error.message}`, 'Mend the YAML.');
  }
  const value = document?.value ?? {};
  if (!isObject(value))
    throw new ConfigError(`${path} (${flag}) holds no mapping.`, 'Give a YAML or JSON mapping.');
  return { value, origin: { source, start: document?.start ?? 0, end: document?.end ?? raw.length } };
}

async function fitted<K extends keyof Kinds>(kind: K, value: Record<string, unknown>): Promise<Kinds[K]> {
  createConformer(await loadShapes([kind]))(kind, value);
  return typed(kind, value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

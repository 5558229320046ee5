import { resolve } from 'node:path';
import { findMesh, type MeshFindings, type MeshRequest, type ReadFile } from '../config/mesh.ts';
import { type Analysis, type AnalyzeOptions, analyze, type ClusterInput } from '../engine/analyze.ts';
import type { LiveCoverage } from '../engine/report.ts';
import type { World } from '../graph/evidence.ts';
import { createGraph, type GraphInput, type WholeGraph } from '../graph/graph.ts';
import { type Loaded, type LoadRequest, load, readTexts } from '../load/index.ts';
import type { RuleHead } from '../sdk/rule.ts';
import type { Problem } from '../text/problem.ts';
import { checkValues } from '../validate/check-values.ts';
import type { DefinedCheck } from '../validate/crds/check-defined.ts';
import { type Identification, identify } from '../validate/identify.ts';
import { readProxyAnnotations } from '../validate/proxy-readings.ts';

export type { MeshRequest } from '../config/mesh.ts';

/** How the world around an input is to be taken. */
export interface WorldRequest {
  readonly world?: World;
  /** Where manifests without a namespace stand (`-n`). */
  readonly namespace?: string;
  /** Where manifests stand whose namespace nothing else tells, not even a kustomization. */
  readonly namespaceOfRest?: string;
  readonly mesh?: MeshRequest;
  /** Which Istio of a cluster is meant; of files, all belong to one. */
  readonly installation?: Pick<MeshRequest, 'istioNamespace' | 'revision'>;
  /** Where CustomResourceDefinitions are that the input is checked against, beside those in it. */
  readonly crds?: readonly string[];
  /** Name of the cluster that the input stands for, where several are told apart. */
  readonly cluster?: string;
  /** Of a cluster that was read: what of it, and what not. */
  readonly reading?: LiveReading;
  /** The clusters that are meant, of several that snapshots hold. */
  readonly contexts?: readonly string[];
  /** Whether paths without a snapshot are no answer to `contexts`. */
  readonly wantsSnapshot?: boolean;
  /** Asked where a snapshot is among the paths; throws ConfigError for what makes no sense with one. */
  readonly acceptSnapshot?: (hasFiles: boolean) => void | Promise<void>;
}

/** What reading a cluster gave besides its objects. */
export interface LiveReading {
  readonly coverage: LiveCoverage;
  /** The input of a graph with what was not read, and what is assumed in its place; `problems` are those of the mesh. */
  limit(input: GraphInput, problems: readonly Problem[]): GraphInput;
}

export type SessionRequest = LoadRequest & WorldRequest;

/** One input, loaded once; commands ask it for what they show. */
export interface Session {
  readonly loaded: Loaded;
  readonly graph: WholeGraph;
  /** What the engine judges, by itself or beside other clusters. */
  readonly input: ClusterInput;
  analyze(rules: readonly RuleHead[], toolVersion: string, options?: AnalyzeOptions): Promise<Analysis>;
}

/** Reads what the request names and builds its graph. Throws ConfigError for a bad mesh configuration file. */
export async function openSession(request: SessionRequest): Promise<Session> {
  return openLoaded(await load(request), request);
}

/** The same of what was loaded: files, or a cluster by its snapshot, with the files beside that laid over it. */
export async function openLoaded(loaded: Loaded, request: SessionRequest): Promise<Session> {
  if (isOfFiles(loaded, request)) return sessionOf(loaded, request);
  return (await import('./snapshot.ts')).openSnapshot(loaded, request);
}

/** The same for those who only want a report: several snapshots are several clusters. */
export async function openAll(request: SessionRequest): Promise<Pick<Session, 'analyze'>> {
  const loaded = await load(request);
  if (isOfFiles(loaded, request)) return sessionOf(loaded, request);
  return (await import('./snapshot.ts')).openSnapshots(loaded, request);
}

function isOfFiles({ snapshots }: Loaded, { wantsSnapshot }: SessionRequest): boolean {
  return snapshots === undefined && wantsSnapshot !== true;
}

/** The same for texts in memory: tests, editors, other programs. */
export async function openTexts(
  texts: readonly { readonly path: string; readonly raw: string }[],
  request: WorldRequest & { readonly forceSlow?: boolean } = {},
): Promise<Session> {
  return sessionOf(await readTexts(texts, request), request);
}

type OpenRequest = WorldRequest & Pick<LoadRequest, 'cwd' | 'fs' | 'onProgress'>;

/** What the manifests of an input are, and what is wrong with each by itself. */
export interface Checked
  extends Pick<Identification, 'resources' | 'otherKinds'>,
    Pick<GraphInput, 'proxyReadings' | 'placed'> {
  readonly found: MeshFindings;
  /** But for those of the mesh, in the order in which they are told. */
  readonly problems: readonly (readonly Problem[])[];
  readonly unchecked: DefinedCheck['unchecked'];
}

async function checkManifests(loaded: Loaded, request: OpenRequest): Promise<Checked> {
  const { length } = loaded.manifests;
  request.onProgress?.('checking', 0, length);
  const defined = await checkDefinitions(loaded, request);
  const { resources, problems, otherKinds } = await identify(loaded.manifests, defined);
  const valueProblems = await checkValues(resources.filter(({ filledIn }) => filledIn === undefined));
  request.onProgress?.('checking', length, length);
  const found = await findMesh(request.mesh ?? {}, resources, readFileOf(request));
  return {
    found,
    resources,
    otherKinds,
    proxyReadings: await readProxyAnnotations(resources),
    problems: [loaded.problems, defined?.problems ?? [], problems, valueProblems],
    unchecked: defined?.unchecked ?? [],
  };
}

/** Builds the graph of what was read. `check` stands in for checking all of it. */
export async function sessionOf(
  loaded: Loaded,
  request: OpenRequest,
  check: (loaded: Loaded, request: OpenRequest) => Promise<Checked> = checkManifests,
): Promise<Session> {
  const { found, resources, problems, otherKinds, unchecked, ...rest } = await check(loaded, request);
  const world: GraphInput = {
    ...rest,
    mesh: found.mesh,
    resources: [...resources, ...found.files],
    layout: loaded.layout,
    world: request.world ?? 'auto',
    namespace: request.namespace,
    namespaceOfRest: request.namespaceOfRest,
    cluster: request.cluster,
  };
  const graph = createGraph(request.reading?.limit(world, found.problems) ?? world);
  const input: ClusterInput = {
    name: request.cluster ?? '',
    graph,
    paths: loaded.paths,
    commented: loaded.commented,
    isPart: loaded.isPart,
    problems: [...problems.flat(), ...found.problems],
    read: {
      files: loaded.stats.files,
      documents: loaded.stats.documents,
      otherKinds,
      skipped: loaded.skipped,
      failures: loaded.failures,
      ...(loaded.rendered === undefined ? {} : { rendered: loaded.rendered }),
      ...(unchecked.length === 0 ? {} : { uncheckedRules: unchecked }),
      ...(request.reading === undefined ? {} : { live: request.reading.coverage }),
    },
  };
  return {
    loaded,
    graph,
    input,
    analyze: (rules, toolVersion, options = {}) =>
      analyze({ clusters: [input], rules, toolVersion, options }),
  };
}

/** Files that stand beside the input are read in the same state as the input. */
function readFileOf({ fs }: Pick<LoadRequest, 'fs'>): ReadFile | undefined {
  return fs === undefined ? undefined : (path) => fs.read(fs.realPath(resolve(path)));
}

/** What CustomResourceDefinitions say of the input, where there are any. */
async function checkDefinitions(
  loaded: Loaded,
  { crds, world, cwd, fs }: Pick<WorldRequest, 'crds' | 'world'> & Pick<LoadRequest, 'cwd' | 'fs'>,
): Promise<DefinedCheck | undefined> {
  const inInput = loaded.manifests.some(({ value }) => value.kind === 'CustomResourceDefinition');
  if (crds === undefined && !inInput) return undefined;
  return (await import('./definitions.ts')).checkAgainst(loaded, crds ?? [], world ?? 'auto', {
    ...(cwd === undefined ? {} : { cwd }),
    ...(fs === undefined ? {} : { fs }),
  });
}

// Kustomizations and charts among the input are rendered, and what comes out of them is judged in their place.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { folderOf } from '../../model/layout.ts';
import type { OnProgress } from '../../model/progress.ts';
import type { Rendered } from '../../model/rendered.ts';
import type { Harvest } from '../harvest.ts';
import type { InputFailure } from '../loaded.ts';
import { addOpaque } from '../notes.ts';
import type { Display } from '../paths.ts';
import type { InputFile } from '../walk.ts';
import { cover } from './cover.ts';
import { type ChartReading, readChart, takeChart, templateChart } from './helm.ts';
import { type Build, buildKustomization, takeBuild } from './kustomize.ts';
import type { ChartRelease, RenderRequest } from './request.ts';
import { chartRoots, isOfChart, type KustomizeRoot, kustomizeRoots } from './roots.ts';
import type { ToolAnswer } from './run-tool.ts';
import { findHelm, findKustomize, type Tool, versionOf } from './tools.ts';
import { inWords } from './words.ts';
import type { Written } from './written.ts';

/** What all renderings of one run share. */
export interface Workshop {
  readonly cwd: string;
  /** A folder for what the tools need; it is removed in the end. */
  readonly temp: string;
  readonly timeout: number;
  readonly written: Written;
  /** The path by which people know a file. */
  shownOf(real: string): string;
}

/** What was rendered, what was not, and what went wrong. */
export interface RenderOutcome {
  readonly rendered: readonly Rendered[];
  readonly failures: readonly InputFailure[];
}

/** One kustomization or chart to render. */
interface Job {
  readonly subject: Pick<Rendered, 'path' | 'kind' | 'release'>;
  /** The file that makes it one. */
  readonly file: string;
  readonly tool: Tool | undefined;
  /** What this tool would not do, or could not. */
  readonly hindrance: string | undefined;
  /** What it fetches from elsewhere. */
  readonly remotes: readonly string[];
  run(): Promise<ToolAnswer>;
  /** Whether what a file holds is judged in what was rendered. */
  covers(path: string): boolean;
  take(output: string): Promise<number>;
}

const MINUTE = 60_000;

/** Renders what there is to render among the files of the harvest, each once; `isReal`: if these are the files on disk. */
export async function render(
  harvest: Harvest,
  display: Display,
  files: readonly InputFile[],
  request: RenderRequest,
  onProgress: OnProgress | undefined,
  isReal: boolean,
): Promise<RenderOutcome> {
  const temp = realpathSync(mkdtempSync(join(tmpdir(), 'meshlint-render-')));
  const clean = (): void => rmSync(temp, { recursive: true, force: true });
  process.once('exit', clean);
  try {
    const shown = new Map(files.map(({ real, path }) => [real, path]));
    const shop: Workshop = {
      cwd: display.cwd,
      temp,
      timeout: request.timeout ?? MINUTE,
      written: new Map(),
      shownOf: (real) => shown.get(real) ?? display.found(real),
    };
    const jobs = await planJobs(harvest, shop, request);
    return await renderAll(harvest, shop, isReal ? jobs : jobs.map(asHindered), request, onProgress);
  } finally {
    process.off('exit', clean);
    clean();
  }
}

/** What only this process knows no tool can read. */
function asHindered(job: Job): Job {
  return { ...job, hindrance: 'its files are not on disk as they are judged' };
}

async function renderAll(
  harvest: Harvest,
  shop: Workshop,
  jobs: readonly Job[],
  request: RenderRequest,
  onProgress?: OnProgress,
): Promise<RenderOutcome> {
  const versions = new Map<string, string | undefined>();
  const tools = new Map(jobs.flatMap(({ tool }) => (tool === undefined ? [] : [[tool.name, tool] as const])));
  const ready = jobs.filter(({ tool, hindrance }) => tool !== undefined && hindrance === undefined);
  const answers = new Map<Job, ToolAnswer>();
  await inParallel([
    ...[...tools.values()].map((tool) => async () => {
      versions.set(tool.name, await versionOf(tool, shop.temp, shop.timeout));
    }),
    ...ready.map((job) => async () => {
      answers.set(job, await job.run());
      onProgress?.('rendering', answers.size, ready.length);
    }),
  ]);

  const done = ready.filter((job) => answers.get(job)?.ok);
  if (done.length > 0) cover(harvest, shop.written, (path) => done.some((job) => job.covers(path)));
  const rendered: Rendered[] = [];
  const failures: InputFailure[] = [];
  for (const job of jobs) {
    const { subject, tool, hindrance, remotes, file } = job;
    const version = tool === undefined ? undefined : versions.get(tool.name);
    const by = {
      ...(tool === undefined ? {} : { tool: tool.name }),
      ...(version === undefined ? {} : { version }),
    };
    const answer = answers.get(job);
    if (answer?.ok) {
      rendered.push({ ...subject, ...by, manifests: await job.take(answer.output) });
      continue;
    }
    const missing = subject.kind === 'chart' ? 'helm is not' : 'neither kustomize nor kubectl is';
    const why = answer?.why ?? hindrance ?? `${missing} on the PATH`;
    rendered.push({ ...subject, ...by, why });
    const hasFailed = answer !== undefined && !isUnprepared(why);
    if (hasFailed) addOpaque(harvest.notes, file, 'unreadable');
    else if (request.mode === 'auto') continue;
    failures.push({
      path: subject.path,
      why: hasFailed ? `${tool?.name} could not render it: ${why}.` : `It was not rendered: ${why}.`,
      help: helpFor(why, remotes, hasFailed),
    });
  }
  return { rendered, failures };
}

/** Whether a chart only waits for the charts that it depends on. */
function isUnprepared(why: string): boolean {
  return why.includes('missing in charts/ directory');
}

function helpFor(why: string, remotes: readonly string[], hasFailed: boolean): string {
  if (!hasFailed) return 'Remove what is in the way; with --render auto this is no failure.';
  return [
    ...(remotes.length === 0 ? [] : [`It lists what has to be fetched: ${remotes.join(', ')}.`]),
    ...(why.includes('is not in or below')
      ? ['render.kustomize.outsideFiles in the configuration allows files of other folders.']
      : []),
    'Leave it out with render.skip in the configuration, or read files as they are with --render never.',
  ].join(' ');
}

async function planJobs(harvest: Harvest, shop: Workshop, request: RenderRequest): Promise<Job[]> {
  const { skips: skipped = () => false, wants = () => true } = request;
  const kustomize = findKustomize(process.env);
  const helm = findHelm(process.env);
  const memo = request.memo ?? new Map<string, Promise<unknown>>();
  const roots = kustomizeRoots(harvest.kustomizations).filter(
    ({ reading, files }) =>
      !skipped(reading.kustomization.folder) &&
      (files.size === 0 || [...files].some((file) => wants(file) || isFolder(file))),
  );
  const jobs = roots.map((root, i) => kustomizeJob(harvest, shop, root, i, kustomize, request, memo));
  for (const chart of chartRoots(harvest.charts)) {
    const folder = folderOf(chart.path);
    if (skipped(folder)) continue;
    const real = resolve(shop.cwd, folder);
    const reading = await readChart(chart, real);
    const releases = (request.charts ?? []).filter(({ path }) => resolve(shop.cwd, path) === real);
    if (releases.length === 0) jobs.push(chartJob(harvest, shop, reading, undefined, chart.path, helm, memo));
    for (const [n, release] of releases.entries()) {
      // Each release is a file of its own, and a variant of the others.
      const path = n === 0 ? chart.path : `${chart.path} (${release.release ?? `release ${n + 1}`})`;
      jobs.push(chartJob(harvest, shop, reading, release, path, helm, memo));
    }
  }
  return jobs;
}

/** A listed folder that is none of the input. */
function isFolder(path: string): boolean {
  return !/\.(?:ya?ml|json)$/i.test(path);
}

function kustomizeJob(
  harvest: Harvest,
  shop: Workshop,
  root: KustomizeRoot,
  index: number,
  tool: Tool | undefined,
  { kustomize }: RenderRequest,
  memo: Map<string, Promise<unknown>>,
): Job {
  const { folder, path } = root.reading.kustomization;
  const real = realFolder(resolve(shop.cwd, folder));
  const inflates = root.tree.some(({ kustomization }) =>
    kustomization.transforms.some((field) => field.startsWith('helmChart')),
  );
  const own = new Set([...root.files, ...root.tree.map(({ kustomization }) => kustomization.path)]);
  let build: Build | undefined;
  return {
    subject: { path: folder === '' ? '.' : folder, kind: 'kustomization' },
    file: path,
    tool,
    hindrance:
      inflates && !kustomize?.enableHelm ? 'it inflates Helm charts, which has to be allowed' : undefined,
    remotes: root.tree.flatMap(({ remotes }) => remotes),
    async run() {
      if (tool === undefined) return { ok: false, why: '' };
      build = await once(memo, `kustomize ${real}`, () =>
        buildKustomization(shop, tool, real, index, kustomize),
      );
      const { answer, from } = build;
      return answer.ok
        ? answer
        : { ok: false, why: inWords(answer.why, { real, from, shown: folder, cwd: shop.cwd }) };
    },
    covers: (file) => own.has(file),
    take: async (output) => (build === undefined ? 0 : takeBuild(harvest, shop, root, build, output)),
  };
}

function chartJob(
  harvest: Harvest,
  shop: Workshop,
  { source, name, hindrance }: ChartReading,
  release: ChartRelease | undefined,
  path: string,
  tool: Tool | undefined,
  memo: Map<string, Promise<unknown>>,
): Job {
  const folder = folderOf(source.path);
  const real = resolve(shop.cwd, folder);
  return {
    subject: {
      path: folder === '' ? '.' : folder,
      kind: 'chart',
      ...(release === undefined ? {} : { release: release.release ?? name }),
    },
    file: source.path,
    tool,
    hindrance,
    remotes: [],
    async run() {
      if (tool === undefined) return { ok: false, why: '' };
      const answer = await once(memo, `helm ${real} ${JSON.stringify(release)}`, () =>
        templateChart(shop, tool, real, name, release),
      );
      return answer.ok
        ? answer
        : { ok: false, why: inWords(answer.why, { real, from: real, shown: folder, cwd: shop.cwd }) };
    },
    covers: (file) => isOfChart(folder, file),
    take: async (output) => {
      // By values of its own a chart shows one of many ways to install it: nothing is missing from that.
      if (release === undefined) addOpaque(harvest.notes, source.path, 'template');
      return takeChart(harvest, shop, source, path, output, release === undefined);
    },
  };
}

function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}

/** What was run under this name before, or is run now. */
function once<T>(memo: Map<string, Promise<unknown>>, key: string, run: () => Promise<T>): Promise<T> {
  const known = memo.get(key);
  // Keys of one kind hold answers of one kind.
  if (known !== undefined) return known as Promise<T>;
  const answer = run();
  memo.set(key, answer);
  return answer;
}

/** Runs tasks, as many at a time as there are processors. */
async function inParallel(tasks: readonly (() => Promise<void>)[]): Promise<void> {
  const rest = tasks.values();
  const work = async (): Promise<void> => {
    for (const task of rest) await task();
  };
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, work));
}

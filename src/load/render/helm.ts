// Renders one chart, and knows which template each manifest came from.
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { kinds } from '../../model/kinds.gen.ts';
import { folderOf } from '../../model/layout.ts';
import { createSource, type RenderedFrom, readDocuments, type Source } from '../../text/index.ts';
import type { Manifest } from '../../text/manifest.ts';
import { isMapping, isText } from '../classify.ts';
import { takeRendered } from '../documents.ts';
import type { Harvest } from '../harvest.ts';
import { addSkipped } from '../notes.ts';
import { below } from '../paths.ts';
import type { Workshop } from './render.ts';
import type { ChartRelease } from './request.ts';
import { runTool, type ToolAnswer } from './run-tool.ts';
import type { Tool } from './tools.ts';
import { manifestsIn, readText, sameManifest } from './written.ts';

/** What a Chart.yaml says, as far as rendering needs it. */
export interface ChartReading {
  readonly source: Source;
  readonly name: string;
  /** Why it is not rendered by itself. */
  readonly hindrance?: string;
}

export async function readChart(source: Source, real: string): Promise<ChartReading> {
  const [document] = await readDocuments(source);
  const value = isMapping(document?.value) ? document.value : {};
  const name = isText(value.name) ? value.name : 'release-name';
  const hindrance = value.type === 'library' ? 'it is a library for other charts' : whyNotReady(value, real);
  return { source, name, ...(hindrance === undefined ? {} : { hindrance }) };
}

function whyNotReady(chart: Record<string, unknown>, real: string): string | undefined {
  const vendored = namesIn(join(real, 'charts'));
  const wanted = Array.isArray(chart.dependencies) ? chart.dependencies : [];
  const missing = wanted
    .flatMap((entry) => (isMapping(entry) && isText(entry.name) ? [entry.name] : []))
    .filter((name) => !vendored.some((file) => file === name || file.startsWith(`${name}-`)));
  if (missing.length > 0) {
    return `its dependencies are not in charts/: ${missing.join(', ')} (helm dependency build)`;
  }
  return existsSync(join(real, 'templates')) || vendored.length > 0 ? undefined : 'it has no templates';
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Renders the chart of folder `real`, as for a cluster that has what meshlint knows. */
export function templateChart(
  { temp, timeout, cwd }: Workshop,
  tool: Tool,
  real: string,
  name: string,
  { release, namespace, values = [] }: Omit<ChartRelease, 'path'> = {},
): Promise<ToolAnswer> {
  const args = [
    ...tool.first,
    release ?? releaseName(name),
    real,
    '--skip-tests',
    ...(namespace === undefined ? [] : ['--namespace', namespace]),
    ...values.flatMap((file) => ['--values', resolve(cwd, file)]),
    ...apiVersions().flatMap((version) => ['--api-versions', version]),
  ];
  return runTool({ program: tool.program, args, cwd: temp, timeout });
}

/** The name of a chart, made fit for a release. */
function releaseName(chart: string): string {
  const name = chart
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .slice(0, 53)
    .replace(/^-+|-+$/g, '');
  return name === '' ? 'release-name' : name;
}

const MESH_GROUP = /istio\.io$|^gateway\.networking\.k8s\.io$/;

/** Charts ask whether Istio and the Gateway API are there before they make use of them. */
function apiVersions(): string[] {
  const all = new Set<string>();
  for (const { group, kind, versions, pseudo } of Object.values(kinds)) {
    if (pseudo || !MESH_GROUP.test(group)) continue;
    for (const version of versions) all.add(`${group}/${version}`).add(`${group}/${version}/${kind}`);
  }
  return [...all];
}

function isMeshKind({ apiVersion }: Manifest['value']): boolean {
  return isText(apiVersion) && MESH_GROUP.test(apiVersion.split('/')[0] ?? '');
}

/** Text of a value that most charts leave to the installation: `<set this>`, `cart.` and no domain behind it. */
const LEFT_OPEN = /^$|<[^<>]+>|^\.|\.\.|\.$/;

/** Whether a manifest lacks values that every installation sets: what is judged then is nothing that anybody runs. */
function isUnset(value: unknown): boolean {
  if (value === null) return true;
  // Code and certificates over several lines have such marks of their own.
  if (typeof value === 'string') return LEFT_OPEN.test(value) && !value.trim().includes('\n');
  return typeof value === 'object' && Object.values(value).some(isUnset);
}

/**
 * Takes what was rendered into the harvest; gives the number of manifests. `isOpen`: by its own values only, which an
 * installation has more of.
 */
export async function takeChart(
  harvest: Harvest,
  shop: Workshop,
  chart: Source,
  path: string,
  output: string,
  isOpen: boolean,
): Promise<number> {
  const folder = folderOf(chart.path);
  const templates = new Map<number, { readonly template: string; readonly value: Manifest['value'] }>();
  const rendering = {
    folder,
    root: chart,
    async madeOf(offset: number): Promise<RenderedFrom> {
      const one = templates.get(offset);
      const real = one === undefined ? '' : resolve(shop.cwd, folder, one.template);
      const text = one === undefined ? undefined : readText(real);
      if (one === undefined || text === undefined) return { manifests: [], texts: [] };
      const shown = below(folder) + one.template;
      const plain = text.includes('{{')
        ? undefined
        : sameManifest(await manifestsIn(shop.written, shown, real, harvest.surroundings), one.value);
      return {
        manifests: plain === undefined ? [] : [plain],
        texts: [createSource(shown, text)],
      };
    },
  };
  const source: Source = { ...createSource(path, output), rendering };
  /** A file in `templates` without an action is what is written there, values or not. */
  const isTemplate = (template = ''): boolean =>
    readText(resolve(shop.cwd, folder, template.trim()))?.includes('{{') !== false;
  const before = harvest.manifests.length;
  await takeRendered(harvest, source);
  for (const manifest of harvest.manifests.splice(before)) {
    const { value, origin } = manifest;
    const comment = /^# Source: [^/\n]+\/(.+)$/m.exec(source.text.slice(origin.start, origin.end))?.[1];
    if (comment !== undefined) templates.set(origin.start, { template: comment.trim(), value });
    if (isOpen && isMeshKind(value) && isUnset(value.spec) && isTemplate(comment)) {
      addSkipped(harvest.notes, source, 'unset-values', 1, origin);
    } else harvest.manifests.push(manifest);
  }
  return harvest.manifests.length - before;
}

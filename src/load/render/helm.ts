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
    release ?? name,
    real,
    '--skip-tests',
    ...(namespace === undefined ? [] : ['--namespace', namespace]),
    ...values.flatMap((file) => ['--values', resolve(cwd, file)]),
    ...apiVersions().flatMap((version) => ['--api-versions', version]),
  ];
  return runTool({ program: tool.program, args, cwd: temp, timeout });
}

/** Charts ask whether Istio and the Gateway API are there before they make use of them. */
function apiVersions(): string[] {
  const all = new Set<string>();
  for (const { group, kind, versions, pseudo } of Object.values(kinds)) {
    if (pseudo || !/istio\.io$|^gateway\.networking\.k8s\.io$/.test(group)) continue;
    for (const version of versions) all.add(`${group}/${version}`).add(`${group}/${version}/${kind}`);
  }
  return [...all];
}

/** Takes what was rendered into the harvest; gives the number of manifests. */
export async function takeChart(
  harvest: Harvest,
  shop: Workshop,
  chart: Source,
  path: string,
  output: string,
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
  const before = harvest.manifests.length;
  await takeRendered(harvest, source);
  for (const { value, origin } of harvest.manifests.slice(before)) {
    const comment = /^# Source: [^/\n]+\/(.+)$/m.exec(source.text.slice(origin.start, origin.end))?.[1];
    if (comment !== undefined) templates.set(origin.start, { template: comment.trim(), value });
  }
  return harvest.manifests.length - before;
}

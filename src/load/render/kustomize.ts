// Builds one kustomization, and knows where what comes out of it was written.
import { mkdirSync, writeFileSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { createSource, type RenderedFrom, readDocuments, type Source } from '../../text/index.ts';
import type { Manifest } from '../../text/manifest.ts';
import { isMapping, isText } from '../classify.ts';
import { takeRendered } from '../documents.ts';
import type { Harvest } from '../harvest.ts';
import { slashed } from '../paths.ts';
import type { Workshop } from './render.ts';
import type { KustomizeRequest } from './request.ts';
import type { KustomizeRoot } from './roots.ts';
import { runTool, type ToolAnswer } from './run-tool.ts';
import type { Tool } from './tools.ts';
import { manifestsIn, sameManifest } from './written.ts';

const ORIGIN = 'config.kubernetes.io/origin';

/** What kustomize is asked to say of each manifest, and what nobody wrote. */
const ADDED_ANNOTATIONS = [ORIGIN, 'alpha.config.kubernetes.io/transformations'];

export interface Build {
  /** The folder that was built, links followed. */
  readonly real: string;
  /** Where the build was started; origins are told from here. */
  readonly from: string;
  readonly answer: ToolAnswer;
}

/**
 * Builds the kustomization of `real` by way of one of our own that lists it and asks for origins: nothing is written
 * beside the user's files.
 */
export async function buildKustomization(
  { temp, timeout }: Pick<Workshop, 'temp' | 'timeout'>,
  tool: Tool,
  real: string,
  index: number,
  { enableHelm, outsideFiles }: KustomizeRequest = {},
): Promise<Build> {
  const overlay = join(temp, `kustomization-${index}`);
  mkdirSync(overlay);
  const way = relative(overlay, real);
  // On another drive there is no way from here to there; then nothing is known of origins.
  const from = isAbsolute(way) ? real : overlay;
  if (from === overlay) {
    const asked = { resources: [slashed(way)], buildMetadata: ['originAnnotations'] };
    writeFileSync(join(overlay, 'kustomization.yaml'), `${JSON.stringify(asked)}\n`);
  }
  const args = [
    ...tool.first,
    from,
    ...(enableHelm ? ['--enable-helm'] : []),
    ...(outsideFiles ? ['--load-restrictor', 'LoadRestrictionsNone'] : []),
  ];
  return { real, from, answer: await runTool({ program: tool.program, args, cwd: temp, timeout }) };
}

/** Takes what was built into the harvest; gives the number of manifests. */
export async function takeBuild(
  harvest: Harvest,
  shop: Workshop,
  { reading, tree, files }: KustomizeRoot,
  { from }: Build,
  output: string,
): Promise<number> {
  const { kustomization } = reading;
  const made = new Map<number, { readonly value: Manifest['value']; readonly origin: Origin | undefined }>();
  const texts = tree.map(({ source }) => source);
  const rendering = {
    folder: kustomization.folder,
    root: reading.source,
    async madeOf(offset: number): Promise<RenderedFrom> {
      const one = made.get(offset);
      const own = one?.origin?.path === undefined ? undefined : resolve(from, one.origin.path);
      if (one === undefined || own === undefined) return { manifests: [], texts };
      const listed = await manifestsIn(shop.written, shop.shownOf(own), own, harvest.surroundings);
      const origin = sameManifest(listed, one.value);
      const patches = [...files].flatMap((path) => {
        const patch = sameManifest(shop.written.get(path) ?? [], origin?.value ?? one.value);
        return patch === undefined || patch === origin ? [] : [patch];
      });
      return { manifests: origin === undefined ? [] : [origin, ...patches], texts };
    },
  };
  const source: Source = { ...createSource(kustomization.path, output), rendering };
  const before = harvest.manifests.length;
  await takeRendered(harvest, source);
  for (const { value, origin } of harvest.manifests.slice(before)) {
    made.set(origin.start, { value, origin: await takeOrigin(value) });
  }
  return harvest.manifests.length - before;
}

interface Origin {
  /** Missing for what was generated or came from elsewhere. */
  readonly path?: string;
}

/** Reads the origin of a manifest, and takes out what was only added to know it. */
async function takeOrigin({ metadata }: Manifest['value']): Promise<Origin | undefined> {
  if (!isMapping(metadata) || !isMapping(metadata.annotations)) return undefined;
  const { annotations } = metadata;
  const text = annotations[ORIGIN];
  for (const name of ADDED_ANNOTATIONS) delete annotations[name];
  if (Object.keys(annotations).length === 0) delete metadata.annotations;
  if (!isText(text)) return undefined;
  const [document] = await readDocuments(createSource('', text));
  const value = document?.value;
  if (!isMapping(value) || !isText(value.path) || value.repo !== undefined) return {};
  return { path: value.path };
}

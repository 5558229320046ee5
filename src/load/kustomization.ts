// What a kustomization says about where manifests belong, and which files are no resources of their own.
import { folderOf, type Kustomization } from '../model/layout.ts';
import type { Source } from '../text/index.ts';
import { isMapping, isText, type Mapping } from './classify.ts';
import type { Surroundings } from './surroundings.ts';
import { isMarked } from './template.ts';

export interface KustomizationReading {
  readonly kustomization: Kustomization;
  /** Files that it uses for something else than resources: patches, configuration, data of generated objects. */
  readonly inputs: readonly string[];
  /** What it lists that is fetched when it is built. */
  readonly remotes: readonly string[];
  /** A part for other kustomizations, not built by itself. */
  readonly isComponent: boolean;
}

/**
 * The fields that change manifests, add to them or generate new ones. Images, replica counts and annotations change
 * nothing that rules judge. Labels do, whether or not they reach selectors: Services and policies select by them.
 */
const TRANSFORMS = [
  'namePrefix',
  'nameSuffix',
  'labels',
  'commonLabels',
  'patches',
  'patchesStrategicMerge',
  'patchesJson6902',
  'replacements',
  'components',
  'configMapGenerator',
  'secretGenerator',
  'generators',
  'transformers',
  'vars',
  'helmCharts',
  'helmChartInflationGenerator',
  'helmGlobals',
] as const;

const RESOURCE_LISTS = ['resources', 'bases', 'components'] as const;

/** Lists whose entries are files, or hold the name of one under these keys. */
const INPUT_LISTS: Readonly<Record<string, readonly string[]>> = {
  patches: ['path'],
  patchesStrategicMerge: [],
  patchesJson6902: ['path'],
  replacements: ['path'],
  generators: [],
  transformers: [],
  validators: [],
  configurations: [],
  crds: [],
  configMapGenerator: ['files', 'envs', 'env'],
  secretGenerator: ['files', 'envs', 'env'],
  helmCharts: ['valuesFile', 'additionalValuesFiles'],
};

/** A reading, and the text that was read. */
export interface KustomizationFile extends KustomizationReading {
  readonly source: Source;
}

/** Reads a kustomization; whatever in it has an unexpected shape is passed over. */
export function readKustomization(
  value: Mapping,
  path: string,
  surroundings: Surroundings,
): KustomizationReading {
  const folder = folderOf(path);
  const show = (entry: string): string => surroundings.locate(folder, entry);
  const listed = RESOURCE_LISTS.flatMap((field) => textsIn(value[field]));
  const transforms: string[] = TRANSFORMS.filter((field) => isFilled(value[field]));
  const { namespace } = value;
  // Where an unrendered namespace moves them nobody knows.
  if (isMarked(namespace)) transforms.push('namespace');
  return {
    kustomization: {
      path,
      folder,
      ...(isText(namespace) && !isMarked(namespace) ? { namespace } : {}),
      lists: unique(listed.filter((entry) => !isRemote(entry)).map(show)),
      transforms,
    },
    inputs: unique(inputsOf(value).map(show)),
    remotes: listed.filter(isRemote),
    isComponent: value.kind === 'Component',
  };
}

function inputsOf(value: Mapping): string[] {
  const { openapi } = value;
  const inputs = isMapping(openapi) ? textsIn(openapi.path) : [];
  for (const [field, keys] of Object.entries(INPUT_LISTS)) {
    const entries = value[field];
    if (!Array.isArray(entries)) continue;
    for (const entry of entries) {
      if (isMapping(entry)) inputs.push(...keys.flatMap((key) => textsIn(entry[key])).map(fileOfKey));
      else inputs.push(...textsIn(entry));
    }
  }
  // A patch may stand in the kustomization itself.
  return inputs.filter((input) => !input.includes('\n'));
}

/** `name-of-key=path` is how generators rename a file. */
function fileOfKey(entry: string): string {
  return entry.slice(entry.indexOf('=') + 1);
}

function textsIn(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter(isText);
}

function isFilled(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return isMapping(value) ? Object.keys(value).length > 0 : isText(value);
}

/** What kustomize fetches: an URL, `git@host:path`, or a host that it knows. */
function isRemote(entry: string): boolean {
  return /^[a-z][a-z0-9+.-]*:|^[\w.-]+@[\w.-]+:|^(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org)\/|[?&](?:ref|version)=/i.test(
    entry,
  );
}

function unique(paths: readonly string[]): string[] {
  return [...new Set(paths)];
}

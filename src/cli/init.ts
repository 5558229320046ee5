// `meshlint init`: writes the configuration that fits what is there.
import { existsSync, writeFileSync } from 'node:fs';
import { ConfigError } from '../config/config-error.ts';
import { NAMES } from '../config/find-settings.ts';
import type { WholeGraph } from '../graph/graph.ts';
import { compareText } from '../model/collections.ts';
import { type Kind, kinds } from '../model/kinds.gen.ts';
import { folderOf, type Kustomization } from '../model/layout.ts';
import { openSession, type Session } from '../session/session.ts';
import { type Given, isOn, last } from './flags.ts';
import { readSessionRequest } from './options.ts';
import { withProgress } from './progress.ts';
import { print, printError } from './terminal.ts';
import { yamlText } from './yaml-text.ts';

const [FILE = ''] = NAMES;

/** Looks at the working directory, or at the paths given, and writes `meshlint.yaml`. */
export async function init(given: Given, environment: NodeJS.ProcessEnv): Promise<number> {
  const toStdout = isOn(given, 'print') ?? false;
  const there = NAMES.find((name) => existsSync(name));
  if (!toStdout && there !== undefined && !isOn(given, 'force')) {
    throw new ConfigError(
      `${there} is there already.`,
      'meshlint init --force writes meshlint.yaml anew, and --print shows what it would write.',
    );
  }
  const flags = new Map(given.flags).set('no-config', ['true']);
  const positionals = given.positionals.length === 0 ? ['.'] : given.positionals;
  const request = await readSessionRequest({ positionals, flags }, environment);
  const acceptSnapshot = (): void => {
    throw new ConfigError(
      'meshlint init looks at files, and a snapshot of a cluster is none.',
      'Name the folders where manifests are, or nothing for this one.',
    );
  };
  const session = await withProgress((onProgress) => openSession({ ...request, acceptSnapshot, onProgress }));
  const found = lookAround(session, last({ positionals, flags }, 'istio-version'));
  const text = configurationText(found);
  if (toStdout) print([text]);
  else {
    write(text);
    printError(`Wrote ${FILE}: ${summary(found)}\nNext: meshlint analyze\n`);
  }
  return session.loaded.failures.length > 0 ? 3 : 0;
}

function write(text: string): void {
  try {
    writeFileSync(FILE, text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`${FILE} cannot be written: ${why}.`, 'Check the folder and its permissions.');
  }
}

/** What there is, as far as a configuration depends on it. */
interface Found {
  /** Where manifests are: folders of the working directory, or it itself. */
  readonly inputs: readonly string[];
  readonly resources: number;
  readonly version: { readonly text: string; readonly source: string } | undefined;
  /** Namespaces that are enrolled in ambient mode. */
  readonly ambient: readonly string[];
  /** Namespaces whose Pods get sidecars. */
  readonly sidecars: readonly string[];
  /** Kustomizations that no other one lists. */
  readonly kustomizations: readonly Kustomization[];
  /** Files that are templates. */
  readonly templates: readonly string[];
  readonly crds: readonly string[];
}

/** More roots than these are easier told as the folder that holds them all. */
const MOST_INPUTS = 8;

function lookAround({ graph, loaded }: Session, version: string | undefined): Found {
  const roots = new Set<string>();
  let resources = 0;
  for (const resource of graph.all()) {
    if (isOfMesh(resource.kind)) resources++;
    // Services, workloads and Namespaces are as much of the mesh as what is written for Istio.
    roots.add(rootOf(resource.origin.source.path));
  }
  const listed = new Set(loaded.layout.kustomizations.flatMap(({ lists }) => lists));
  const told = graph.mesh.istioVersion;
  return {
    inputs:
      resources === 0 || roots.size > MOST_INPUTS || roots.has('.') ? ['.'] : [...roots].sort(compareText),
    resources,
    version:
      version !== undefined
        ? { text: told ?? version, source: '--istio-version' }
        : told === undefined
          ? undefined
          : { text: told, source: graph.mesh.source ?? 'istiod' },
    ambient: labelled(graph, 'istio.io/dataplane-mode', 'ambient'),
    sidecars: labelled(graph, 'istio-injection', 'enabled'),
    kustomizations: loaded.layout.kustomizations.filter(
      ({ folder, path }) => !listed.has(folder) && !listed.has(path),
    ),
    templates: loaded.skipped.filter(({ reason }) => reason === 'template').map(({ path }) => path),
    crds: [...new Set(graph.list('CustomResourceDefinition').map(({ origin }) => origin.source.path))],
  };
}

function isOfMesh(kind: Kind): boolean {
  const { group } = kinds[kind];
  return group.endsWith('istio.io') || group.startsWith('gateway.networking.');
}

/** The folder of the working directory that a file is in, or it itself; outside of it, the file's folder. */
function rootOf(path: string): string {
  const [first = path, second] = path.split('/');
  if (first !== '..' && first !== '') return second === undefined ? '.' : first;
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

function labelled(graph: WholeGraph, label: string, value: string): string[] {
  const names = graph
    .list('Namespace')
    .filter(({ metadata }) => metadata.labels?.[label] === value)
    .map(({ name }) => name);
  return [...new Set(names)];
}

function summary({ inputs, resources }: Found): string {
  if (resources === 0) return 'no Istio configuration was found here, so it names the whole folder.';
  return `${resources} ${resources === 1 ? 'resource' : 'resources'} of Istio in ${inputs.join(', ')}.`;
}

function configurationText(found: Found): string {
  const parts = [
    `# What meshlint wants to know of this repository; "meshlint config" shows what holds.
# Every key: docs/configuration.md of meshlint, and the schema for editors meshlint/schemas/config.schema.json.

# recommended: what is on by default. strict: every rule, and warnings fail. security: policies, mutual TLS and secrets only.
extends: recommended`,
    `# What "meshlint analyze" reads when it is given no paths.
inputs:
${found.inputs.map((path) => `  - ${yamlText(path)}`).join('\n')}`,
    `# Globs of what is never read, though it is among the inputs.
# exclude: [examples/**, "*.generated.yaml"]`,
    meshPart(found),
    `# auto: missing is what the input gives evidence for. closed: the input is all there is, so whatever is not in it is missing.
world: auto`,
    ...kustomizationPart(found),
    `# Severity by rule: off, info, warning, error, or on for a rule that is off by default ("meshlint rules" lists them).
# rules:
#   IST0118: off
#   routing/missing-gateway: error`,
    `# Other severities for some files or namespaces.
# overrides:
#   - files: [experiments/**]
#     rules: {"*": info}`,
    `# Findings of this level or above fail: error, warning, info or never.
failOn: error`,
  ];
  return `${parts.join('\n\n')}\n`;
}

function meshPart({ version, ambient, sidecars, crds }: Found): string {
  const modes = [
    ...(ambient.length === 0 ? [] : [`ambient mode in ${some(ambient)}`]),
    ...(sidecars.length === 0 ? [] : [`sidecars in ${some(sidecars)}`]),
  ];
  const lines = [
    '# What the manifests do not say of the mesh itself.',
    ...(modes.length === 0 ? [] : [`# Found: ${modes.join(', ')}.`]),
  ];
  const asked = version?.source === '--istio-version';
  const seen = version === undefined ? '' : ` # as ${version.source} says`;
  const examples = [
    ...(asked ? [] : [`istioVersion: "${version?.text ?? '1.30'}"${seen}`]),
    ...(crds.length === 0 ? ['crds: [crds.yaml]'] : []),
    'meshConfig: mesh-config.yaml',
    'rootNamespace: istio-system',
    'trustDomain: cluster.local',
  ];
  const settings = asked
    ? ['mesh:', `  istioVersion: "${version.text}"`, ...examples.map((line) => `  # ${line}`)]
    : ['# mesh:', ...examples.map((line) => `#   ${line}`)];
  return [...lines, ...settings].join('\n');
}

function kustomizationPart({ kustomizations, templates }: Found): string[] {
  const folders = kustomizations.map(({ folder }) => folder || '.');
  const notes = [
    ...(folders.length === 0 ? [] : [`# Kustomizations: ${some(folders)}.`]),
    ...(templates.length === 0
      ? []
      : [`# Templates, which are judged once they are rendered: ${some(templates)}.`]),
  ];
  const siblings = kustomizations.filter(({ folder }) =>
    kustomizations.some((other) => other.folder !== folder && folderOf(other.folder) === folderOf(folder)),
  );
  return [
    ...(notes.length === 0 ? [] : [notes.join('\n')]),
    ...(siblings.length === 0 ? [] : [worldsPart(siblings)]),
  ];
}

/** Kustomizations side by side are environments, more often than not. */
function worldsPart(siblings: readonly Kustomization[]): string {
  const shared = new Set(
    siblings.flatMap(({ folder, lists }) => lists.filter((path) => !path.startsWith(`${folder}/`))),
  );
  const names = new Set(siblings.map(({ folder }) => folder.slice(folderOf(folder).length).replace('/', '')));
  const isUnique = names.size === siblings.length;
  return [
    '# Environments, each of which is judged by itself: what is not in it is missing there.',
    '# worlds:',
    ...siblings.map(({ folder }) => {
      const name = isUnique ? folder.slice(folderOf(folder).length).replace('/', '') : folder;
      return `#   ${yamlText(name)}: [${yamlText(folder)}]`;
    }),
    ...(shared.size === 0 ? [] : [`# shared: [${[...shared].map(yamlText).join(', ')}]`]),
  ].join('\n');
}

const SHOWN = 6;

/** The first few of a list, and how many more there are. */
function some(names: readonly string[]): string {
  const more = names.length - SHOWN;
  return names.slice(0, SHOWN).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

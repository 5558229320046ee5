// Where settings become options: what a flag can say becomes that flag, unless it was given.
import { statSync } from 'node:fs';
import { basename, relative, resolve } from 'node:path';
import { rules } from '../../rules/index.gen.ts';
import { ConfigError } from '../config/config-error.ts';
import { readSettings, settingError } from '../config/read-settings.ts';
import { lastSetting, type Settings, type SettingsLayer } from '../config/settings.ts';
import type { InputScope } from '../load/index.ts';
import type { RuleHead } from '../sdk/rule.ts';
import { namesCluster } from './combinations.ts';
import type { Configured } from './configured.ts';
import { choice, type Given, isOn } from './flags.ts';
import { readDuration, readRelease } from './options.ts';
import { presets } from './presets.ts';
import { severityLayers } from './severity-settings.ts';

/** The settings that a flag says too, by their keys. */
export const settingFlags = {
  exclude: 'exclude',
  'render.mode': 'render',
  'render.timeout': 'render-timeout',
  world: 'world',
  'mesh.istioVersion': 'istio-version',
  'mesh.upgradeTo': 'upgrade-to',
  'mesh.rootNamespace': 'root-namespace',
  'mesh.clusterDomain': 'cluster-domain',
  'mesh.trustDomain': 'trust-domain',
  'mesh.meshConfig': 'mesh-config',
  'mesh.meshNetworks': 'mesh-networks',
  'mesh.crds': 'crds',
  'cluster.istioNamespace': 'istio-namespace',
  'cluster.revision': 'revision',
  'cluster.secrets': 'secrets',
  'cluster.timeout': 'timeout',
  'cluster.requestTimeout': 'request-timeout',
  namespace: 'namespace',
  failOn: 'fail-on',
  show: 'show',
  format: 'format',
  baseline: 'baseline',
} as const;

/** Reads a configuration file and lays what was given over it. Throws ConfigError for what cannot be used. */
export async function configure(given: Given, file: string): Promise<Configured> {
  const layers = await readSettings(file, presets, process.cwd());
  const rules = await allRules(layers);
  const flags = new Map(given.flags);

  /** Hands a setting on as the flag that says the same; what that would refuse is refused at its place in the file. */
  async function asFlag(
    key: keyof typeof settingFlags,
    pick: (settings: Settings) => string | undefined,
    read?: (text: string, what: string) => unknown,
  ): Promise<void> {
    const found = lastSetting(layers, pick);
    const name = settingFlags[key];
    if (found === undefined || flags.has(name)) return;
    if (read !== undefined) await refusedAt(found.layer, key.split('.'), name, () => read(found.value, key));
    flags.set(name, [found.value]);
  }
  /** The formats; files that they are written to are relative to the configuration. */
  async function formatAsFlag(): Promise<void> {
    const found = lastSetting(layers, ({ format }) => format);
    if (found === undefined || flags.has('format')) return;
    const { value, layer } = found;
    const formats = (typeof value === 'string' ? [value] : value).map((text) =>
      text.replace(/(?<==).+$/, (path) => fromHere(layer, path)),
    );
    const { readOutputs } = await import('./outputs.ts');
    await refusedAt(layer, ['format'], 'format', () => readOutputs(formats, undefined));
    flags.set('format', formats);
  }
  /** The same for a file or folder that must be there; `key` is its path in the file. */
  async function asPathFlag(key: 'meshConfig' | 'meshNetworks' | 'crds'): Promise<void> {
    const name = settingFlags[`mesh.${key}`];
    const found = lastSetting(layers, ({ mesh }) => mesh?.[key]);
    if (found === undefined || flags.has(name)) return;
    const { value, layer } = found;
    const paths = typeof value === 'string' ? [value] : value;
    for (const [i, path] of paths.entries()) {
      if (statSync(resolve(layer.folder ?? '', path), { throwIfNoEntry: false }) !== undefined) continue;
      const at = typeof value === 'string' ? ['mesh', key] : ['mesh', key, i];
      throw await settingError(layer, at, `${path} does not exist.`, 'Paths are relative to this file.');
    }
    flags.set(
      name,
      paths.map((path) => fromHere(layer, path)),
    );
  }

  await asFlag('render.mode', ({ render }) => render?.mode);
  await asFlag('render.timeout', ({ render }) => render?.timeout, readDuration);
  await asFlag('world', ({ world }) => world);
  await asFlag('mesh.istioVersion', ({ mesh }) => mesh?.istioVersion, readRelease);
  await asFlag('mesh.upgradeTo', ({ mesh }) => mesh?.upgradeTo, readRelease);
  await asFlag('mesh.rootNamespace', ({ mesh }) => mesh?.rootNamespace);
  await asFlag('mesh.clusterDomain', ({ mesh }) => mesh?.clusterDomain);
  await asFlag('mesh.trustDomain', ({ mesh }) => mesh?.trustDomain);
  await asPathFlag('meshConfig');
  await asPathFlag('meshNetworks');
  await asPathFlag('crds');
  await asFlag('cluster.istioNamespace', ({ cluster }) => cluster?.istioNamespace);
  await asFlag('cluster.revision', ({ cluster }) => cluster?.revision);
  await asFlag('cluster.secrets', ({ cluster }) => cluster?.secrets);
  await asFlag('cluster.timeout', ({ cluster }) => cluster?.timeout, readDuration);
  await asFlag('cluster.requestTimeout', ({ cluster }) => cluster?.requestTimeout, readDuration);
  await asFlag('failOn', ({ failOn }) => failOn);
  await asFlag('show', ({ show }) => show);
  await formatAsFlag();

  const known = lastSetting(layers, ({ baseline }) => baseline);
  if (known !== undefined && !flags.has('baseline')) {
    flags.set('baseline', [fromHere(known.layer, known.value)]);
  }

  const inputs = lastSetting(layers, (settings) => settings.inputs);
  const wantsFiles = !flags.has('cluster') && (!namesCluster(given) || isOn(given, 'use-kube') === true);
  const useInputs = given.positionals.length === 0 && wantsFiles && inputs !== undefined;
  const rest = lastSetting(layers, ({ namespace }) => namespace);
  const hasRender = layers.some(({ settings }) => settings.render !== undefined);
  const severities = await severityLayers(layers, rules);
  const sets = layers.some(({ settings }) => settings.options !== undefined);
  const suppresses = layers.some(({ settings }) => settings.suppress !== undefined);
  const suppressions = suppresses
    ? await (await import('./suppress-settings.ts')).readSuppressions(
        layers,
        rules,
        useInputs ? undefined : given.positionals,
      )
    : [];
  return {
    given: {
      flags,
      positionals: useInputs ? inputs.value.map((path) => fromHere(inputs.layer, path)) : given.positionals,
    },
    session: {
      scopes: scopesOf(layers),
      ...(hasRender ? { render: await (await import('./render-settings.ts')).renderRequest(layers) } : {}),
      ...(rest === undefined ? {} : { namespaceOfRest: rest.value }),
    },
    ...worldsOf(layers, given),
    analyze: {
      ...(severities.length === 0 ? {} : { severities }),
      ...(sets ? { settings: await (await import('./option-settings.ts')).readOptions(layers, rules) } : {}),
      ...(suppressions.length === 0 ? {} : { suppressions }),
    },
    rules,
    layers,
  };
}

/** Runs what may refuse the value of a flag, and says where the value stands. */
async function refusedAt(
  layer: SettingsLayer,
  path: readonly string[],
  flag: string,
  read: () => unknown,
): Promise<void> {
  try {
    read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw await settingError(layer, path, error.message.replace(`--${flag}`, path.join('.')), error.help);
  }
}

/** The rules of meshlint, and those that a configuration brings. */
async function allRules(layers: readonly SettingsLayer[]): Promise<readonly RuleHead[]> {
  if (layers.every(({ settings: { plugins, checks } }) => plugins === undefined && checks === undefined)) {
    return rules;
  }
  const { loadHouseRules } = await import('../house/index.ts');
  // This module stands in dist when it runs, and the library that plugins import beside it.
  const at = (path: string): string => new URL(path, import.meta.url).href;
  const library = { sdk: at('./sdk.mjs'), testing: at('./lib/src/testing/index.js') };
  const house = await loadHouseRules(layers, rules, library);
  return [...rules, ...house];
}

/** A path of a configuration file, as one would write it in the working directory. */
export function fromHere({ folder = '' }: SettingsLayer, path: string): string {
  return relative(process.cwd(), resolve(folder, path)) || '.';
}

/** The worlds that the layers name; a name that several give is that of the last one. */
function worldsOf(layers: readonly SettingsLayer[], given: Given): Pick<Configured, 'worlds'> {
  const paths: Record<string, string[]> = {};
  for (const layer of layers) {
    for (const [name, own] of Object.entries(layer.settings.worlds ?? {})) {
      paths[name] = own.map((path) => fromHere(layer, path));
    }
  }
  if (Object.keys(paths).length === 0) return {};
  const shared = layers.flatMap((layer) =>
    (layer.settings.shared ?? []).map((path) => fromHere(layer, path)),
  );
  for (const own of Object.values(paths)) own.push(...shared);
  const world = choice(given, 'world', ['auto', 'open', 'closed']) ?? 'closed';
  return { worlds: { paths, world, onlyAsked: given.positionals.length > 0 } };
}

/** What the layers say of the files to read; the configuration itself is none of them. */
function scopesOf(layers: readonly SettingsLayer[]): InputScope[] {
  const included = lastSetting(layers, ({ include }) => include);
  return layers.flatMap((layer) => {
    const { name, folder, settings } = layer;
    if (folder === undefined) return [];
    const include = included?.layer === layer ? { include: included.value } : {};
    return [{ folder, ...include, exclude: [...(settings.exclude ?? []), `./${basename(name)}`] }];
  });
}

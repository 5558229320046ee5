// Where settings become options: what a flag can say becomes that flag, unless it was given.
import { statSync } from 'node:fs';
import { basename, relative, resolve } from 'node:path';
import { readSettings, settingError } from '../config/read-settings.ts';
import { lastSetting, type RuleLevel, type Settings, type SettingsLayer } from '../config/settings.ts';
import type { Level, SeverityLayer } from '../engine/severities.ts';
import { createPathTest, type InputScope } from '../load/index.ts';
import type { RuleHead } from '../sdk/rule.ts';
import type { Configured } from './configured.ts';
import type { Given } from './flags.ts';
import { presets } from './presets.ts';
import { nearestRule, ruleOrCode } from './selection.ts';

/** Reads a configuration file and lays what was given over it. Throws ConfigError for what cannot be used. */
export async function configure(given: Given, file: string): Promise<Configured> {
  const layers = await readSettings(file, presets, process.cwd());
  const rules = await allRules(layers);
  const flags = new Map(given.flags);

  /** Settings that a flag says too. */
  function asFlag(name: string, pick: (settings: Settings) => string | readonly string[] | undefined): void {
    const found = lastSetting(layers, pick);
    if (found === undefined || flags.has(name)) return;
    flags.set(name, typeof found.value === 'string' ? [found.value] : found.value);
  }
  /** The same for a file or folder that must be there; `key` is its path in the file. */
  async function asPathFlag(name: string, key: 'meshConfig' | 'meshNetworks' | 'crds'): Promise<void> {
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

  asFlag('world', ({ world }) => world);
  asFlag('istio-version', ({ mesh }) => mesh?.istioVersion);
  asFlag('upgrade-to', ({ mesh }) => mesh?.upgradeTo);
  asFlag('root-namespace', ({ mesh }) => mesh?.rootNamespace);
  asFlag('cluster-domain', ({ mesh }) => mesh?.clusterDomain);
  asFlag('trust-domain', ({ mesh }) => mesh?.trustDomain);
  await asPathFlag('mesh-config', 'meshConfig');
  await asPathFlag('mesh-networks', 'meshNetworks');
  await asPathFlag('crds', 'crds');
  asFlag('fail-on', ({ failOn }) => failOn);
  asFlag('show', ({ show }) => show);
  asFlag('format', ({ format }) => format);

  const inputs = lastSetting(layers, (settings) => settings.inputs);
  const useInputs = given.positionals.length === 0 && !flags.has('cluster') && inputs !== undefined;
  const rest = lastSetting(layers, ({ namespace }) => namespace);
  const severities = await severityLayers(layers, rules);
  return {
    given: {
      flags,
      positionals: useInputs ? inputs.value.map((path) => fromHere(inputs.layer, path)) : given.positionals,
    },
    session: {
      scopes: layers.flatMap(scopeOf),
      ...(rest === undefined ? {} : { namespaceOfRest: rest.value }),
    },
    analyze: severities.length === 0 ? {} : { severities },
    rules,
    layers,
  };
}

/** The rules of meshlint, and those that a configuration brings. */
async function allRules(layers: readonly SettingsLayer[]): Promise<readonly RuleHead[]> {
  const { rules } = await import('../../rules/index.gen.ts');
  if (layers.every(({ settings: { plugins, checks } }) => plugins === undefined && checks === undefined)) {
    return rules;
  }
  const { loadHouseRules } = await import('../house/index.ts');
  // This module stands in dist when it runs, and the library that plugins import beside it.
  const library = (name: string): string => new URL(`./lib/src/${name}/index.js`, import.meta.url).href;
  const house = await loadHouseRules(layers, rules, { sdk: library('sdk'), testing: library('testing') });
  return [...rules, ...house];
}

/** A path of a configuration file, as one would write it in the working directory. */
export function fromHere({ folder = '' }: SettingsLayer, path: string): string {
  return relative(process.cwd(), resolve(folder, path)) || '.';
}

/** What a layer says of the files to read; the configuration itself is none of them. */
function scopeOf({ name, folder, settings: { include, exclude = [] } }: SettingsLayer): InputScope[] {
  if (folder === undefined) return [];
  return [
    { folder, ...(include === undefined ? {} : { include }), exclude: [...exclude, `./${basename(name)}`] },
  ];
}

/** The severities of all layers in the order in which they count. */
async function severityLayers(
  layers: readonly SettingsLayer[],
  all: readonly RuleHead[],
): Promise<SeverityLayer[]> {
  const severities: SeverityLayer[] = [];
  for (const layer of layers) {
    const { rules, overrides = [] } = layer.settings;
    if (rules !== undefined) severities.push({ levels: await readLevels(layer, ['rules'], rules, all) });
    for (const [i, override] of overrides.entries()) {
      const levels = await readLevels(layer, ['overrides', i, 'rules'], override.rules, all);
      const { files, namespaces } = override;
      const inFiles = files === undefined ? undefined : await createPathTest(layer.folder ?? '', files);
      const inNamespaces = namespaces === undefined ? undefined : await createPathTest('/', namespaces, '/');
      severities.push({
        levels,
        covers: (file, namespace) =>
          inFiles?.(file) !== false &&
          (inNamespaces === undefined || (namespace !== undefined && inNamespaces(namespace))),
      });
    }
  }
  return severities;
}

/** Checks the names of rules, and reads `on` and `off` as YAML has them. */
async function readLevels(
  layer: SettingsLayer,
  path: readonly (string | number)[],
  rules: Readonly<Record<string, RuleLevel>>,
  all: readonly RuleHead[],
): Promise<Record<string, Level>> {
  const levels: Record<string, Level> = {};
  for (const [name, level] of Object.entries(rules)) {
    levels[await ruleName(layer, path, name, all)] = level === true ? 'on' : level === false ? 'off' : level;
  }
  return levels;
}

async function ruleName(
  layer: SettingsLayer,
  path: readonly (string | number)[],
  written: string,
  all: readonly RuleHead[],
): Promise<string> {
  const name = written === '*' ? written : (areaOf(written, all) ?? (await ruleOrCode(written, all)));
  if (name !== undefined) return name;
  const near = await nearestRule(written, all);
  throw await settingError(
    layer,
    [...path, written],
    `"${written}" is no rule and no code.`,
    `${near === undefined ? '' : `Did you mean ${near}? `}"meshlint rules" lists them all.`,
    'key',
  );
}

/** `area/*`, when there is such an area. */
function areaOf(written: string, all: readonly RuleHead[]): string | undefined {
  if (!written.endsWith('/*')) return undefined;
  return all.some(({ name }) => name.startsWith(written.slice(0, -1))) ? written : undefined;
}

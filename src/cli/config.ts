// `meshlint config`: what holds here, and where each of it comes from.
import {
  type EffectiveSetting,
  effectiveSettings,
  type GivenSetting,
  type Origin,
} from '../config/effective.ts';
import { defaultMesh } from '../model/mesh.ts';
import { applySettings } from './configured.ts';
import { choice, type Given, list } from './flags.ts';
import { settingFlags } from './settings.ts';
import { print } from './terminal.ts';
import { yamlText } from './yaml-text.ts';

/** What holds when nobody says anything. */
const defaults: readonly GivenSetting[] = [
  { key: 'render.mode', value: 'auto' },
  { key: 'render.timeout', value: '60s' },
  { key: 'world', value: 'auto' },
  { key: 'mesh.rootNamespace', value: defaultMesh.rootNamespace },
  { key: 'mesh.clusterDomain', value: defaultMesh.clusterDomain },
  { key: 'mesh.trustDomain', value: defaultMesh.trustDomain },
  { key: 'cluster.istioNamespace', value: defaultMesh.rootNamespace },
  { key: 'cluster.secrets', value: 'referenced' },
  { key: 'cluster.timeout', value: '60s' },
  { key: 'cluster.requestTimeout', value: '15s' },
  { key: 'failOn', value: 'error' },
  { key: 'show', value: 'info' },
  { key: 'format', value: 'text' },
];

/** Prints the configuration that holds for a command line with these flags. */
export async function config(given: Given): Promise<number> {
  const as = choice(given, 'format', ['yaml', 'json']) ?? 'yaml';
  const { layers } = await applySettings(given);
  const settings = (await effectiveSettings(layers, givenSettings(given), defaults)).map(withLevel);
  const files = layers.map(({ name }) => name);
  print(as === 'json' ? [json(settings, files)] : yaml(settings, files));
  return 0;
}

/** A level as people write it, which YAML reads as a boolean. */
function withLevel(setting: EffectiveSetting): EffectiveSetting {
  const { path, value } = setting;
  return path[0] === 'rules' && typeof value === 'boolean'
    ? { ...setting, value: value ? 'on' : 'off' }
    : setting;
}

/** The flags that say what a setting says. */
function givenSettings(given: Given): GivenSetting[] {
  const settings: GivenSetting[] = [];
  for (const [key, flag] of Object.entries(settingFlags)) {
    const values = key === 'format' ? undefined : given.flags.get(flag);
    if (values === undefined) continue;
    settings.push({ key, value: LISTS.has(key) ? values : values.at(-1), flag: `--${flag}` });
  }
  for (const [flag, level] of [
    ['enable', 'on'],
    ['disable', 'off'],
  ] as const) {
    for (const name of list(given, flag))
      settings.push({ key: `rules.${name}`, value: level, flag: `--${flag}` });
  }
  if (given.positionals.length > 0) {
    settings.push({ key: 'inputs', value: given.positionals, flag: 'command line' });
  }
  return settings;
}

const LISTS: ReadonlySet<string> = new Set(['exclude', 'mesh.crds']);

function json(settings: readonly EffectiveSetting[], layers: readonly string[]): string {
  return `${JSON.stringify({ version: '1', layers, settings }, null, 2)}\n`;
}

/** The settings as a configuration has them, with where each value comes from behind it. */
function* yaml(settings: readonly EffectiveSetting[], layers: readonly string[]): Iterable<string> {
  yield layers.length === 0
    ? '# No configuration file was found: these are the defaults.\n'
    : `# From ${layers.join(', ')}; later ones win. Paths are as written, relative to the file named behind them.\n`;
  let before: readonly (string | number)[] = [];
  const sorted = grouped(settings);
  const lines: { text: string; origin?: string }[] = [];
  for (const { path, value, origin } of sorted) {
    const same = path.findIndex((step, i) => before[i] !== step);
    for (const [depth, step] of path.slice(0, -1).entries()) {
      if (depth >= same) lines.push({ text: `${'  '.repeat(depth)}${yamlText(`${step}`)}:` });
    }
    const last = path.at(-1) ?? '';
    const head = typeof last === 'number' ? '-' : `${yamlText(last)}:`;
    lines.push({
      text: `${'  '.repeat(path.length - 1)}${head} ${flow(value)}`,
      origin: originInWords(origin),
    });
    before = path;
  }
  const width = Math.min(
    48,
    Math.max(0, ...lines.map(({ text, origin }) => (origin === undefined ? 0 : text.length))),
  );
  for (const { text, origin } of lines) {
    yield origin === undefined ? `${text}\n` : `${text.padEnd(width)}  # ${origin}\n`;
  }
}

/** Settings with a common beginning next to each other, in the order in which the beginnings were first met. */
function grouped(settings: readonly EffectiveSetting[]): EffectiveSetting[] {
  const keys = new Set(settings.map(({ path }) => path[0]));
  return [...keys].flatMap((key) => settings.filter(({ path }) => path[0] === key));
}

function originInWords(origin: Origin): string {
  switch (origin.from) {
    case 'default':
      return 'default';
    case 'preset':
      return `preset ${origin.preset}`;
    case 'file':
      return `${origin.file}:${origin.line}`;
    case 'flag':
      return origin.flag;
  }
}

/** A value on one line. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, field]) => `${yamlText(key)}: ${flow(field)}`)
      .join(', ')}}`;
  }
  // As people write levels, which YAML reads as booleans.
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'number') return `${value}`;
  return value === 'on' || value === 'off' ? value : yamlText(`${value}`);
}

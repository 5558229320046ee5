// Reads configuration files and what they extend, into layers.
import { readFileSync } from 'node:fs';
import { basename, dirname, relative, resolve } from 'node:path';
import { nearestName } from '../model/near.ts';
import {
  createLocator,
  createSource,
  type Path,
  readDocuments,
  type Source,
  type TextDocument,
} from '../text/index.ts';
import { checkSettings, type SettingProblem } from './check-settings.ts';
import { ConfigError } from './config-error.ts';
import { PACKAGE } from './find-settings.ts';
import type { SettingPlace, Settings, SettingsLayer } from './settings.ts';

/** What a name in `extends` may stand for, beside files. */
export type Presets = Readonly<Record<string, Settings>>;

/**
 * Reads a configuration file and all that it extends, the least important layer first. Throws ConfigError, with the
 * place, for whatever cannot be used.
 */
export function readSettings(file: string, presets: Presets, cwd: string): Promise<SettingsLayer[]> {
  return readLayers(resolve(cwd, file), presets, cwd, []);
}

async function readLayers(
  file: string,
  presets: Presets,
  cwd: string,
  above: readonly string[],
): Promise<SettingsLayer[]> {
  const layer = await readLayer(file, cwd);
  const written = layer.settings.extends ?? [];
  const layers: SettingsLayer[] = [];
  for (const [i, name] of (typeof written === 'string' ? [written] : written).entries()) {
    const path = typeof written === 'string' ? ['extends'] : ['extends', i];
    const preset = Object.hasOwn(presets, name) ? presets[name] : undefined;
    if (preset !== undefined) {
      layers.push({ name, settings: preset, place: async () => undefined });
      continue;
    }
    const target = resolve(dirname(file), name);
    const chain = [...above, file];
    if (chain.includes(target)) {
      const circle = [...chain.slice(chain.indexOf(target)), target].map((one) => shownPath(one, cwd));
      throw await settingError(
        layer,
        path,
        `extends goes round in a circle: ${circle.join(' → ')}.`,
        'Take one of them out.',
      );
    }
    if (!/[./\\]/.test(name)) {
      const near = nearestName(name, Object.keys(presets));
      throw await settingError(
        layer,
        path,
        `extends names "${name}", which is no preset.`,
        `${near === undefined ? '' : `Did you mean ${near}? `}It takes ${Object.keys(presets).join(', ')}, or the path of a file as ./base.yaml.`,
      );
    }
    try {
      layers.push(...(await readLayers(target, presets, cwd, chain)));
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      throw await settingError(layer, path, `extends names ${name}, and ${error.message}`, error.help);
    }
  }
  return [...layers, layer];
}

/** A file that is not there or cannot be read; whoever named it says where. */
class UnreadableError extends ConfigError {}

async function readLayer(file: string, cwd: string): Promise<SettingsLayer> {
  const shown = shownPath(file, cwd);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UnreadableError(
      `${shown} cannot be read: ${whyUnreadable(error)}.`,
      'Give the path of a configuration file.',
    );
  }
  const source = createSource(shown, text);
  const documents = (await readDocuments(source)).filter(({ value, error }) => value !== undefined || error);
  const [document, another] = documents;
  const base = basename(file) === PACKAGE ? ['meshlint'] : [];
  const locate = createPlaces(source, document);
  if (document?.error !== undefined) {
    const { line, column } = createLocator().lineColumn(source, document.error.start);
    throw new ConfigError(
      `${shown}:${line}:${column}: ${document.error.message}`,
      'Mend the YAML of the configuration.',
    );
  }
  if (another !== undefined) {
    const { line, column } = createLocator().lineColumn(source, another.start);
    throw new ConfigError(
      `${shown}:${line}:${column}: A second document begins here.`,
      'A configuration is one document.',
    );
  }
  if (base.length > 0 && fieldOf(document?.value, 'meshlint') === undefined) {
    throw new UnreadableError(
      `${shown} has no "meshlint".`,
      'Give the path of a configuration file, or add the key.',
    );
  }
  const value = base.reduce<unknown>((outer, key) => fieldOf(outer, key), document?.value) ?? {};
  const place: SettingsLayer['place'] = (path, part) => locate([...base, ...path], part);
  const { problems, texts } = checkSettings(value);
  const twice = (document?.duplicateKeys ?? []).map(
    ({ key, path }): SettingProblem => ({
      path: path.slice(base.length),
      part: 'key',
      message: `"${key}" stands here twice.`,
      help: 'Keep one of the two.',
    }),
  );
  await refuse([...problems, ...(base.length > 0 ? [] : twice)], place);
  for (const path of texts) keepAsWritten(value, path, await locate([...base, ...path]));
  // The one cast at the border: what was checked against the schema is of the schema's type.
  return { name: shown, folder: dirname(file), settings: value as Settings, place };
}

function whyUnreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'it does not exist';
  if (code === 'EISDIR') return 'it is a folder';
  if (code === 'EACCES' || code === 'EPERM') return 'the permission is missing';
  return error instanceof Error ? error.message : String(error);
}

function createPlaces(source: Source, document: TextDocument | undefined) {
  const locator = createLocator();
  return async (path: Path, part: 'key' | 'value' = 'value'): Promise<SettingPlace> => {
    const { start = 0, end = 0 } = document ?? {};
    const place = await locator.locate(source, start, end, path, part);
    const { line, column } = place;
    return { file: source.path, line, column, source, span: { start: place.start, end: place.end } };
  };
}

/** `1.30` is a release and no number: what was written is kept. */
function keepAsWritten(value: unknown, path: Path, { source, span }: SettingPlace): void {
  const owner = path.slice(0, -1).reduce<unknown>((outer, key) => fieldOf(outer, String(key)), value);
  if (typeof owner === 'object' && owner !== null) {
    Object.assign(owner, { [String(path.at(-1))]: source.text.slice(span.start, span.end) });
  }
}

function fieldOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return Object.entries(value).find(([name]) => name === key)?.[1];
}

/** Tells everything that is wrong at once, in the order of the file. */
async function refuse(problems: readonly SettingProblem[], place: SettingsLayer['place']): Promise<void> {
  if (problems.length === 0) return;
  const placed = await Promise.all(
    problems.map(async (problem) => ({ ...problem, at: await place(problem.path, problem.part) })),
  );
  placed.sort((a, b) => (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.column ?? 0) - (b.at?.column ?? 0));
  const [first, ...others] = placed.map(({ at, message, help }) => ({
    text: `${showPlace(at)}${message}`,
    help,
  }));
  const more = others.map(({ text, help }) => `\nerror: ${text}\n  help: ${help}`).join('');
  throw new ConfigError(first?.text ?? '', `${first?.help ?? ''}${more}`);
}

/** An error about a setting, with its place. */
export async function settingError(
  layer: SettingsLayer,
  path: Path,
  message: string,
  help: string,
  part: 'key' | 'value' = 'value',
): Promise<ConfigError> {
  return new ConfigError(`${showPlace(await layer.place(path, part))}${message}`, help);
}

function showPlace(place: SettingPlace | undefined): string {
  return place === undefined ? '' : `${place.file}:${place.line}:${place.column}: `;
}

function shownPath(file: string, cwd: string): string {
  return relative(cwd, file).replaceAll('\\', '/') || '.';
}

// What holds when all layers and flags are taken together, and where each of it comes from.
import type { Path } from '../text/index.ts';
import type { SettingsLayer } from './settings.ts';

/** Where a setting comes from. */
export type Origin =
  | { readonly from: 'default' }
  | { readonly from: 'preset'; readonly preset: string }
  | { readonly from: 'file'; readonly file: string; readonly line: number; readonly column: number }
  | { readonly from: 'flag'; readonly flag: string };

/** One value that holds; list items are entries of their own. */
export interface EffectiveSetting {
  readonly path: Path;
  readonly value: unknown;
  readonly origin: Origin;
}

/** A setting that a flag or nobody gave. */
export interface GivenSetting {
  /** With dots between the keys. */
  readonly key: string;
  readonly value: unknown;
  readonly flag?: string;
}

/** Lists of which the last one counts; the items of all others are added up. */
const REPLACED: ReadonlySet<string> = new Set(['extends', 'inputs', 'include', 'mesh.crds', 'format']);

function isReplaced(key: string): boolean {
  return REPLACED.has(key) || key.startsWith('options.');
}

/** Lays flags over layers over defaults. */
export async function effectiveSettings(
  layers: readonly SettingsLayer[],
  flags: readonly GivenSetting[],
  defaults: readonly GivenSetting[],
): Promise<EffectiveSetting[]> {
  const entries = new Map<string, EffectiveSetting[]>();
  for (const { key, value } of defaults) {
    entries.set(key, [{ path: key.split('.'), value, origin: { from: 'default' } }]);
  }

  async function take(layer: SettingsLayer, value: unknown, path: readonly string[]): Promise<void> {
    const key = path.join('.');
    if (Array.isArray(value)) {
      const before = isReplaced(key) ? [] : (entries.get(key) ?? []);
      const added: EffectiveSetting[] = [];
      for (const [i, item] of value.entries()) {
        const origin = await originIn(layer, [...path, i]);
        added.push({ path: [...path, before.length + i], value: item, origin });
      }
      entries.set(key, [...before, ...added]);
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, field] of Object.entries(value)) await take(layer, field, [...path, name]);
    } else {
      // A scalar takes the place of an older one, and the order of the file is kept.
      entries.delete(key);
      entries.set(key, [{ path, value, origin: await originIn(layer, path) }]);
    }
  }

  for (const layer of layers) {
    const { extends: _, $schema: __, ...settings } = layer.settings;
    await take(layer, settings, []);
  }
  for (const { key, value, flag = '' } of flags) {
    const origin = { from: 'flag', flag } as const;
    const path = key.startsWith('rules.') ? ['rules', key.slice('rules.'.length)] : key.split('.');
    const list = Array.isArray(value) ? value : undefined;
    const before = list === undefined || isReplaced(key) ? [] : (entries.get(key) ?? []);
    const added = list?.map((item, i) => ({ path: [...path, before.length + i], value: item, origin }));
    entries.set(key, [...before, ...(added ?? [{ path, value, origin }])]);
  }
  return [...entries.values()].flat();
}

async function originIn(layer: SettingsLayer, path: Path): Promise<Origin> {
  const place = await layer.place(path);
  if (place === undefined) return { from: 'preset', preset: layer.name };
  const { file, line, column } = place;
  return { from: 'file', file, line, column };
}

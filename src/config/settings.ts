// What people configure, by layers: presets, files that a file extends, and the file itself.
import type { Source } from '../text/index.ts';
import type { settingsSchema } from './settings-schema.gen.ts';

type Definitions = (typeof settingsSchema)['$defs'];

/** The type that a schema describes. A number where a text is wanted too is kept as the text that was written. */
type Described<S> = S extends { readonly $ref: `#/$defs/${infer N extends keyof Definitions & string}` }
  ? Described<Definitions[N]>
  : S extends { readonly anyOf: readonly (infer B)[] }
    ? Described<B>
    : S extends { readonly enum: readonly (infer E)[] }
      ? E
      : S extends { readonly type: 'string' | readonly ['string', 'number'] }
        ? string
        : S extends { readonly type: 'boolean' }
          ? boolean
          : S extends { readonly type: 'number' | 'integer' }
            ? number
            : S extends { readonly type: 'array'; readonly items: infer I }
              ? readonly Described<I>[]
              : S extends { readonly properties: infer P }
                ? Fields<P, S extends { readonly required: readonly (infer R)[] } ? R : never>
                : S extends { readonly additionalProperties: infer V }
                  ? Readonly<Record<string, Described<V>>>
                  : unknown;

type Fields<P, R> = {
  readonly [K in keyof P as K extends R ? never : K]?: Described<P[K]>;
} & { readonly [K in keyof P as K extends R ? K : never]: Described<P[K]> };

/** What a configuration file may say: the type of `schemas/config.schema.json`. */
export type Settings = Described<typeof settingsSchema>;

/** How much findings of a rule weigh, as written: YAML has `on` and `off` as booleans. */
export type RuleLevel = Described<Definitions['level']>;

/** Where a setting stands. */
export interface SettingPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly source: Source;
  readonly span: { readonly start: number; readonly end: number };
}

/** What one preset or file says. Later layers win over earlier ones. */
export interface SettingsLayer {
  /** The path of the file as people see it, or the name of the preset. */
  readonly name: string;
  /** The folder that paths in it are relative to; absent for a preset. */
  readonly folder?: string;
  readonly settings: Settings;
  /** The place of a setting; undefined for a preset. */
  place(path: readonly (string | number)[], part?: 'key' | 'value'): Promise<SettingPlace | undefined>;
}

/** The value of a setting that counts, and the layer that says it. */
export function lastSetting<T>(
  layers: readonly SettingsLayer[],
  pick: (settings: Settings) => T | undefined,
): { readonly value: T; readonly layer: SettingsLayer } | undefined {
  for (const layer of layers.toReversed()) {
    const value = pick(layer.settings);
    if (value !== undefined) return { value, layer };
  }
  return undefined;
}

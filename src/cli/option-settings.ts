// What people set about single rules, beside severities.
import { settingError } from '../config/read-settings.ts';
import type { SettingsLayer } from '../config/settings.ts';
import { isNamed, type RuleSettings } from '../engine/run.ts';
import { nearestName } from '../model/near.ts';
import { fitsOption, type OptionValue, type RuleOption, type RuleOptions } from '../sdk/option.ts';
import type { RuleHead } from '../sdk/rule.ts';
import { ruleName } from './severity-settings.ts';

const takes: Readonly<Record<RuleOption['type'], string>> = {
  boolean: 'true or false',
  integer: 'a whole number',
  string: 'a text',
  integers: 'a list of whole numbers',
  strings: 'a list of texts',
};

/** The options of all layers, by rule; later layers win. Throws ConfigError for what no rule takes. */
export async function readOptions(
  layers: readonly SettingsLayer[],
  all: readonly RuleHead[],
): Promise<RuleSettings> {
  const settings = new Map<string, Record<string, OptionValue>>();
  for (const layer of layers) {
    for (const [written, values] of Object.entries(layer.settings.options ?? {})) {
      const rules = await rulesNamed(layer, written, all);
      for (const [option, value] of Object.entries(values)) {
        for (const { name, type } of await takersOf(layer, written, option, rules)) {
          if (!fitsOption(type, value)) {
            const path = ['options', written, option];
            throw await settingError(
              layer,
              path,
              `${path.join('.')} has a wrong value.`,
              `It takes ${takes[type]}.`,
            );
          }
          settings.set(name, { ...settings.get(name), [option]: value });
        }
      }
    }
  }
  return settings;
}

interface WithOptions {
  readonly name: string;
  readonly options: RuleOptions;
}

/** The rules that a name or code stands for, as far as they have options. */
async function rulesNamed(
  layer: SettingsLayer,
  written: string,
  all: readonly RuleHead[],
): Promise<WithOptions[]> {
  const name = await ruleName(layer, ['options'], written, all);
  const named = await Promise.all(
    all.filter((head) => isNamed(new Set([name]), head)).map((head) => head.load()),
  );
  const rules = named.flatMap(({ name, rule: { options } }) =>
    options === undefined ? [] : [{ name, options }],
  );
  if (rules.length > 0) return rules;
  const help = 'meshlint explain tells which options a rule has.';
  throw await settingError(layer, ['options', written], `${written} has no options.`, help, 'key');
}

/** Those that have this option, and what it takes there. */
async function takersOf(
  layer: SettingsLayer,
  written: string,
  option: string,
  rules: readonly WithOptions[],
): Promise<{ readonly name: string; readonly type: RuleOption['type'] }[]> {
  const takers = rules.flatMap(({ name, options }) => {
    const declared = Object.hasOwn(options, option) ? options[option] : undefined;
    return declared === undefined ? [] : [{ name, type: declared.type }];
  });
  if (takers.length > 0) return takers;
  const known = [...new Set(rules.flatMap(({ options }) => Object.keys(options)))];
  const near = nearestName(option, known);
  const help = near === undefined ? `It has ${known.join(', ')}.` : `Did you mean ${near}?`;
  const message = `${written} has no option "${option}".`;
  throw await settingError(layer, ['options', written, option], message, help, 'key');
}

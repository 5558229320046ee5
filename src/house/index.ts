// Rules that people bring themselves: plugins, and checks written down in the configuration.
import { settingError } from '../config/read-settings.ts';
import type { SettingsLayer } from '../config/settings.ts';
import { headOf, type NamedRule, type RuleHead } from '../sdk/rule.ts';
import { rulesOf } from './guard.ts';
import { loadPlugins } from './load-plugins.ts';
import type { Library } from './resolve-hook.ts';

/** A rule that the configuration brings, and where. */
interface Brought {
  readonly named: NamedRule;
  readonly from: string;
  readonly layer: SettingsLayer;
  readonly path: readonly (string | number)[];
}

/**
 * The heads of all rules that a configuration brings, beside those that there are already. Throws ConfigError, with the
 * place, for a plugin or a check that cannot be used.
 */
export async function loadHouseRules(
  layers: readonly SettingsLayer[],
  there: readonly RuleHead[],
  library: Library,
): Promise<readonly RuleHead[]> {
  const brought: Brought[] = [];
  for (const { plugin, name, layer, path } of await loadPlugins(layers, library)) {
    for (const named of rulesOf(plugin)) {
      const rule = { ...named.rule, docs: named.rule.docs ?? name };
      brought.push({ named: { ...named, rule }, from: name, layer, path });
    }
  }
  if (layers.some(({ settings }) => (settings.checks ?? []).length > 0)) {
    const { compileChecks } = await import('./checks.ts');
    for (const check of await compileChecks(layers)) brought.push({ ...check, from: check.layer.name });
  }
  await refuseTwins(brought, there);
  return brought.map(({ named, from }) => ({ ...headOf(named), from }));
}

/** A code or a name that two rules have would let one of them be switched off with the other, and nobody sees it. */
async function refuseTwins(brought: readonly Brought[], there: readonly RuleHead[]): Promise<void> {
  const owners = new Map<string, string>();
  const areas = new Set(there.map(({ name }) => name.slice(0, name.indexOf('/'))));
  for (const { named, from, layer, path } of brought) {
    const { name, rule } = named;
    const area = name.slice(0, name.indexOf('/'));
    const isCheck = path[0] === 'checks';
    if (areas.has(area) || (area === 'checks' && !isCheck)) {
      throw await settingError(
        layer,
        path,
        `The plugin ${from} is named "${area}", as rules of meshlint are.`,
        `Give it a name of its own; taken are ${[...areas, 'checks'].sort().join(', ')}.`,
      );
    }
    for (const key of [rule.code, name]) {
      const owner = owners.get(key);
      if (owner !== undefined) {
        throw await settingError(
          layer,
          path,
          `${key} is there twice: in ${owner}, and in ${isCheck ? `the check ${name}` : `the rule ${name} of ${from}`}.`,
          'Each rule and check has a code and a name of its own.',
        );
      }
      owners.set(key, isCheck ? `the check ${name}` : `the rule ${name} of ${from}`);
    }
  }
}

// Severities of the configuration: by rule, for all or for some files and namespaces.
import { settingError } from '../config/read-settings.ts';
import type { RuleLevel, SettingsLayer } from '../config/settings.ts';
import { unavoidable } from '../engine/analyze.ts';
import { isNamed } from '../engine/run.ts';
import type { Level, SeverityLayer } from '../engine/severities.ts';
import { createPathTest } from '../load/index.ts';
import type { RuleHead } from '../sdk/rule.ts';
import { nearestRule, ruleOrCode } from './selection.ts';

/** The severities of all layers in the order in which they count. */
export async function severityLayers(
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
    const own = await ruleName(layer, path, name, all);
    const isOff = level === false || level === 'off';
    if (isOff && all.some((head) => unavoidable.has(head.name) && isNamed(new Set([own]), head))) {
      throw await settingError(
        layer,
        [...path, name],
        `${name} cannot be off: it says why an analysis is incomplete.`,
        'Leave out with exclude what cannot be read; --ignore-unknown lets what does not parse pass.',
      );
    }
    levels[own] = level === true ? 'on' : isOff ? 'off' : level;
  }
  return levels;
}

/** A rule, a code, an area or `*` as it is written in a setting. Throws ConfigError when it is none of them. */
export async function ruleName(
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

// What a configuration suppresses.
import { relative, resolve } from 'node:path';
import { settingError } from '../config/read-settings.ts';
import type { Settings, SettingsLayer } from '../config/settings.ts';
import type { Suppression } from '../engine/suppress.ts';
import { createPathTest } from '../load/index.ts';
import type { RuleHead } from '../sdk/rule.ts';
import { nearestRule, ruleOrCode } from './selection.ts';

type Entry = NonNullable<Settings['suppress']>[number];

/**
 * The entries of all layers. `paths` is what is analyzed; undefined where the configuration says it. Throws ConfigError
 * for entries that cannot be used.
 */
export async function readSuppressions(
  layers: readonly SettingsLayer[],
  rules: readonly RuleHead[],
  paths: readonly string[] | undefined,
): Promise<Suppression[]> {
  const suppressions: Suppression[] = [];
  for (const layer of layers) {
    const { folder = '' } = layer;
    // In a part of its project, what it suppresses may not be there.
    const judged = paths === undefined || paths.some((path) => isBelow(resolve(path), folder));
    for (const [i, entry] of (layer.settings.suppress ?? []).entries()) {
      await checkEntry(layer, i, entry, rules);
      const { code, resource, files, namespaces, reason, expires } = entry;
      const inFiles = files && (await createPathTest(folder, files));
      const inNamespaces = namespaces && (await createPathTest('/', namespaces, '/'));
      const place = await layer.place(['suppress', i, 'code']);
      suppressions.push({
        by: 'config',
        code,
        ...(resource === undefined ? {} : { resource }),
        ...(inFiles === undefined && inNamespaces === undefined
          ? {}
          : {
              covers: (file, namespace) =>
                inFiles?.(file) !== false &&
                (inNamespaces === undefined || (namespace !== undefined && inNamespaces(namespace))),
            }),
        reason,
        ...(expires === undefined ? {} : { expires }),
        ...(place === undefined ? {} : { place: { source: place.source, span: place.span } }),
        judged,
      });
    }
  }
  return suppressions;
}

async function checkEntry(
  layer: SettingsLayer,
  i: number,
  { code, reason, expires }: Entry,
  rules: readonly RuleHead[],
): Promise<void> {
  if (code !== '*' && (await ruleOrCode(code, rules)) === undefined) {
    const near = await nearestRule(code, rules);
    const hint = near === undefined ? '' : `Did you mean ${near}? `;
    const help = `${hint}"meshlint rules" lists them all.`;
    throw await settingError(layer, ['suppress', i, 'code'], `"${code}" is no rule and no code.`, help);
  }
  if (reason.trim() === '') {
    const help = 'Say why the findings may stay: others will want to know.';
    throw await settingError(layer, ['suppress', i, 'reason'], 'The reason is empty.', help);
  }
  if (expires !== undefined && !isDate(expires)) {
    const help = 'It takes a day, as 2027-01-31.';
    throw await settingError(layer, ['suppress', i, 'expires'], `"${expires}" is no date.`, help);
  }
}

function isDate(text: string): boolean {
  const time = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function isBelow(folder: string, path: string): boolean {
  return !/^(?:\.\.(?:[/\\]|$)|[A-Za-z]:)/.test(relative(folder, path));
}

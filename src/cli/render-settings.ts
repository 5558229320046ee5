// The part of a configuration that tells how kustomizations and charts are rendered.
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { settingError } from '../config/read-settings.ts';
import type { SettingsLayer } from '../config/settings.ts';
import { createPathTest, type RenderRequest } from '../load/index.ts';
import { fromHere } from './settings.ts';

type Release = NonNullable<RenderRequest['charts']>[number];

/** What layers say of rendering beyond what flags say too. Throws ConfigError for charts that are not there. */
export async function renderRequest(layers: readonly SettingsLayer[]): Promise<RenderRequest> {
  const kustomize: RenderRequest['kustomize'] & object = Object.assign(
    {},
    ...layers.map(({ settings }) => settings.render?.kustomize),
  );
  const skips = await Promise.all(
    layers.flatMap(({ folder, settings: { render } }) =>
      folder === undefined || render?.skip === undefined ? [] : [createPathTest(folder, render.skip)],
    ),
  );
  const charts: Release[] = [];
  for (const layer of layers) {
    for (const [i, chart] of (layer.settings.render?.charts ?? []).entries()) {
      await checkRelease(layer, ['render', 'charts', i, 'release'], chart.release);
      await checkFile(layer, ['render', 'charts', i, 'path'], join(chart.path, 'Chart.yaml'));
      for (const [j, file] of (chart.values ?? []).entries()) {
        await checkFile(layer, ['render', 'charts', i, 'values', j], file);
      }
      const values = (chart.values ?? []).map((file) => fromHere(layer, file));
      charts.push({ ...chart, path: fromHere(layer, chart.path), values });
    }
  }
  return {
    mode: 'auto',
    kustomize,
    ...(skips.length === 0 ? {} : { skips: (folder) => skips.some((skip) => skip(folder)) }),
    ...(charts.length === 0 ? {} : { charts }),
  };
}

/** Helm takes no other names; one that begins with `-` would be a flag. */
async function checkRelease(
  layer: SettingsLayer,
  at: readonly (string | number)[],
  name: string | undefined,
): Promise<void> {
  if (name === undefined || /^[a-z0-9](?:[a-z0-9.-]{0,51}[a-z0-9])?$/.test(name)) return;
  const help = 'Use up to 53 lower-case letters, digits, dots and dashes.';
  throw await settingError(layer, at, `"${name}" is no name for a release.`, help);
}

async function checkFile(
  layer: SettingsLayer,
  at: readonly (string | number)[],
  file: string,
): Promise<void> {
  if (statSync(resolve(layer.folder ?? '', file), { throwIfNoEntry: false })?.isFile()) return;
  throw await settingError(layer, at, `${file} does not exist.`, 'Paths are relative to this file.');
}

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Kustomization } from '../model/layout.ts';
import { load } from './load.ts';
import { createTempFolder, manifest } from './temp-folder.ts';
import { readTexts } from './texts.ts';

async function readOne(
  raw: string,
  path = 'env/prod/kustomization.yaml',
): Promise<Kustomization | undefined> {
  const { layout } = await readTexts([{ path, raw }]);
  return layout.kustomizations[0];
}

describe('a kustomization', () => {
  test('tells its folder, its namespace and what it lists', async () => {
    const raw = `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: shop
resources: [a.yaml, ./b.yaml, ../../base/, ../../base, .., ../.., 1, '']
bases: [/abs/base]
components:
- ../../../parts
`;
    expect(await readOne(raw)).toEqual({
      path: 'env/prod/kustomization.yaml',
      folder: 'env/prod',
      namespace: 'shop',
      lists: ['env/prod/a.yaml', 'env/prod/b.yaml', 'base', 'env', '', '/abs/base', '../parts'],
      transforms: ['components'],
    });
  });

  test('may stand in the first folder, and say nothing', async () => {
    expect(await readOne('resources: [a.yaml]\n', 'kustomization.yaml')).toEqual({
      path: 'kustomization.yaml',
      folder: '',
      lists: ['a.yaml'],
      transforms: [],
    });
    expect(await readOne('# nothing\n')).toMatchObject({ lists: [], transforms: [] });
  });

  test.each([
    'namePrefix: x-',
    'nameSuffix: -x',
    'labels: [{pairs: {a: b}}]',
    'commonLabels: {a: b}',
    'patches: [{path: p.yaml}]',
    'patchesStrategicMerge: [p.yaml]',
    'patchesJson6902: [{path: p.yaml}]',
    'replacements: [{path: p.yaml}]',
    'components: [../x]',
    'configMapGenerator: [{name: x}]',
    'secretGenerator: [{name: x}]',
    'generators: [g.yaml]',
    'transformers: [t.yaml]',
    'vars: [{name: X}]',
    'helmCharts: [{name: x}]',
    'helmChartInflationGenerator: [{chartName: x}]',
    'helmGlobals: {chartHome: x}',
  ])('that has %s changes what it lists', async (raw) => {
    expect((await readOne(raw))?.transforms).toEqual([raw.slice(0, raw.indexOf(':'))]);
  });

  test.each([
    'images: [{name: x, newTag: y}]',
    'replicas: [{name: x, count: 2}]',
    'commonAnnotations: {a: b}',
    'namespace: x',
    'namePrefix: ""',
    'patches: []',
    'labels:',
    'commonLabels: {}',
  ])('that has %s does not', async (raw) => {
    expect((await readOne(raw))?.transforms).toEqual([]);
  });

  test('with an open namespace moves what it lists nobody knows where', async () => {
    const { layout } = await readTexts([{ path: 'kustomization.yaml', raw: `namespace: "\${NS}"\n` }]);
    expect(layout.kustomizations).toMatchObject([{ transforms: ['namespace'] }]);
    expect(layout.kustomizations[0]?.namespace).toBeUndefined();
    expect(layout.opaque).toEqual([{ path: 'kustomization.yaml', why: 'template' }]);
  });

  test.each([
    'https://example.com/x.yaml',
    'git@github.com:org/repo.git',
    'github.com/org/repo/base?ref=v1',
    'ssh://git@host/repo',
    'org/repo//base?ref=main',
  ])('that fetches %s lists what nobody sees', async (entry) => {
    const { layout } = await readTexts([
      { path: 'k/kustomization.yaml', raw: `resources:\n- ${entry}\n- a.yaml\n` },
    ]);
    expect(layout.kustomizations).toMatchObject([{ lists: ['k/a.yaml'], transforms: [] }]);
    expect(layout.opaque).toEqual([{ path: 'k/kustomization.yaml', why: 'unreadable' }]);
  });

  test('of any shape is read as far as it goes', async () => {
    const raw =
      'resources: a.yaml\nbases: {a: b}\npatches: [1, {path: [x]}, null]\nopenapi: [x]\nnamespace: 1\n';
    expect(await readOne(raw)).toMatchObject({ lists: ['env/prod/a.yaml'], transforms: ['patches'] });
  });
});

describe('what a kustomization uses is no resource', () => {
  test.each([
    'patches: [{path: used.yaml}]',
    'patchesStrategicMerge: [used.yaml, "inline:\\n  patch"]',
    'patchesJson6902: [{path: ./used.yaml, target: {kind: Service}}]',
    'replacements: [{path: used.yaml}]',
    'transformers: [used.yaml]',
    'generators: [used.yaml]',
    'configurations: [used.yaml]',
    'crds: [used.yaml]',
    'openapi: {path: used.yaml}',
    'configMapGenerator: [{name: x, files: [key=used.yaml]}]',
    'helmCharts: [{name: x, valuesFile: used.yaml}]',
  ])('%s', async (raw) => {
    const used = `${manifest('a')}---\n${manifest('b')}---\nspec: {}\n`;
    const loaded = await readTexts([
      { path: 'k/used.yaml', raw: used },
      { path: 'used.yaml', raw: manifest('c') },
      { path: 'k/kustomization.yaml', raw },
    ]);
    expect(loaded.manifests.map(({ value }) => value.metadata)).toEqual([{ name: 'c' }]);
    expect(loaded.stats.manifests).toBe(1);
    expect(loaded.skipped).toContainEqual({ path: 'k/used.yaml', reason: 'patch', documents: 3 });
    expect(loaded.skipped).toHaveLength(2);
  });

  test('unless one lists it as a resource', async () => {
    const loaded = await readTexts([
      { path: 'a/kustomization.yaml', raw: 'patches: [{path: ../x.yaml}]\n' },
      { path: 'b/kustomization.yaml', raw: 'resources: [../x.yaml]\n' },
      { path: 'x.yaml', raw: manifest('x') },
    ]);
    expect(loaded.manifests).toHaveLength(1);
  });
});

test('what kustomizations name is found under the paths that files are shown by', async () => {
  const folder = createTempFolder().write({
    'work/overlay/kustomization.yaml': 'resources: [../../base, ../own]\npatches: [{path: p.yaml}]\n',
    'work/overlay/p.yaml': manifest('p'),
    'work/own/x.yaml': manifest('x'),
    'base/kustomization.yaml': 'resources: [b.yaml, ../work/own/x.yaml]\n',
    'base/b.yaml': manifest('b'),
  });
  const cwd = join(folder.path, 'work');
  const listsFor = async (...paths: string[]) => {
    const { layout, manifests } = await load({ cwd, paths });
    const shown = manifests.map(({ origin }) => origin.source.path);
    return [...layout.kustomizations.map(({ folder, lists }) => [folder, ...lists]), shown];
  };
  expect(await listsFor('.', '../base')).toEqual([
    ['overlay', '../base', 'own'],
    ['../base', '../base/b.yaml', 'own/x.yaml'],
    ['own/x.yaml', '../base/b.yaml'],
  ]);
  const base = join(folder.path, 'base');
  expect(await listsFor(base, '.')).toEqual([
    [base, `${base}/b.yaml`, 'own/x.yaml'],
    ['overlay', base, 'own'],
    [`${base}/b.yaml`, 'own/x.yaml'],
  ]);
  folder.remove();
});

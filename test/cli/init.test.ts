import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { run, virtualService, withTree } from './run.ts';

const namespace = (name: string, label: string): string =>
  `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}, labels: {${label}}}\n`;
const operator =
  'apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: {name: x}\nspec: {tag: 1.28.1}\n';

test.each([
  [
    'the folders of the mesh, with what is not of Istio in it',
    {
      'istio/a.yaml': virtualService('a'),
      'cluster/x/b.yaml': namespace('shop', 'a: b'),
      'docs/c.yaml': 'a: 1\n',
    },
    'inputs:\n  - cluster\n  - istio\n\n',
  ],
  [
    'files beside each other',
    { 'istio/a.yaml': virtualService('a'), 'b.yaml': namespace('shop', 'a: b') },
    'inputs:\n  - .\n\n',
  ],
  ['nothing', { 'a.yaml': 'a: 1\n' }, 'inputs:\n  - .\n'],
  ['names that YAML would read as something else', { 'on/a.yaml': virtualService('a') }, '  - "on"\n'],
  [
    'ambient mode and sidecars',
    {
      'a.yaml': namespace('till', 'istio.io/dataplane-mode: ambient'),
      'b.yaml': namespace('shop', 'istio-injection: enabled'),
    },
    '# Found: ambient mode in till, sidecars in shop.\n',
  ],
  ['a release', { 'a.yaml': operator }, '#   istioVersion: "1.28" # as IstioOperator in a.yaml says\n'],
  [
    'kustomizations that no other lists',
    {
      'base/kustomization.yaml': 'resources: [a.yaml]\n',
      'base/a.yaml': virtualService('a'),
      'prod/kustomization.yaml': 'resources: [../base]\n',
    },
    '# Kustomizations: prod.\n',
  ],
  [
    'environments',
    {
      'base/kustomization.yaml': 'resources: [a.yaml]\n',
      'base/a.yaml': virtualService('a'),
      'envs/prod/kustomization.yaml': 'resources: [../../base]\n',
      'envs/stage/kustomization.yaml': 'resources: [../../base]\n',
    },
    '# worlds:\n#   prod: [envs/prod]\n#   stage: [envs/stage]\n# shared: [base]\n',
  ],
])('init finds %s', async (_, files: Readonly<Record<string, string>>, expected) => {
  await withTree({ '.git/HEAD': '', ...files }, async (cwd) => {
    const printed = await run(['init', '--print'], { cwd });
    expect(printed.code).toBe(0);
    expect(printed.stdout).toContain(expected);
    expect(existsSync(`${cwd}/meshlint.yaml`)).toBe(false);

    const written = await run(['init'], { cwd });
    expect(written.code).toBe(0);
    expect(readFileSync(`${cwd}/meshlint.yaml`, 'utf8')).toBe(printed.stdout);
    expect((await run(['analyze'], { cwd })).code).toBe(0);
  });
});

test('init takes the release that it is told', async () => {
  await withTree({ 'a.yaml': virtualService('a') }, async (cwd) => {
    await run(['init', '--istio-version', '1.30.2'], { cwd });
    const { stdout } = await run(['config'], { cwd });
    expect(stdout).toMatch(/istioVersion: "1\.30" +# meshlint\.yaml:/);
  });
});

test.each(['meshlint.yaml', '.meshlint.yaml'])('init leaves %s alone unless told otherwise', async (name) => {
  await withTree({ [name]: 'world: open\n', 'a.yaml': virtualService('a') }, async (cwd) => {
    const { code, stderr } = await run(['init'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain(`${name} is there already.`);
    expect(readFileSync(`${cwd}/${name}`, 'utf8')).toBe('world: open\n');
    expect((await run(['init', '--force'], { cwd })).code).toBe(0);
    expect(readFileSync(`${cwd}/meshlint.yaml`, 'utf8')).toContain('inputs:\n  - .\n');
  });
});

test('everything that init leaves as a comment is right when it is uncommented', async () => {
  await withTree(
    { '.git/HEAD': '', 'a.yaml': virtualService('a'), 'mesh-config.yaml': '{}\n' },
    async (cwd) => {
      const { stdout } = await run(['init', '--print'], { cwd });
      const settings = stdout.replace(/^# (?=(?:exclude|mesh|rules|overrides):| {2})/gm, '');
      expect(settings).toContain('\nrules:\n  IST0118: off\n');
      await withTree(
        {
          'meshlint.yaml': settings,
          'a.yaml': virtualService('a'),
          'mesh-config.yaml': 'rootNamespace: istio-system\n',
          'crds.yaml':
            'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: x}\n',
        },
        async (other) => {
          const { code, stderr } = await run(['config'], { cwd: other });
          expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
        },
      );
    },
  );
});

// Kustomizations and charts, rendered by the tools that are here and by scripts that print what such tools would.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import type { Report } from '../../src/engine/report.ts';
import { type Outcome, run, virtualService, withTree } from './run.ts';

const schema = JSON.parse(readFileSync(new URL('../../schemas/report.schema.json', import.meta.url), 'utf8'));
const validate = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true }).compile(schema);

interface Scene {
  /** The files of the input. */
  readonly files: Readonly<Record<string, string>>;
  /** Scripts on the PATH, by name. */
  readonly tools?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

interface Answer extends Outcome {
  readonly report: Report;
  /** Calls of tools that were written down: `$LOG` in a script. */
  readonly log: readonly string[];
}

/** Analyzes a tree with only these tools, all that the system needs for scripts, and nothing else. */
async function analyze({ files, tools = {}, args = [], env = {} }: Scene): Promise<Answer> {
  return withTree({ 'log.txt': '' }, async (outside) => {
    const bin = join(outside, 'bin');
    mkdirSync(bin);
    for (const [name, script] of Object.entries(tools)) {
      writeFileSync(join(bin, name), `#!/bin/sh\nLOG='${outside}/log.txt'\n${script}`);
      chmodSync(join(bin, name), 0o755);
    }
    return withTree(files, async (cwd) => {
      const all = ['analyze', '.', '--format', 'json', '--world', 'closed', ...args];
      const outcome = await run(all, { cwd, env: { PATH: bin, ...env } });
      const report = JSON.parse(outcome.stdout);
      validate(report);
      expect(validate.errors ?? []).toEqual([]);
      const log = readFileSync(join(outside, 'log.txt'), 'utf8').split('\n').slice(0, -1);
      return { ...outcome, report, log };
    });
  });
}

/** A script that answers `version` and prints the rest for anything else. */
function printing(text: string, version = 'v9.8.7'): string {
  return [
    'case "$1" in',
    `version) echo ${version} ;;`,
    '*) way=$(/bin/sed \'s/.*"resources":\\["\\([^"]*\\)".*/\\1/\' "$2/kustomization.yaml" 2>/dev/null)',
    'echo "$*" >> "$LOG"',
    `/bin/cat <<END\n${text}END`,
    ';;',
    'esac',
  ].join('\n');
}

/** As kustomize prints it: with where it comes from. */
function withOrigin(manifest: string, path: string): string {
  return manifest.replace(
    'metadata:\n',
    `metadata:\n  annotations:\n    config.kubernetes.io/origin: |\n      path: $way/${path}\n`,
  );
}

const overlay: Readonly<Record<string, string>> = {
  'base/kustomization.yaml': 'resources: [vs.yaml]\n',
  'base/vs.yaml': `# the shop\n${virtualService('cart', 'public', '')}`,
  'prod/kustomization.yaml': 'namespace: shop\nresources: [../base]\n',
};
const built = withOrigin(virtualService('cart', 'public'), '../base/vs.yaml');

function places({ diagnostics }: Report): string[] {
  return diagnostics
    .filter(({ severity }) => severity !== 'info')
    .map(({ code, location }) => `${code} ${location?.file}:${location?.line} ${location?.exact}`);
}

describe.skipIf(process.platform === 'win32')('a kustomization', () => {
  test('is judged by what comes out, at the place where it was written', async () => {
    const { report, code, log } = await analyze({ files: overlay, tools: { kustomize: printing(built) } });
    expect(places(report)).toEqual(['IST0101 base/vs.yaml:10 true']);
    expect(report.diagnostics[0]).toMatchObject({
      resource: { namespace: 'shop', name: 'cart' },
      location: { renderedFrom: 'prod' },
    });
    expect(code).toBe(1);
    expect(report.coverage.rendered).toEqual([
      { path: 'prod', kind: 'kustomization', tool: 'kustomize', version: '9.8.7', manifests: 1 },
    ]);
    // The sources are not judged, nor called skipped, beside it; the base is part of the overlay.
    expect(report.coverage).toMatchObject({ resources: 1, skipped: [] });
    expect(log).toHaveLength(1);
  });

  test('is built by kubectl where kustomize is not there', async () => {
    const tool = printing(built, 'Client Version: v1.32.4');
    const { report, log } = await analyze({ files: overlay, tools: { kubectl: tool } });
    expect(report.coverage.rendered).toMatchObject([{ tool: 'kubectl', version: '1.32.4', manifests: 1 }]);
    expect(log[0]).toMatch(/^kustomize /);
  });

  test('is told to be rendered in the text report', async () => {
    const tools = { kustomize: printing(built) };
    await withTree(overlay, async (cwd) => {
      const bin = join(cwd, 'bin');
      mkdirSync(bin);
      writeFileSync(join(bin, 'kustomize'), `#!/bin/sh\nLOG=/dev/null\n${tools.kustomize}`);
      chmodSync(join(bin, 'kustomize'), 0o755);
      const { stdout } = await run(['analyze', '.', '--world', 'closed'], { cwd, env: { PATH: bin } });
      expect(stdout).toContain('(rendered from prod)');
      expect(stdout).toContain('Rendered     1 kustomization by kustomize 9.8.7');
    });
  });

  test('with a value that a patch sets points into the patch', async () => {
    const patch = virtualService('cart', 'public', '').replace('  hosts:\n  - shop.example.com\n', '');
    const { report } = await analyze({
      files: {
        ...overlay,
        'base/vs.yaml': virtualService('cart', 'private', ''),
        'prod/kustomization.yaml': 'resources: [../base]\npatches: [{path: patch.yaml}]\n',
        'prod/patch.yaml': patch,
      },
      tools: { kustomize: printing(built) },
    });
    expect(places(report)).toEqual(['IST0101 prod/patch.yaml:7 true']);
  });

  test('with a value that stands in no manifest points at the line of the kustomization that has it', async () => {
    const { report } = await analyze({
      files: {
        ...overlay,
        'base/vs.yaml': virtualService('cart', 'private', ''),
        'prod/kustomization.yaml':
          'resources: [../base]\npatches:\n- patch: |\n    gateways:\n    - public\n',
      },
      tools: { kustomize: printing(built) },
    });
    expect(places(report)).toEqual(['IST0101 prod/kustomization.yaml:5 true']);
  });

  test('with a value that nobody wrote points at the field that became it', async () => {
    const { report } = await analyze({
      files: { ...overlay, 'base/vs.yaml': virtualService('cart', 'private', '') },
      tools: { kustomize: printing(built) },
    });
    expect(places(report)).toEqual(['IST0101 base/vs.yaml:9 false']);
  });

  describe('beside another one that sets the same namespace', () => {
    const gateway = (name: string): string =>
      `---\napiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: ${name}, namespace: shop}\nspec: {selector: {app: gw}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]}\n`;
    /** Only `dev` brings the gateway that the route of both names; `prod` brings what is said. */
    const judge = (prod: string, world: string): Promise<Answer> =>
      analyze({
        files: { ...overlay, 'dev/kustomization.yaml': 'namespace: shop\nresources: [../base]\n' },
        tools: {
          kustomize: printing(built + prod).replace(
            '/bin/cat <<END',
            `case $way in */dev) /bin/cat <<DEV ; exit ;; esac\n${built}${gateway('public')}DEV\n/bin/cat <<END`,
          ),
        },
        args: ['--world', world, '--rule', 'missing-gateway,duplicate-resource'],
      });

    test.each([
      [
        'what only the other one has is missing',
        gateway('private'),
        'auto',
        ['IST0101 base/vs.yaml:10 true'],
      ],
      ['nothing of the kind proves nothing', '', 'auto', []],
      ['in a closed world it is missing', '', 'closed', ['IST0101 base/vs.yaml:10 true']],
    ])('%s, and nothing is defined twice', async (_, prod, world, expected) => {
      const { report } = await judge(prod, world);
      expect(report.coverage.rendered?.map(({ path }) => path)).toEqual(['dev', 'prod']);
      expect(places(report)).toEqual(expected);
    });
  });

  test('that fails leaves the analysis incomplete, with the words of the tool', async () => {
    const script = 'echo "Error: no such field: frobnicate" >&2; exit 1';
    const { report, code } = await analyze({ files: overlay, tools: { kustomize: script } });
    expect(code).toBe(3);
    expect(report.coverage.failures).toMatchObject([
      { path: 'prod', why: 'kustomize could not render it: no such field: frobnicate.' },
    ]);
    // The sources are read as they are.
    expect(report.coverage.resources).toBe(1);
  });

  test('that lists what has to be fetched names it when it fails', async () => {
    const remote = 'https://github.com/example/shop//base?ref=v1';
    const { report } = await analyze({
      files: { 'kustomization.yaml': `resources: ["${remote}"]\n` },
      tools: { kustomize: 'echo "no network" >&2; exit 1' },
    });
    expect(report.coverage.failures).toMatchObject([{ path: '.', help: expect.stringContaining(remote) }]);
  });

  test('is not waited for longer than was said', async () => {
    const start = Date.now();
    const { report, code } = await analyze({
      files: overlay,
      tools: { kustomize: '[ "$1" = version ] && echo 1.2.3 || /bin/sleep 60' },
      args: ['--render-timeout', '300ms'],
    });
    expect(code).toBe(3);
    expect(report.coverage.failures[0]?.why).toContain('it took longer than 300 ms');
    expect(Date.now() - start).toBeLessThan(20_000);
  });

  test('that prints without end is stopped', async () => {
    const script = '[ "$1" = version ] && exit 0\nwhile :; do /bin/cat /dev/zero; done';
    const { report, code } = await analyze({ files: overlay, tools: { kustomize: script } });
    expect(code).toBe(3);
    expect(report.coverage.failures[0]?.why).toContain('it printed more than 64 MB');
  });

  test('that prints what does not parse leaves the analysis incomplete', async () => {
    const { report, code } = await analyze({
      files: overlay,
      tools: { kustomize: printing(`${built}---\na: "open\n`) },
    });
    expect(code).toBe(3);
    expect(places(report)).toContain('IST0101 base/vs.yaml:10 true');
    expect(report.diagnostics.map(({ code: each }) => each)).toContain('IST1907');
  });

  test.each([
    ['auto', 0, []],
    ['require', 3, [expect.objectContaining({ path: 'prod' })]],
  ])('without any tool is a note, or a failure where it is required (%s)', async (mode, exit, failures) => {
    const { report, code } = await analyze({
      files: overlay,
      args: ['--render', mode, '--fail-on', 'never'],
    });
    expect(code).toBe(exit);
    expect(report.coverage.failures).toEqual(failures);
    expect(report.coverage.rendered).toEqual([
      { path: 'prod', kind: 'kustomization', why: 'neither kustomize nor kubectl is on the PATH' },
    ]);
  });

  test('is left alone when nothing is to be rendered', async () => {
    const { report, log } = await analyze({
      files: overlay,
      tools: { kustomize: printing(built) },
      args: ['--render', 'never'],
    });
    expect(log).toEqual([]);
    expect(report.coverage.rendered).toBeUndefined();
    expect(places(report)).toEqual(['IST0101 base/vs.yaml:10 true']);
  });

  test('may be left out by the configuration', async () => {
    const { report, log } = await analyze({
      files: { ...overlay, 'meshlint.yaml': 'render: {skip: [prod]}\n' },
      tools: { kustomize: printing(built) },
    });
    expect(log).toEqual([]);
    expect(report.coverage.rendered).toEqual([]);
  });

  test.each([
    ['base/*.yaml', 1],
    ['other/*.yaml', 0],
  ])('counts only where some of its files are wanted (%s)', async (include, times) => {
    const { log } = await analyze({
      files: { ...overlay, 'meshlint.yaml': `include: ["${include}"]\n` },
      tools: { kustomize: printing(built) },
    });
    expect(log).toHaveLength(times);
  });

  test('gets none of the settings that would change what comes out, and no tool of the input', async () => {
    const { log, report } = await analyze({
      files: { ...overlay, kustomize: '#!/bin/sh\nexit 1\n' },
      tools: {
        kustomize: `echo "$HELM_NAMESPACE$KUBECONFIG$KUSTOMIZE_PLUGIN_HOME$HOME" >> "$LOG"\n${printing(built)}`,
      },
      env: { HELM_NAMESPACE: 'a', KUBECONFIG: 'b', KUSTOMIZE_PLUGIN_HOME: 'c', HOME: '/home/me' },
    });
    expect(log.filter((line) => !line.startsWith('build '))).toEqual(['/home/me', '/home/me']);
    expect(report.coverage.failures).toEqual([]);
  });

  test('that only others use is not built by itself', async () => {
    const { report } = await analyze({
      files: {
        ...overlay,
        'part/kustomization.yaml':
          'kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\nnamePrefix: a-\n',
        'empty/kustomization.yaml': '',
      },
      tools: { kustomize: printing(built) },
    });
    expect(report.coverage.rendered?.map(({ path }) => path)).toEqual(['prod']);
  });

  test('is rendered once where several clusters have it', async () => {
    const { log, report } = await analyze({
      files: { ...overlay, 'east/a.yaml': virtualService('a'), 'west/a.yaml': virtualService('a') },
      tools: { kustomize: printing(built) },
      args: ['--cluster', 'east=east', '--cluster', 'west=west'],
    });
    expect(log).toHaveLength(1);
    expect(report.coverage.rendered).toHaveLength(1);
    expect(places(report).filter((place) => place.startsWith('IST0101'))).toEqual(
      Array(2).fill('IST0101 base/vs.yaml:10 true'),
    );
  });
});

const chart: Readonly<Record<string, string>> = {
  'shop/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 0.1.0\n',
  'shop/values.yaml': 'gateway: public\n',
  'shop/templates/vs.yaml': `# {{ .Values.x }}\n${virtualService('cart', 'public')}`,
};
const templated = `---\n# Source: shop/templates/vs.yaml\n${virtualService('cart', 'public')}`;

describe.skipIf(process.platform === 'win32')('a chart', () => {
  test('is judged by what comes out, at the line of the template that has the very text', async () => {
    const { report, log } = await analyze({ files: chart, tools: { helm: printing(templated) } });
    expect(places(report)).toEqual(['IST0101 shop/templates/vs.yaml:11 true']);
    expect(report.coverage.rendered).toMatchObject([
      { path: 'shop', kind: 'chart', tool: 'helm', manifests: 1 },
    ]);
    expect(report.coverage.skipped).toEqual([]);
    expect(log[0]).toMatch(/^template shop .*--skip-tests .*--api-versions networking\.istio\.io\/v1 /);
  });

  test('points about there where the template fills in the value', async () => {
    const template = chart['shop/templates/vs.yaml']?.replace('- public', '- {{ .Values.gateway }}') ?? '';
    const { report } = await analyze({
      files: { ...chart, 'shop/templates/vs.yaml': template },
      tools: { helm: printing(templated) },
    });
    expect(places(report)).toEqual(['IST0101 shop/templates/vs.yaml:10 false']);
  });

  test('is rendered once for each release of the configuration', async () => {
    const settings = [
      'render:',
      '  charts:',
      '  - {path: shop, release: east, values: [east.yaml]}',
      '  - {path: shop, release: west, namespace: other}',
    ].join('\n');
    const { report, log } = await analyze({
      files: { ...chart, 'meshlint.yaml': settings, 'east.yaml': 'a: 1\n' },
      tools: { helm: printing(templated) },
      args: ['--world', 'auto'],
    });
    expect(log.map((line) => line.split(' --api-versions')[0]?.replace(/\S+\/(?=shop|east)/g, ''))).toEqual(
      expect.arrayContaining([
        'template east shop --skip-tests --values east.yaml',
        'template west shop --skip-tests --namespace other',
      ]),
    );
    expect(report.coverage.rendered).toMatchObject([{ release: 'east' }, { release: 'west' }]);
    // Two releases are alternatives, not rivals.
    expect(places(report)).toEqual([]);
  });

  test.each([
    ['it is a library for other charts', 'type: library\n', {}],
    [
      'its dependencies are not in charts/: redis (helm dependency build)',
      'dependencies: [{name: redis}]\n',
      {},
    ],
    ['it has no templates', '', { 'shop/templates/vs.yaml': undefined }],
  ])('is not rendered by itself where %s', async (why, extra, without) => {
    const files = { ...chart, 'shop/Chart.yaml': chart['shop/Chart.yaml'] + extra, ...without };
    const present = Object.entries(files).flatMap(([path, text]) =>
      text === undefined ? [] : [[path, text]],
    );
    const { report, code, log } = await analyze({
      files: Object.fromEntries(present),
      tools: { helm: printing(templated) },
    });
    expect(log).toEqual([]);
    expect(code).toBe(0);
    expect(report.coverage.rendered).toMatchObject([{ path: 'shop', kind: 'chart', why }]);
  });

  test('in another chart is part of that one', async () => {
    const { report } = await analyze({
      files: { ...chart, 'shop/charts/redis/Chart.yaml': 'apiVersion: v2\nname: redis\n' },
      tools: { helm: printing(templated) },
    });
    expect(report.coverage.rendered?.map(({ path }) => path)).toEqual(['shop']);
  });

  test('by its own values is not blamed for what only an installation sets, nor for what is missing', async () => {
    const unset = templated.replace('- shop.example.com', '-').replace('name: cart', 'name: unset');
    const { report } = await analyze({
      files: chart,
      tools: { helm: printing(`${templated}${unset}`) },
      args: ['--world', 'auto'],
    });
    expect(places(report)).toEqual([]);
    expect(report.coverage).toMatchObject({
      resources: 1,
      skipped: [{ path: 'shop/Chart.yaml', reason: 'unset-values', documents: 1 }],
    });
  });

  test('by its own values is judged by what stands in its templates as it is', async () => {
    const empty = virtualService('cart', 'public').replace('- shop.example.com', '- ""');
    const { report } = await analyze({
      files: { ...chart, 'shop/templates/vs.yaml': empty },
      tools: { helm: printing(`---\n# Source: shop/templates/vs.yaml\n${empty}`) },
    });
    expect(places(report)).toContain('IST0106 shop/templates/vs.yaml:8 true');
  });

  test('without helm stays unseen, as a note', async () => {
    const { report, code } = await analyze({ files: chart });
    expect(code).toBe(0);
    expect(report.coverage.rendered).toMatchObject([{ path: 'shop', why: 'helm is not on the PATH' }]);
  });
});

test.each([
  ['--render', 'always', 'It takes auto, never or require.'],
  ['--render-timeout', 'soon', 'It takes a duration, as 90s, 2m or 500ms.'],
  ['--render-timeout', '0s', 'It takes a duration, as 90s, 2m or 500ms.'],
])('%s cannot be %s', async (flag, value, help) => {
  const { code, stderr } = await run(['analyze', '.', flag, value]);
  expect(code).toBe(2);
  expect(stderr).toContain(help);
});

test.each([
  ['that is not there', '- path: gone'],
  ['with a release that helm would take for a flag', '- {path: shop, release: --debug}'],
])('a chart of the configuration %s is an error of the configuration', async (_, entry) => {
  const files = { ...chart, 'meshlint.yaml': `render:\n  charts:\n  ${entry}\n` };
  await withTree(files, async (cwd) => {
    const { code, stderr } = await run(['analyze', '.'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain('meshlint.yaml:3');
  });
});

/** The folders of the PATH that hold a tool, and not its rival; none where it is not there. */
function pathTo(tool: string, rival: string | undefined): string | undefined {
  const holds = (folder: string, name: string): boolean => existsSync(join(folder, name));
  const folders = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => rival === undefined || !holds(folder, rival));
  return folders.some((folder) => holds(folder, tool)) ? folders.join(delimiter) : undefined;
}

/** `file:line rule` of every `# ! rule` in a folder. */
function marked(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .flatMap((entry) => {
      const file = join(entry.parentPath, entry.name);
      return readFileSync(file, 'utf8')
        .split('\n')
        .flatMap((line, i) => {
          const rule = /# ! ([a-z0-9-]+)/.exec(line)?.[1];
          return rule === undefined ? [] : [`${file}:${i + 1} ${rule}`];
        });
    })
    .sort();
}

// The trees of test/render, by the real tools.
for (const { tool, rival, tree, args } of [
  { tool: 'kubectl', rival: 'kustomize', tree: 'test/render/overlays', args: [] },
  { tool: 'kustomize', rival: undefined, tree: 'test/render/overlays', args: [] },
  {
    tool: 'helm',
    rival: undefined,
    tree: 'test/render/chart',
    args: ['--config', 'test/render/chart.meshlint.yaml'],
  },
]) {
  const PATH = pathTo(tool, rival);
  test.skipIf(PATH === undefined)(
    `${tool} renders ${tree}, and only what is marked is reported`,
    async () => {
      const all = ['analyze', tree, '--format', 'json', '--render', 'require', ...args];
      const { stdout } = await run(all, { env: { PATH: PATH ?? '' } });
      const report: Report = JSON.parse(stdout);
      const reported = report.diagnostics
        .filter(({ severity }) => severity !== 'info')
        .map(({ location, rule }) => `${location?.file}:${location?.line} ${rule.split('/')[1]}`);
      expect(reported.sort()).toEqual(marked(tree));
      expect(report.coverage.failures).toEqual([]);
      expect(report.coverage.rendered?.map((each) => each.tool)).toContain(tool);
    },
  );
}

// examples/pipelines: each way to check the mesh there lets it pass, and finds what a change breaks in another file; that
// of pre-commit is tried beside the hook.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { withTree } from '../cli/run.ts';
import { action, runStep } from './action.ts';
import { job, runJob } from './gitlab-job.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const home = join(root, 'examples/pipelines');
const read = (path: string): string => readFileSync(join(home, path), 'utf8');

const files = Object.fromEntries(
  readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(home.length + 1))
    .map((path) => [path, read(path)]),
);
/** Without the subset that a route still wants. */
const broken = {
  ...files,
  'deploy/subsets.yaml': read('deploy/subsets.yaml').replace(/ {4}- name: v2\n.*\n/, ''),
};
const PLACE = 'deploy/routes.yaml:12';

test('GitHub', async () => {
  interface Workflow {
    readonly jobs: Readonly<
      Record<string, { readonly steps: readonly { uses: string; with?: Record<string, string> }[] }>
    >;
  }
  const { jobs }: Workflow = parse(read('.github/workflows/meshlint.yml'));
  const step = Object.values(jobs)
    .flatMap(({ steps }) => steps)
    .find(({ uses }) => uses.startsWith('OWNER/meshlint@'));
  const inputs = step?.with ?? {};
  expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(inputs)));
  expect(await runStep(files, inputs)).toMatchObject({ code: 0 });
  const { code, stdout, sarif } = await runStep(broken, inputs);
  expect(code).toBe(1);
  expect(stdout).toContain('file=deploy/routes.yaml,line=12');
  expect(sarif).toContain('deploy/routes.yaml');
});

test('GitLab', async () => {
  const {
    include,
    meshlint,
  }: { include: { remote: string }[]; meshlint: { variables: Record<string, string> } } = parse(
    read('.gitlab-ci.yml'),
  );
  const path = include[0]?.remote.split('/OWNER/meshlint/VERSION/')[1] ?? '';
  expect(existsSync(join(root, path)), path).toBe(true);
  expect(Object.keys(job.variables)).toEqual(expect.arrayContaining(Object.keys(meshlint.variables)));
  expect(await runJob(files, meshlint.variables)).toMatchObject({ code: 0, report: [] });
  const { code, stdout, report } = await runJob(broken, meshlint.variables);
  expect(code).toBe(1);
  expect(stdout).toContain(PLACE);
  expect(report).toMatchObject([{ location: { path: 'deploy/routes.yaml' } }]);
});

/** Stands for Docker: runs the built command in the folder that is mounted. */
const docker = `#!/bin/sh
[ "$1 $2 $3" = "run --rm --read-only" ] || exit 9
folder=\${5%:/work:ro}
[ "$folder" != "$5" ] && [ "$6" = meshlint ] || exit 9
shift 6
cd "$folder" && exec "${process.execPath}" "${root}dist/cli.js" "$@"
`;

test.each([
  ['fine', files, 0],
  ['broken', broken, 1],
] as const)('a container (%s)', async (_, tree, code) => {
  await withTree(tree, (cwd) =>
    withTree({ docker }, async (bin) => {
      chmodSync(join(bin, 'docker'), 0o755);
      const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` };
      const outcome = spawnSync('sh', ['docker.sh'], { cwd, encoding: 'utf8', env });
      expect(outcome).toMatchObject({ status: code, stderr: '' });
      expect(outcome.stdout.includes(PLACE)).toBe(code === 1);
    }),
  );
});

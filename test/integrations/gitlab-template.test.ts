// The GitLab template: its script is run with the built command in place of the npm package.
import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { withTree } from '../cli/run.ts';
import { bad, shop } from './manifests.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
interface Job {
  readonly variables: Readonly<Record<string, string>>;
  readonly script: readonly string[];
  readonly artifacts: { readonly when: string; readonly reports: { readonly codequality: string } };
}
const { meshlint: job }: { meshlint: Job } = parse(
  readFileSync(join(root, 'templates/meshlint.gitlab-ci.yml'), 'utf8'),
);

function runJob(
  files: Readonly<Record<string, string>>,
  variables: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; stdout: string; report: unknown }> {
  return withTree(files, async (project) =>
    withTree({}, async (bin) => {
      writeFileSync(
        join(bin, 'npx'),
        `#!/bin/sh\nshift 2\nexec "${process.execPath}" "${root}dist/cli.js" "$@"\n`,
      );
      chmodSync(join(bin, 'npx'), 0o755);
      const { status, stdout } = spawnSync('sh', ['-ec', job.script.join('\n')], {
        cwd: project,
        encoding: 'utf8',
        env: { PATH: `${bin}${delimiter}${process.env.PATH}`, ...job.variables, ...variables },
      });
      const report: unknown = JSON.parse(
        readFileSync(join(project, job.artifacts.reports.codequality), 'utf8'),
      );
      return { code: status, stdout, report };
    }),
  );
}

test('findings fail the job, are printed, and are in the report that GitLab reads', async () => {
  const { code, stdout, report } = await runJob({ 'bad.yaml': bad });
  expect(code).toBe(1);
  expect(stdout).toContain('bad.yaml:7:16');
  expect(report).toMatchObject([
    { check_name: expect.stringContaining('IST0106'), location: { path: 'bad.yaml' } },
  ]);
  expect(job.artifacts.when).toBe('always');
});

test('what is fine passes with an empty report', async () => {
  expect(await runJob(shop)).toMatchObject({ code: 0, report: [] });
});

test('its variables say what is read and how', async () => {
  const files = { 'a/bad.yaml': bad, 'b/service.yaml': shop['service.yaml'], 'c/bad.yaml': bad };
  const variables = { MESHLINT_PATHS: 'a b', MESHLINT_ARGS: '--disable IST0106', MESHLINT_FAIL_ON: 'info' };
  expect(await runJob(files, variables)).toMatchObject({ code: 0, report: [] });
});

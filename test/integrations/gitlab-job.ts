// The job of the GitLab template, run with the built command in place of the npm package.
import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { withTree } from '../cli/run.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
interface Job {
  readonly variables: Readonly<Record<string, string>>;
  readonly script: readonly string[];
  readonly artifacts: { readonly when: string; readonly reports: { readonly codequality: string } };
}
export const { meshlint: job }: { meshlint: Job } = parse(
  readFileSync(join(root, 'templates/meshlint.gitlab-ci.yml'), 'utf8'),
);

/** Runs the job's script in a project with these files, and gives the report that GitLab reads. */
export function runJob(
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

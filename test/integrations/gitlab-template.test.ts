// The GitLab template: what its job does.
import { expect, test } from 'vitest';
import { job, runJob } from './gitlab-job.ts';
import { bad, shop } from './manifests.ts';

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

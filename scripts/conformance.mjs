// @ts-check
// Compares the built command with recorded answers of Istio's own analyzer, where they are at hand, and prints a table
// by code. MESHLINT_CONFORMANCE names their folder; without it the folder beside the checkout is tried.
//   npm run build && npm run conformance [-- --verbose]
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.env.MESHLINT_CONFORMANCE ?? '../shared/conformance';
const scorer = join(folder, 'score.mjs');
if (!existsSync(scorer)) {
  console.log(`skipped: no recorded answers in ${folder} (MESHLINT_CONFORMANCE names another folder)`);
} else {
  const args = [
    scorer,
    '--verbose',
    '--deviations',
    'test/conformance/deviations.json',
    ...process.argv.slice(2),
  ];
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  process.exitCode = status ?? 1;
}

// @ts-check
// Runs every generator. `--check` writes nothing and fails when a generated file is stale.
import { generate as generateCoverage } from './generate-coverage.mjs';
import { generate as generateJsonPage } from './generate-json-page.mjs';
import { generate as generateKinds } from './generate-kinds.mjs';
import { generate as generateRegistry } from './generate-registry.mjs';
import { generate as generateSettings } from './generate-settings.mjs';

const check = process.argv.includes('--check');
const stale = [
  ...(await generateKinds({ check })),
  ...(await generateRegistry({ check })),
  ...(await generateCoverage({ check })),
  ...(await generateJsonPage({ check })),
  ...(await generateSettings({ check })),
];
for (const path of stale) console.log(check ? `${path} is stale` : `wrote ${path}`);
if (check && stale.length > 0) {
  console.log('Run "npm run generate" and commit what it writes.');
  process.exitCode = 1;
}

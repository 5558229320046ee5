// @ts-check
// Writes the expected output of every example (expected.txt beside it, its findings in test/fixtures/examples) from what the built command says now. Read the change before
// you commit it: the tests hold whatever stands there.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';

for (const entry of readdirSync('examples', { withFileTypes: true })) {
  // Those with a configuration are run where it stands, by tests of their own.
  if (!entry.isDirectory() || existsSync(`examples/${entry.name}/meshlint.yaml`)) continue;
  const home = `examples/${entry.name}`;
  // How many rules ran changes with every new one.
  writeFileSync(`${home}/expected.txt`, meshlint(home).replace(/^Rules .*\n/m, ''));
  const { diagnostics } = JSON.parse(meshlint(home, '--format', 'json'));
  const findings = diagnostics.map(
    (/** @type {any} */ { code, rule, severity, message, resource, location }) => {
      const owner = resource?.namespace === undefined ? '' : `${resource.namespace}/`;
      return {
        code,
        rule,
        severity,
        message,
        ...(resource === undefined ? {} : { resource: `${resource.kind} ${owner}${resource.name}` }),
        place: `${location?.file}:${location?.line}:${location?.column}`,
      };
    },
  );
  writeFileSync(`test/fixtures/examples/${entry.name}.json`, `${JSON.stringify(findings, null, 2)}\n`);
  console.log(`${home}: ${findings.length} findings`);
}

/** @param {string[]} args */
function meshlint(...args) {
  return spawnSync(process.execPath, ['dist/cli.js', 'analyze', ...args], { encoding: 'utf8' }).stdout;
}

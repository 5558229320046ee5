import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiServer, startApiServer } from '../support/api-server/start.ts';
import { healthyObjects } from '../support/healthy-mesh.ts';
import { degraded, type FaultCase, fatal, faultTable, recovered } from './live-faults.ts';
import { type Outcome, run } from './run.ts';

const healthy = healthyObjects();
const all = [...fatal, ...degraded, ...recovered];
let server: ApiServer;
let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'meshlint-'));
  const clusters = Object.fromEntries(
    all.map(({ cluster, of = (objects) => objects }, i) => [
      `case-${i}`,
      { ...cluster, objects: [...of(healthy), ...(cluster?.objects ?? [])] },
    ]),
  );
  server = await startApiServer({ objects: healthy, clusters });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function meet(
  { kubeconfig, cluster, of, args = [], environment = {} }: FaultCase,
  name: string,
): Promise<Outcome> {
  const given = kubeconfig !== undefined && 'text' in kubeconfig ? kubeconfig.text : undefined;
  const file = join(folder, `${name}.yaml`);
  if (given !== undefined) writeFileSync(file, given);
  const isNamed = args.includes('--kubeconfig') || (kubeconfig ?? cluster ?? of) === undefined;
  const path = given === undefined ? server.kubeconfig({ clusters: [name], ...kubeconfig }) : file;
  return run(['analyze', ...(isNamed ? [] : ['--kubeconfig', path]), ...args], {
    cwd: folder,
    env: { HOME: folder, PATH: process.env.PATH ?? '', ...environment },
  });
}

/** Words in a row, `…` for any others. */
function saying(words: string): RegExp {
  const parts = words.split('…').map((part) => part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  return new RegExp(parts.join('.*'));
}

describe.each([
  ['nothing can be read', fatal],
  ['something cannot be read', degraded],
  ['all can be read', recovered],
])('%s:', (_, cases) => {
  test.each(cases)(
    '$what',
    async (one) => {
      const start = performance.now();
      const { code, stdout, stderr } = await meet(one, `case-${all.indexOf(one)}`);
      const took = (performance.now() - start) / 1000;
      const output = `${stderr}\n${stdout}`.replaceAll('`', '').replace(/\s+/g, ' ');
      expect(output).toMatch(saying(one.says));
      expect(code, output).toBe(one.code);
      if (cases === fatal) expect(stdout).toBe('');
      // The mesh is healthy: whatever is found is made up.
      if (cases === degraded) {
        expect(output).toContain(one.isFinding ? 'Incomplete: ' : 'Nothing was found in the rest');
      }
      if (cases === recovered) {
        expect(output).toContain(` ${one.objects ?? 35} objects read`);
        // What is not there is not assumed, but so.
        expect(output).not.toMatch(/assumes?\b/);
      }
      expect(took).toBeLessThan(one.within ?? 5);
      // No stack trace, no credential.
      expect(output).not.toMatch(/internal error| at .*\.js:|token-of-/);
    },
    30_000,
  );
});

test('the table of docs/clusters.md is this one', () => {
  expect(readFileSync('docs/clusters.md', 'utf8')).toContain(`<!-- faults -->\n\n${faultTable()}`);
});

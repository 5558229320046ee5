import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiServer, startApiServer } from '../support/api-server/start.ts';
import { healthyObjects } from '../support/healthy-mesh.ts';
import { run, withTree } from './run.ts';
import { route } from './snapshots.ts';

let server: ApiServer;
let kubeconfig: string;
/** All may be read of one, not all of the other. */
const contexts = ['main', 'narrow'];
/** One as it is, one compressed. */
const snapshotOf = (context: string): string =>
  join(server.folder, context === 'main' ? 'main.snapshot' : 'narrow.gz');
const wrong = [
  {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'shop', labels: { 'istio-injection': 'enabled' } },
  },
  route('cart', 'shop/public'),
  route('pay', 'edge/edge-tls'),
];
beforeAll(async () => {
  server = await startApiServer({
    objects: [...healthyObjects(), ...wrong],
    clusters: {
      narrow: { objects: [...healthyObjects(), ...wrong], faults: [{ match: '/gateways', status: 403 }] },
    },
  });
  kubeconfig = server.kubeconfig({ clusters: contexts });
  for (const context of contexts) {
    const file = snapshotOf(context);
    const args = ['snapshot', '--kubeconfig', kubeconfig, '--context', context, '--output-file', file];
    expect((await run(args)).code).toBe(context === 'main' ? 0 : 3);
  }
});
afterAll(() => server.stop());

describe('meshlint snapshot', () => {
  test.each<[string, string[]]>([
    ['analyze', ['analyze']],
    ['analyze -v', ['analyze', '-v']],
    ['analyze --format json', ['analyze', '--format', 'json']],
    ['analyze --format sarif', ['analyze', '--format', 'sarif']],
    ['analyze -n', ['analyze', '-n', 'shop']],
    ['world', ['world']],
    ['graph', ['graph']],
    ['describe', ['describe', 'Namespace/shop']],
  ])('lets `%s` say what it says of the cluster', async (_, args) => {
    for (const context of contexts) {
      const live = await run([...args, '--kubeconfig', kubeconfig, '--context', context]);
      expect(live.stdout).not.toBe('');
      expect(await run([...args, snapshotOf(context)])).toEqual(live);
    }
  });

  test('redacted gives the same findings, and names neither server nor user', async () => {
    await withTree({}, async (cwd) => {
      const live = await run(['analyze', '--format', 'compact', '--kubeconfig', kubeconfig], { cwd });
      await run(['snapshot', '--kubeconfig', kubeconfig, '--redact', '--output-file', 'a.snapshot'], { cwd });
      expect(readFileSync(join(cwd, 'a.snapshot'), 'utf8')).not.toMatch(/127\.0\.0\.1|tester/);
      expect(await run(['analyze', '--format', 'compact', 'a.snapshot'], { cwd })).toEqual(live);
      expect((await run(['analyze', 'a.snapshot'], { cwd })).stdout).toMatch(/^Cluster +main, Kubernetes/m);
    });
  });

  test('tells what it wrote and what it could not read, in a file of its owner', async () => {
    await withTree({}, async (cwd) => {
      const args = [
        'snapshot',
        '--kubeconfig',
        kubeconfig,
        '--context',
        'narrow',
        '--output-file',
        'a.snapshot.gz',
      ];
      const { code, stdout, stderr } = await run(args, { cwd });
      expect(stdout).toMatch(/^a\.snapshot\.gz: \d+ objects of cluster narrow\n$/);
      expect(stderr).toMatch(
        /note: narrow: Gateways could not be read: forbidden\n {2}help: allow it: - \{apiGroups/,
      );
      expect(code).toBe(3);
      expect(statSync(join(cwd, 'a.snapshot.gz')).mode & 0o777).toBe(0o600);
    });
  });

  test.each<[string, string[], RegExp, number]>([
    ['no file', [], /^error: No file was named to keep the snapshot in\./, 2],
    [
      'a folder that is not there',
      ['--output-file', 'none/a.gz'],
      /^error: The snapshot cannot be written to none\/a\.gz/,
      2,
    ],
    [
      'a context that is not there',
      ['--output-file', 'a.gz', '--context', 'nain'],
      /^error: There is no context "nain"/,
      3,
    ],
  ])('says what is wrong with %s', async (_, args, message, exit) => {
    await withTree({}, async (cwd) => {
      const { code, stdout, stderr } = await run(['snapshot', '--kubeconfig', kubeconfig, ...args], { cwd });
      expect(stderr).toMatch(message);
      expect({ code, stdout }).toEqual({ code: exit, stdout: '' });
    });
  });
});

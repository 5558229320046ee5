import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiServer, startApiServer } from '../support/api-server/start.ts';
import { healthyObjects } from '../support/healthy-mesh.ts';
import { combinations, combinationTable } from './combinations.ts';
import { run, virtualService, withTree } from './run.ts';
import { namespace, route, snapshotText, stateOf } from './snapshots.ts';

let server: ApiServer;
let kubeconfig = '';
beforeAll(async () => {
  server = await startApiServer({
    objects: healthyObjects(),
    clusters: { east: { objects: healthyObjects() } },
  });
  kubeconfig = server.kubeconfig({ clusters: ['main', 'east'] });
});
afterAll(() => server.stop());

const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: parcels.example.com }
spec:
  group: example.com
  scope: Namespaced
  names: { kind: Parcel, plural: parcels }
  versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }]
`;
const east = stateOf('east', [namespace('shop'), route('cart', 'shop/public')]);
const west = stateOf('west', [namespace('shop')]);

test.each(combinations)('$what: $args', async ({ args, configuration, code, says, shows = '' }) => {
  const files = {
    'a.yaml': virtualService('cart'),
    'b.yaml': virtualService('till'),
    'crd.yaml': definition,
    one: await snapshotText(east),
    two: await snapshotText(east, west),
    ...(configuration === undefined ? {} : { 'meshlint.yaml': configuration }),
  };
  await withTree(files, async (cwd) => {
    const outcome = await run(args.split(' '), { cwd, env: { KUBECONFIG: kubeconfig } });
    const { stdout, stderr } = outcome;
    expect(outcome.code, stdout + stderr).toBe(code);
    if (code === 2) {
      expect(stderr).toContain(says);
      expect(stderr).toMatch(/^error: .*\n {2}help: .*\n$/);
      expect(stdout).toBe('');
    } else {
      expect(stderr).toBe(says);
      expect(stdout).toContain(shows);
    }
  });
});

test('the table of docs/clusters.md is this one', () => {
  expect(readFileSync('docs/clusters.md', 'utf8')).toContain(
    `<!-- combinations -->\n\n${combinationTable()}`,
  );
});

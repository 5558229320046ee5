import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { run, virtualService, withTree } from './run.ts';

const schema = JSON.parse(readFileSync(new URL('../../schemas/report.schema.json', import.meta.url), 'utf8'));
const validate = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true }).compile(schema);

const service = (name: string, port: number): string =>
  `apiVersion: v1
kind: Service
metadata:
  name: ${name}
  namespace: shop
spec:
  ports:
  - name: http
    port: ${port}
`;
const gateway = (name: string): string => `apiVersion: networking.istio.io/v1
kind: Gateway
metadata:
  name: ${name}
  namespace: shop
spec:
  selector:
    istio: ingressgateway
  servers:
  - port: { number: 80, name: http, protocol: HTTP }
    hosts: ["*.example.com"]
`;
const mesh = (root: string): string => `apiVersion: v1
kind: ConfigMap
metadata:
  name: istio
  namespace: istio-system
data:
  mesh: |
    rootNamespace: ${root}
`;

const tree = {
  'east/cart.yaml': service('cart', 80),
  'east/mesh.yaml': mesh('mesh-east'),
  'west/cart.yaml': service('cart', 8080),
  'base/routes.yaml': virtualService('front', 'public'),
  'east-gateways/public.yaml': gateway('public'),
  'west-gateways/other.yaml': gateway('other'),
};
const both = ['--cluster', 'east=east', '--cluster', 'west=west'];

async function report(args: readonly string[], files: Readonly<Record<string, string>> = tree) {
  return withTree(files, async (cwd) => {
    const { code, stdout } = await run(['analyze', ...args, '--format', 'json'], { cwd });
    const printed = JSON.parse(stdout);
    validate(printed);
    expect(validate.errors ?? []).toEqual([]);
    return { code, report: printed, found: printed.diagnostics.map(shown) };
  });
}

interface Shown {
  readonly code: string;
  readonly location: { readonly file: string };
  readonly resource?: { readonly cluster?: string };
}

function shown({ code, location, resource }: Shown): string {
  return `${code} ${location.file} ${resource?.cluster}`;
}

describe('clusters', () => {
  test('are compared, each is judged by itself, and other paths belong to all', async () => {
    const gateways = ['--cluster', 'east=east-gateways', '--cluster=west=west-gateways'];
    const { code, found, report: printed } = await report([...both, ...gateways, 'base']);
    expect(found).toEqual([
      'IST0101 base/routes.yaml west',
      'IST0170 east/cart.yaml east',
      'IST0170 west/cart.yaml west',
    ]);
    expect(code).toBe(1);
    expect(
      new Set(printed.diagnostics.map(({ fingerprint }: { fingerprint: string }) => fingerprint)).size,
    ).toBe(3);
    expect(printed.coverage.files).toBe(7);
  });

  test('have the mesh configuration that stands in them, in the order of their names', async () => {
    const { report: printed } = await report(['--cluster', 'west=west', '--cluster', 'east=east']);
    expect(
      printed.coverage.clusters.map(
        ({ name, files, mesh: found }: { name: string; files: number; mesh: object }) => [name, files, found],
      ),
    ).toMatchObject([
      ['east', 2, { rootNamespace: 'mesh-east' }],
      ['west', 1, { rootNamespace: 'istio-system' }],
    ]);
  });

  test('come out the same in any order', async () => {
    await withTree(tree, async (cwd) => {
      const one = await run(['analyze', ...both, 'base'], { cwd });
      const other = await run(['analyze', 'base', '--cluster=west=west', '--cluster', 'east=east'], { cwd });
      expect(other).toEqual(one);
    });
  });

  test('are named beside the resource', async () => {
    await withTree(tree, async (cwd) => {
      const { stdout } = await run(['analyze', ...both], { cwd });
      expect(stdout).toContain('east/cart.yaml:9:11  Service shop/cart (cluster east)  spec.ports[0].port');
      expect(stdout).toContain('west/cart.yaml:9:11  Service shop/cart (cluster west)');
      expect(stdout).toContain('Clusters     east (3 resources), west (1 resource)');
    });
  });

  test('share standard input', async () => {
    await withTree(tree, async (cwd) => {
      const { code, stdout } = await run(
        ['analyze', ...both, '-', '--world', 'closed', '--rule', 'IST0101'],
        {
          cwd,
          input: virtualService('front', 'public'),
        },
      );
      expect(stdout).toContain('<stdin>:10:5  VirtualService shop/front (cluster east)');
      expect(stdout).toContain('<stdin>:10:5  VirtualService shop/front (cluster west)');
      expect(code).toBe(1);
    });
  });

  test('need not be several', async () => {
    const { code, found, report: printed } = await report(['--cluster', 'east=east']);
    expect([code, found]).toEqual([0, []]);
    expect(printed.coverage.rules.skipped).toContainEqual({
      rule: 'routing/inconsistent-service',
      code: 'IST0170',
      cause: 'out-of-scope',
      why: 'needs several clusters (--cluster, --contexts)',
    });
  });

  test('are not there without the flag', async () => {
    const { found, report: printed } = await report(['east', 'base', '--world', 'closed']);
    expect(found).toEqual(['IST0101 base/routes.yaml undefined']);
    expect(printed.coverage.clusters).toBeUndefined();
  });
});

describe('what cannot be meant', () => {
  test.each<[what: string, args: readonly string[], says: string]>([
    ['no path', ['--cluster', 'east'], '--cluster "east" has no "="'],
    ['no name', ['--cluster==east'], '--cluster "=east" names no cluster'],
    ['an empty path', ['--cluster', 'east='], '--cluster "east=" names no path for cluster east'],
    [
      'a path twice',
      ['--cluster', 'east=east', '--cluster', 'east=./east/'],
      '--cluster "east=./east/" names this path of cluster east a second time',
    ],
  ])('%s', async (_, args, says) => {
    await withTree(tree, async (cwd) => {
      const { code, stdout, stderr } = await run(['analyze', ...args], { cwd });
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain(`error: ${says}.\n  help: It takes NAME=PATH`);
    });
  });

  test('a path that does not exist, for one cluster or for all', async () => {
    await withTree(tree, async (cwd) => {
      const { code, stdout } = await run(['analyze', ...both, '--cluster', 'west=wset', 'gone'], { cwd });
      expect(stdout).toContain(
        'error wset (--cluster west) was not read: It does not exist.\n  help: Did you mean west?',
      );
      expect(stdout.match(/error gone was not read/g)).toHaveLength(1);
      expect(code).toBe(3);
    });
    const { report: printed } = await report(['--cluster', 'east=east', '--cluster', 'west=wset', 'gone']);
    const failures = printed.coverage.failures.map(
      ({ path, cluster }: { path: string; cluster?: string }) => [path, cluster],
    );
    expect(failures).toEqual([
      ['gone', undefined],
      ['wset', 'west'],
    ]);
  });
});

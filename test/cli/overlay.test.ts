import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { route, service, shop, subsets } from '../integrations/manifests.ts';
import { type ApiServer, readObjects, startApiServer } from '../support/api-server/start.ts';
import { type Outcome, run, withTree } from './run.ts';

const other = (text: string): string => text.replaceAll('cart', 'orders');
const plain = (text: string): string => text.replace(', subset: v2', '');
/** Wrong before anything changes. */
const broken = plain(route).replace('name: cart', 'name: broken').replaceAll('host: cart', 'host: nowhere');

const gatewayPods = `apiVersion: apps/v1
kind: Deployment
metadata: { name: ingress, namespace: edge }
spec:
  selector: { matchLabels: { app: ingress } }
  template:
    metadata: { labels: { app: ingress } }
    spec: { containers: [{ name: istio-proxy, image: docker.io/istio/proxyv2:1.28.0, ports: [{ containerPort: 443 }] }] }
`;
const certificate = `apiVersion: v1
kind: Secret
metadata: { name: spare, namespace: edge }
type: kubernetes.io/tls
stringData: { tls.crt: "", tls.key: "" }
`;
const gateway = (...names: readonly string[]): string => `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: public, namespace: edge }
spec:
  selector: { app: ingress }
  servers:
${names
  .map(
    (name) => `  - port: { number: 443, name: ${name}, protocol: HTTPS }
    hosts: [${name}.example.com]
    tls: { mode: SIMPLE, credentialName: ${name} }
`,
  )
  .join('')}`;

let server: ApiServer;
beforeAll(async () => {
  const objects = readObjects([...Object.values(shop), broken, gatewayPods, certificate].join('---\n'));
  server = await startApiServer({
    objects,
    clusters: {
      blind: {
        objects,
        faults: [{ match: '/services', status: 403 }],
      },
    },
  });
});
afterAll(() => server.stop());

type Files = Readonly<Record<string, string>>;

function meshlint(args: string, files: Files = {}, { cluster = 'main', input = '' } = {}): Promise<Outcome> {
  const kubeconfig = server.kubeconfig({ clusters: [cluster], namespace: 'shop' });
  return withTree(files, (cwd) =>
    run([...args.split(' '), '--kubeconfig', kubeconfig, '--rule', 'IST0101,IST1907'], { cwd, input }),
  );
}

const orders = { 'a.yaml': other(service), 'b.yaml': plain(other(route)) };

describe('analyze --use-kube', () => {
  interface Case {
    readonly says: string;
    readonly args?: string;
    readonly files: Files;
    readonly cluster?: string;
    readonly code: number;
    /** `CODE resource place`. */
    readonly found: readonly string[];
  }
  const old = 'IST0101 shop/broken main';
  const cases: readonly Case[] = [
    { says: 'reports files and cluster as one', files: orders, code: 1, found: [old] },
    { says: 'only what the files cause', args: '--changed-only', files: orders, code: 0, found: [] },
    {
      says: 'a file that names what neither has',
      args: '--changed-only',
      files: { 'b.yaml': orders['b.yaml'] },
      code: 1,
      found: ['IST0101 shop/orders b.yaml'],
    },
    {
      says: 'what a file breaks in the cluster, at the place in the file',
      args: '--changed-only',
      files: { 'rule.yaml': subsets('v1') },
      code: 1,
      found: ['IST0101 shop/cart rule.yaml'],
    },
    {
      says: 'what was wrong before, written in a file now',
      args: '--changed-only',
      files: { 'broken.yaml': broken.replace('/v1', '/v1beta1') },
      code: 0,
      found: [],
    },
    {
      says: 'a file without namespace stands in that of the context',
      args: '--changed-only',
      files: { 'b.yaml': orders['b.yaml'].replace(', namespace: shop', '') },
      code: 1,
      found: ['IST0101 shop/orders b.yaml'],
    },
    {
      says: '-n wins over the context',
      args: '--changed-only -n elsewhere',
      files: { 'b.yaml': orders['b.yaml'].replace(', namespace: shop', '') },
      code: 1,
      found: ['IST0101 elsewhere/orders b.yaml'],
    },
    {
      says: 'certificates that only a file names are looked for',
      args: '--changed-only',
      files: { 'gateway.yaml': gateway('spare', 'lost') },
      code: 1,
      found: ['IST0101 edge/public gateway.yaml'],
    },
    {
      says: 'what does not parse is always told',
      args: '--changed-only',
      files: { 'a.yaml': 'kind: "open\n' },
      code: 3,
      found: ['IST1907  a.yaml'],
    },
    {
      says: 'nothing is missing that could not be read',
      args: '--changed-only',
      files: { 'b.yaml': orders['b.yaml'] },
      cluster: 'blind',
      code: 3,
      found: [],
    },
  ];
  test.each(cases)('$says', async ({ args = '', files, cluster = 'main', code, found }) => {
    const outcome = await meshlint(`analyze . --use-kube -o json ${args}`.trim(), files, { cluster });
    expect({ code: outcome.code, stderr: outcome.stderr }).toEqual({ code, stderr: '' });
    expect(JSON.parse(outcome.stdout).diagnostics.map(show)).toEqual(found);
  });

  test('a file that is not there is named, and the rest is judged', async () => {
    const { code, stdout } = await meshlint('analyze . gone.yaml --use-kube', orders);
    expect(code).toBe(3);
    expect(stdout).toContain('gone.yaml was not read');
    expect(stdout).toContain('shop/broken');
  });
});

describe('a kustomization', () => {
  const files = {
    'kustomization.yaml': 'resources: [rule.yaml]\nnamePrefix: dev-\n',
    'rule.yaml': subsets('v1'),
  };

  test.each([
    ['nobody knows what it would apply where it cannot be rendered', 'diff-impact .', 3],
    [
      'nothing is concluded from its files where somebody wants them as they are',
      'diff-impact . --render never',
      0,
    ],
  ])('%s', async (_, args, code) => {
    const kubeconfig = server.kubeconfig({ namespace: 'shop' });
    const outcome = await withTree(files, (cwd) =>
      run([...args.split(' '), '--rule', 'IST0101'], { cwd, env: { KUBECONFIG: kubeconfig, PATH: cwd } }),
    );
    expect(outcome.code, outcome.stdout).toBe(code);
    expect(outcome.stdout.includes('It was not rendered')).toBe(code === 3);
  });
});

function show(diagnostic: {
  code: string;
  resource?: { namespace: string; name: string };
  location: { file?: string; cluster?: string };
}): string {
  const { code, resource, location } = diagnostic;
  const owner = resource === undefined ? '' : `${resource.namespace}/${resource.name}`;
  return `${code} ${owner} ${location.file ?? location.cluster}`;
}

describe('diff-impact', () => {
  interface Case {
    readonly says: string;
    readonly args?: string;
    readonly input?: string;
    readonly files?: Files;
    readonly cluster?: string;
    readonly code: number;
    readonly new?: readonly string[];
    readonly gone?: readonly string[];
    readonly unchanged?: readonly string[];
    /** How many objects are added, replaced, removed and not there. */
    readonly objects: readonly [number, number, number, number];
    readonly stderr?: string;
  }
  const old = 'IST0101 shop/broken main';
  const cases: readonly Case[] = [
    { says: 'a change that breaks nothing', files: orders, code: 0, unchanged: [old], objects: [2, 0, 0, 0] },
    {
      says: 'one that breaks something',
      files: { ...orders, 'rule.yaml': subsets('v1') },
      code: 1,
      new: ['IST0101 shop/cart rule.yaml'],
      unchanged: [old],
      objects: [2, 1, 0, 0],
    },
    {
      says: 'one that breaks something, when nobody minds',
      args: '--fail-on never',
      files: { 'rule.yaml': subsets('v1') },
      code: 0,
      new: ['IST0101 shop/cart rule.yaml'],
      unchanged: [old],
      objects: [0, 1, 0, 0],
    },
    {
      says: 'one that mends something',
      files: { 'broken.yaml': broken.replaceAll('nowhere', 'cart') },
      code: 0,
      gone: [old],
      objects: [0, 1, 0, 0],
    },
    {
      says: 'an object that is removed',
      args: '--deleted DestinationRule/shop/cart',
      code: 1,
      new: ['IST0101 shop/cart main'],
      unchanged: [old],
      objects: [0, 0, 1, 0],
    },
    {
      says: 'objects that a list removes, some of which are not there',
      args: '--deleted -',
      input: '# of last week\nvirtualservices/broken\n\nService/shop/gone # long ago\n',
      code: 0,
      gone: [old],
      objects: [0, 0, 1, 1],
      stderr: 'note: --deleted: Service shop/gone is not in the cluster, or was not read\n',
    },
    {
      says: 'what could not be read',
      files: { 'b.yaml': orders['b.yaml'] },
      cluster: 'blind',
      code: 3,
      objects: [1, 0, 0, 0],
    },
  ];
  test.each(cases)(
    '$says',
    async ({ args = '', files = {}, cluster = 'main', input = '', code, stderr = '', ...wanted }) => {
      const paths = Object.keys(files).length === 0 ? '' : ' .';
      const command = `diff-impact${paths} -o json ${args}`.trim();
      const outcome = await meshlint(command, files, { cluster, input });
      expect({ code: outcome.code, stderr: outcome.stderr }).toEqual({ code, stderr });
      const report = JSON.parse(outcome.stdout);
      validate(report);
      expect(validate.errors ?? []).toEqual([]);
      const { new: fresh = [], gone = [], unchanged = [], objects } = wanted;
      expect({ new: report.new.map(show), gone: report.gone.map(show) }).toEqual({ new: fresh, gone });
      expect(report.unchanged.map(show)).toEqual(unchanged);
      const { added, replaced, removed, notFound } = report.objects;
      expect([added.length, replaced.length, removed.length, notFound.length]).toEqual(objects);
    },
  );

  test('what the configuration names as input needs no path', async () => {
    const files = {
      'meshlint.yaml': 'inputs: [k8s]\n',
      'k8s/rule.yaml': subsets('v1'),
      'elsewhere.yaml': orders['b.yaml'],
    };
    const { code, stdout } = await meshlint('diff-impact -o json', files);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).new.map(show)).toEqual(['IST0101 shop/cart k8s/rule.yaml']);
  });

  test('over a snapshot, without the cluster', async () => {
    const kubeconfig = server.kubeconfig({ namespace: 'shop' });
    const bare = { 'b.yaml': orders['b.yaml'].replace(', namespace: shop', '') };
    await withTree(bare, async (cwd) => {
      await run(['snapshot', '--output-file', 'main.snapshot'], { cwd, env: { KUBECONFIG: kubeconfig } });
      const args = ['diff-impact', 'b.yaml', 'main.snapshot', '-o', 'json', '--rule', 'IST0101'];
      const { code, stdout } = await run(args, { cwd });
      expect(code).toBe(1);
      expect(JSON.parse(stdout).new.map(show)).toEqual(['IST0101 shop/orders b.yaml']);
    });
  });

  test('what could not be read is named, even where only findings are wanted', async () => {
    const { code, stdout } = await meshlint('diff-impact . -q', orders, { cluster: 'blind' });
    expect(code).toBe(3);
    expect(stdout).toMatch(/Incomplete: .*Service.*forbidden/s);
  });

  test('as a table', async () => {
    const { code, stdout } = await meshlint('diff-impact .', {
      'rule.yaml': subsets('v1'),
      'broken.yaml': broken.replaceAll('nowhere', 'cart'),
    });
    expect(code).toBe(1);
    const [table = ''] = stdout.split('\nRead ');
    expect(table).toMatchInlineSnapshot(`
      "What this does to cluster main: 0 objects added, 2 replaced, 0 removed

      New        1 error
        error  IST0101  VirtualService shop/cart  spec.http[0].route[0].destination.subset  rule.yaml:7:5
                 Subset v2 of cart does not exist (DestinationRule shop/cart has v1).
                 help: Use a subset that is defined, or add v2 to the DestinationRule.

      Gone       1 error
        error  IST0101  VirtualService shop/broken  spec.http[0].route[0].destination.host
                 Destination host nowhere does not exist.

      Unchanged  none

      1 new finding: 1 error
      "
    `);
  });
});

const refused: readonly [args: string, says: RegExp][] = [
  ['analyze . --changed-only', /--changed-only has a meaning only where files are laid over a cluster/],
  ['analyze --use-kube --changed-only', /--changed-only has a meaning only where files are laid/],
  ['diff-impact - --deleted -', /Standard input cannot hold both/],
  ['diff-impact', /No path was given, so nothing would change/],
  ['diff-impact --deleted nothing.txt', /--deleted nothing.txt is no object, and no file/],
  ['diff-impact --deleted list.txt', /--deleted list.txt: line 2 names no object: "what"/],
];
test.each(refused)('meshlint %s is refused', async (args, says) => {
  const files = { 'list.txt': 'Service/shop/cart\nwhat\n', ...orders };
  const outcome = await withTree(files, (cwd) =>
    run(args.split(' '), { cwd, env: { KUBECONFIG: server.kubeconfig() } }),
  );
  expect(outcome).toMatchObject({ code: 2, stdout: '' });
  expect(outcome.stderr).toMatch(says);
});

test('a cluster that cannot be reached is no clean result', async () => {
  const kubeconfig = server.kubeconfig({ cluster: { server: 'https://127.0.0.1:1' } });
  for (const args of [
    ['analyze', '.', '--use-kube'],
    ['diff-impact', '.'],
  ]) {
    const outcome = await withTree(orders, (cwd) => run(args, { cwd, env: { KUBECONFIG: kubeconfig } }));
    expect(outcome).toMatchObject({ code: 3, stdout: '' });
    expect(outcome.stderr).toMatch(/^error: .*127\.0\.0\.1:1.*\n {2}help: /);
  }
});

function schemaOf(name: string): object {
  return JSON.parse(readFileSync(new URL(`../../schemas/${name}.schema.json`, import.meta.url), 'utf8'));
}
const validate = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true })
  .addSchema(schemaOf('report'), 'report.schema.json')
  .compile(schemaOf('impact'));

// A real client agrees that this is an API server. Its output for people differs by version and vendor: what is asked
// of it here is JSON and names.
import { spawn, spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KubeconfigOptions } from './kubeconfig.ts';
import { type ApiServer, otherName, readObjects, startApiServer } from './start.ts';

const isInstalled = spawnSync('kubectl', ['version', '--client']).status === 0;

const objects = readObjects(`
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop, labels: {tier: back}}
spec: {ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec: {hosts: [web]}
`);

describe.skipIf(!isInstalled)('kubectl, where it is installed', () => {
  let server: ApiServer;
  beforeAll(async () => {
    server = await startApiServer({
      objects,
      clusters: { old: { objects, discovery: 'legacy', version: '1.25.3' } },
      users: [{ name: 'reader', token: 'token-of-reader' }],
      rbac: [
        clusterRole('everything', ['*'], ['*']),
        binding('everything', 'tester'),
        clusterRole('services', [''], ['services']),
        binding('services', 'reader'),
      ],
    });
  });
  afterAll(() => server.stop());

  const cases: readonly {
    readonly name: string;
    readonly args: string;
    readonly as?: KubeconfigOptions;
    readonly prints?: RegExp;
    readonly fails?: RegExp;
  }[] = [
    {
      name: 'lists in all namespaces',
      args: 'get services -A -o name',
      prints: /^service\/cart\nservice\/web\n$/,
    },
    { name: 'prints a table', args: 'get virtualservices -A', prints: /^NAMESPACE +NAME +AGE\nshop +web / },
    {
      name: 'reads in chunks',
      args: 'get services -A -o name --chunk-size=1',
      prints: /cart\nservice\/web\n$/,
    },
    { name: 'gets one', args: 'get service cart -n shop -o jsonpath={.spec.type}', prints: /^ClusterIP$/ },
    {
      name: 'prints YAML',
      args: 'get service cart -n shop -o yaml',
      prints: /^apiVersion: v1\nkind: Service\n/,
    },
    {
      name: 'selects by labels and fields',
      args: 'get services -A -l tier=back --field-selector metadata.namespace=shop -o name',
      prints: /^service\/cart\n$/,
    },
    {
      name: 'finds out what is served',
      args: 'api-resources -o name',
      prints: /^pods\n(?:.*\n)*virtualservices\.networking\.istio\.io\n/m,
    },
    {
      name: 'finds out what is served, group by group',
      args: 'api-resources -o name',
      as: { clusters: ['old'] },
      prints: /^pods\n(?:.*\n)*virtualservices\.networking\.istio\.io\n/m,
    },
    {
      name: 'comes in by a client certificate',
      args: 'get services -A -o name',
      as: { credentials: 'certificate', door: 'strict' },
      prints: /cart/,
    },
    {
      name: 'takes another name of the server',
      args: 'get services -A -o name',
      as: { door: 'misnamed', serverName: otherName },
      prints: /cart/,
    },
    {
      name: 'goes through a proxy',
      args: 'get services -A -o name',
      as: { proxy: 'guarded, with credentials' },
      prints: /cart/,
    },
    { name: 'is told what does not exist', args: 'get service nope', fails: /services "nope" not found/ },
    {
      name: 'is refused without rights',
      args: 'get pods -A',
      as: { user: 'reader' },
      fails:
        /pods is forbidden: User "reader" cannot list resource "pods" in API group "" at the cluster scope/,
    },
    {
      name: 'is refused with a wrong token',
      args: 'get pods',
      as: { credentials: 'wrong token' },
      fails: /logged in/,
    },
    {
      name: 'is refused with an unknown certificate',
      args: 'get pods',
      as: { credentials: 'unknown certificate' },
      fails: /logged in/,
    },
    { name: 'trusts no unknown authority', args: 'get pods', as: { authority: 'none' }, fails: /x509/ },
    { name: 'trusts no other name', args: 'get pods', as: { door: 'misnamed' }, fails: /x509.*127\.0\.0\.1/ },
  ];
  test.for(cases)('$name', ({ args, as = {}, prints, fails }) => {
    const { stdout, stderr, status } = spawnSync('kubectl', [...flags(server, as), ...args.split(' ')], {
      encoding: 'utf8',
    });
    if (prints !== undefined) expect(stdout).toMatch(prints);
    if (fails !== undefined) expect(stderr).toMatch(fails);
    expect(status === 0).toBe(fails === undefined);
  });

  test('watches', async () => {
    const args = ['get', 'configmaps', '-n', 'shop', '--watch', '-o', 'name'];
    const child = spawn('kubectl', [...flags(server), ...args]);
    let seen = '';
    const sees = new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => {
        seen += chunk.toString();
        if (seen.includes('late\n')) resolve();
      });
    });
    await expect.poll(async () => (await server.facts()).watchers).toBe(1);
    await server.apply([
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'late', namespace: 'shop' } },
    ]);
    await sees;
    child.kill();
    expect(seen).toBe('configmap/late\n');
    await expect.poll(async () => (await server.facts()).watchers).toBe(0);
  });
});

function flags(server: ApiServer, as: KubeconfigOptions = {}): string[] {
  return ['--kubeconfig', server.kubeconfig(as), '--cache-dir', `${server.folder}/cache`];
}

function clusterRole(name: string, apiGroups: readonly string[], resources: readonly string[]): unknown {
  return { kind: 'ClusterRole', metadata: { name }, rules: [{ apiGroups, resources, verbs: ['*'] }] };
}

function binding(role: string, user: string): unknown {
  return {
    kind: 'ClusterRoleBinding',
    metadata: { name: role },
    subjects: [{ kind: 'User', name: user }],
    roleRef: { kind: 'ClusterRole', name: role },
  };
}

// The manifests of deploy/: what they ask for is what meshlint needs, and no more.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { serveFlags } from '../src/cli/serve-flags.ts';
import { kinds } from '../src/model/kinds.gen.ts';
import { run } from './cli/run.ts';
import { ask, type Running, start } from './cli/serve-run.ts';
import { type ApiServer, startApiServer } from './support/api-server/start.ts';
import { healthyObjects } from './support/healthy-mesh.ts';

const folder = fileURLToPath(new URL('../deploy/', import.meta.url));

interface Document {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}
function read(...paths: readonly string[]): readonly Document[] {
  return paths.flatMap((path) => documentsOf(readFileSync(join(folder, path), 'utf8')));
}
function documentsOf(text: string): readonly Document[] {
  return parseAllDocuments(text).flatMap((document) => document.toJS() ?? []);
}
const isRole = ({ kind }: Document): boolean => kind === 'Role' || kind === 'ClusterRole';

interface Container {
  readonly args: readonly string[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly [field: string]: unknown;
}
interface PodSpec {
  readonly containers: readonly [Container];
  readonly volumes?: readonly { readonly secret: { readonly secretName: string } }[];
  readonly [field: string]: unknown;
}
function podOf(path: string): PodSpec {
  const [deployment] = read(path);
  return (deployment as unknown as { readonly spec: { readonly template: { readonly spec: PodSpec } } }).spec
    .template.spec;
}

describe('the roles', () => {
  test('are those that meshlint rbac prints', async () => {
    const { stdout } = await run(['rbac', '--watch', '--secrets', 'off']);
    expect(read('serve/rbac.yaml').filter(isRole)).toEqual(documentsOf(stdout));
  });

  test('allow nothing but to list and watch, and no Secret', () => {
    const rules = read('serve/rbac.yaml').flatMap(
      ({ rules = [] }) =>
        rules as readonly { readonly verbs: readonly string[]; readonly resources: readonly string[] }[],
    );
    expect(new Set(rules.flatMap(({ verbs }) => verbs))).toEqual(new Set(['list', 'watch']));
    const resources = rules.flatMap(({ resources }) => resources);
    expect(resources.filter((name) => name === 'secrets' || name.includes('*'))).toEqual([]);
  });

  test('are bound to the account that the pods run as', () => {
    const documents = read('serve/rbac.yaml');
    const [account] = documents.filter(({ kind }) => kind === 'ServiceAccount');
    const bound = documents.filter(({ kind }) => kind.endsWith('Binding'));
    expect(bound.map(({ roleRef }) => roleRef)).toEqual(
      documents.filter(isRole).map(({ kind, metadata: { name } }) => ({
        apiGroup: 'rbac.authorization.k8s.io',
        kind,
        name,
      })),
    );
    for (const { subjects } of bound) {
      expect(subjects).toEqual([{ kind: 'ServiceAccount', ...account?.metadata }]);
    }
    expect(podOf('serve/deployment.yaml').serviceAccountName).toBe(account?.metadata.name);
  });
});

describe('with these roles', () => {
  let api: ApiServer;
  let server: Running;
  beforeAll(async () => {
    api = await startApiServer({ objects: healthyObjects(), rbac: read('serve/rbac.yaml').filter(isRole) });
  });
  afterAll(async () => {
    await server?.end();
    await api.stop();
  });

  test('the arguments of the pods serve a complete report, and watches are allowed', async () => {
    const [{ args }] = podOf('serve/deployment.yaml').containers;
    const local = args.map((arg) => arg.replace(/=:[0-9]+$/, '=127.0.0.1:0'));
    server = start([...local, '--kubeconfig', api.kubeconfig()]);
    const [, url = ''] = await server.said(/report on (http:\S+)/);
    await server.said(/judged/);
    const { text } = await ask(`${url}/metrics`);
    expect(text).toContain('meshlint_report_complete{cluster="main"} 1');
    const watches = Number(/^meshlint_watches ([0-9]+)$/m.exec(text)?.[1]);
    await expect.poll(async () => (await api.facts()).watchers).toBe(watches);
    const refused = (await api.requests()).filter(({ status }) => status === 401 || status === 403);
    expect(refused).toEqual([]);
  });
});

describe.each(['serve/deployment.yaml', 'admission/deployment.yaml'])('%s', (path) => {
  test('gives arguments that there are', () => {
    const [command, ...args] = podOf(path).containers[0].args;
    expect(command).toBe('serve');
    const names = args.map((arg) => /^--([a-z-]+)/.exec(arg)?.[1]);
    expect(names.filter((name) => !serveFlags.some((flag) => flag.name === name))).toEqual([]);
  });
  test('listens on the ports that it names', () => {
    const [{ args, ports }] = podOf(path).containers;
    const listens = args.flatMap((arg) => /listen=:([0-9]+)$/.exec(arg)?.[1] ?? []).map(Number);
    for (const { containerPort } of ports) expect(listens).toContain(containerPort);
  });
});

test('pods run without rights, on a file system that they cannot write', () => {
  const { securityContext, containers } = podOf('serve/deployment.yaml');
  expect(securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
  expect(containers[0].securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  });
  expect(containers[0].resources).toMatchObject({ limits: { memory: expect.any(String) } });
});

describe('the webhook', () => {
  const [configuration] = read('admission/webhook.yaml') as unknown as readonly [
    { readonly webhooks: readonly [Record<string, unknown>] },
  ];
  const [webhook] = configuration.webhooks;

  test('lets changes pass when nobody answers, soon', () => {
    expect(webhook).toMatchObject({
      failurePolicy: 'Ignore',
      sideEffects: 'None',
      admissionReviewVersions: ['v1'],
    });
    expect(webhook.timeoutSeconds).toBeLessThanOrEqual(5);
  });

  test('asks for groups that meshlint knows', () => {
    const [{ apiGroups }] = webhook.rules as readonly [{ readonly apiGroups: readonly string[] }];
    const known = new Set(Object.values(kinds).map(({ group }) => group));
    expect(apiGroups.filter((group) => !known.has(group))).toEqual([]);
  });

  test('names the Service, and the certificate the Secret that pods mount', () => {
    const { service } = webhook.clientConfig as { readonly service: Record<string, unknown> };
    const [found] = read('admission/service.yaml');
    const { name, namespace } = found?.metadata ?? {};
    expect(service).toEqual({ name, namespace, path: '/admit', port: 443 });
    const certificate = read('admission/certificate.yaml').find(({ kind }) => kind === 'Certificate');
    const { secretName, dnsNames } = (certificate?.spec ?? {}) as Record<string, unknown>;
    expect(podOf('admission/deployment.yaml').volumes?.map(({ secret }) => secret.secretName)).toEqual([
      secretName,
    ]);
    expect(dnsNames).toContain(`${service.name}.${service.namespace}.svc`);
  });
});

test('meshlint finds nothing in them', async () => {
  const { code, stdout } = await run(['analyze', folder, '--world', 'closed', '--render', 'never']);
  expect(stdout).toMatch(/^No issues found/);
  expect(code).toBe(0);
});

const kubectl = spawnSync('kubectl', ['version', '--client'], { stdio: 'ignore' }).status === 0;
test.skipIf(!kubectl).each(['serve', 'admission'])('kubectl builds deploy/%s', (name) => {
  const { status, stdout, stderr } = spawnSync('kubectl', ['kustomize', join(folder, name)], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const [{ args } = { args: [] as readonly string[] }] = documentsOf(stdout)
    .filter(({ kind }) => kind === 'Deployment')
    .map(
      (document) =>
        (document as unknown as { spec: { template: { spec: PodSpec } } }).spec.template.spec.containers[0],
    );
  expect(args).toEqual(podOf(`${name}/deployment.yaml`).containers[0].args);
});

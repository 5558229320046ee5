// `analyze --watch` of a cluster, alone and with files laid over it.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ApiServer, startApiServer } from '../support/api-server/start.ts';
import { run, virtualService, withTree } from './run.ts';
import { type Running, start } from './serve-run.ts';

const gateway = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'Gateway',
  metadata: { name: 'public', namespace: 'shop' },
  spec: {
    selector: { istio: 'ingressgateway' },
    servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*.example.com'] }],
  },
};
const route = (name: string, of: string, labels: Record<string, string> = {}) => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { name, namespace: 'shop', labels },
  spec: { hosts: [`${name}.example.com`], gateways: [of], http: [{ directResponse: { status: 200 } }] },
});

let api: ApiServer;
let watching: Running | undefined;
beforeEach(async () => {
  api = await startApiServer({ objects: [gateway, route('cart', 'public')] });
});
afterEach(async () => {
  watching?.process.kill('SIGKILL');
  await api.stop();
});

function watch(...args: string[]): Running {
  watching = start(['analyze', '--watch', '--kubeconfig', api.kubeconfig(), ...args]);
  return watching;
}

/** Does something, and gives what is then written until the pattern is found. */
async function after(running: Running, act: () => void | Promise<void>, pattern: RegExp): Promise<string> {
  const from = running.stdout().length;
  await act();
  await expect.poll(() => running.stdout().slice(from), { timeout: 15_000, interval: 20 }).toMatch(pattern);
  return running.stdout().slice(from);
}
const summary = /\n.* in cluster.*\n$|No issues found.*\n$/;

test('what comes and goes is told, and the last state is the exit code', { timeout: 60_000 }, async () => {
  const running = watch();
  await running.said(/Rules /, 'stdout');
  const { stdout } = await run(['analyze', '--kubeconfig', api.kubeconfig()]);
  expect(running.stdout()).toBe(stdout);

  const came = await after(running, () => api.apply([route('till', 'absent')]), summary);
  expect(came).toMatch(
    /^\+ error IST0101 VirtualService shop\/till spec\.gateways\[0\]: Gateway .*\n {4}help: /m,
  );
  expect(came).not.toMatch(/^-/m);

  const gone = await after(running, () => api.remove([route('till', 'absent')]), summary);
  expect(gone).toMatch(/^- error IST0101 VirtualService shop\/till spec\.gateways\[0\]: /m);
  expect(gone).not.toMatch(/^\+/m);

  // What is repaired for the rules to read it is wrong in the cluster still.
  const odd = { ...route('odd', 'public'), spec: { hosts: 'odd.example.com' } };
  const found = await after(running, () => api.apply([odd]), summary);
  expect(found).toMatch(/^\+ error IST\d+ VirtualService shop\/odd spec\.hosts: /m);

  const before = running.stdout();
  await api.apply([route('cart', 'public', { looks: 'better' })]);
  await after(running, () => api.remove([gateway]), /^\+ error IST0101 VirtualService shop\/cart/m);
  const told = running.stdout().slice(before.length);
  expect(told).not.toContain('looks');
  expect(told).not.toContain('shop/odd');
  expect(await running.end()).toBe(1);
});

test('a cluster that restarts is followed on, and said to be away meanwhile', {
  timeout: 90_000,
}, async () => {
  const running = watch();
  await running.said(/Rules /, 'stdout');
  await api.pause();
  await running.said(/cluster main does not answer/);
  await api.resume();
  await running.said(/cluster main answers again/, 'stderr', 60_000);
  await after(
    running,
    () => api.apply([route('till', 'absent')]),
    /^\+ error IST0101 VirtualService shop\/till/m,
  );
  expect(await running.end()).toBe(1);
});

test('credentials that are taken no more are told, and those that replace them are used', {
  timeout: 60_000,
}, async () => {
  const tokenFile = join(api.folder, 'token');
  writeFileSync(tokenFile, 'first');
  await api.setUsers([{ name: 'carol', token: 'first' }]);
  const running = watch('--kubeconfig', api.kubeconfig({ userFields: { tokenFile } }));
  await running.said(/Rules /, 'stdout');
  await api.setUsers([{ name: 'carol', token: 'second' }]);
  await api.endWatches();
  await running.said(
    /cluster main is not followed any more: https:.* rejects the credentials of user "main-user" .* They may have expired: sign in again/,
  );
  writeFileSync(tokenFile, 'second');
  await running.said(/cluster main answers again/, 'stderr', 40_000);
  expect(running.stderr()).not.toContain('does not answer');
  expect(await running.end()).toBe(0);
});

test('files laid over it are watched with it', { timeout: 60_000 }, () =>
  withTree({ 'k8s/till.yaml': virtualService('till', 'public') }, async (folder) => {
    const file = join(folder, 'k8s/till.yaml');
    const running = watch('--use-kube', join(folder, 'k8s'));
    await running.said(/Rules /, 'stdout');
    await after(
      running,
      () => writeFileSync(file, virtualService('till', 'absent')),
      /^\+ error IST0101 \S+till\.yaml:\d+:\d+: /m,
    );
    await after(
      running,
      () => writeFileSync(file, virtualService('till', 'public')),
      /^- error IST0101 \S+till\.yaml/m,
    );
    await after(running, () => api.remove([gateway]), /^\+ error IST0101 VirtualService shop\/cart/m);
    await after(running, () => rmSync(file), /^- error IST0101 \S+till\.yaml/m);
    expect(await running.end()).toBe(1);
  }),
);

test('in another format, the whole report is written each time', { timeout: 60_000 }, async () => {
  const running = watch('--format', 'json');
  await running.said(/^\}\n/m, 'stdout');
  const next = await after(running, () => api.apply([route('till', 'absent')]), /^\}\n$/m);
  expect(JSON.parse(next).diagnostics.map(({ code }: { code: string }) => code)).toContain('IST0101');
});

test('who may list and not watch is told so, and sees changes later', { timeout: 60_000 }, async () => {
  const rules = [{ apiGroups: ['*'], resources: ['*'], verbs: ['list', 'get'] }];
  const metadata = { name: 'reader' };
  await api.setRbac([{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata, rules }]);
  const running = watch();
  await running.said(/not allowed to watch .*virtualservices\.networking\.istio\.io/);
  expect(running.stderr()).toContain('meshlint rbac --watch');
  const before = await api.requests();
  await new Promise((resolve) => setTimeout(resolve, 3000));
  // Nothing is asked in a loop.
  expect((await api.requests()).length - before.length).toBeLessThan(20);
});

test('the configuration says how it is read', { timeout: 60_000 }, () =>
  withTree({ 'meshlint.yaml': 'cluster: { istioNamespace: mesh }\n' }, async (folder) => {
    const running = watch('--config', join(folder, 'meshlint.yaml'), '--timeout', '30s');
    await running.said(/Rules /, 'stdout');
    const asked = (await api.requests()).filter(({ resource }) => resource === 'configmaps');
    expect(new Set(asked.map(({ namespace }) => namespace))).toEqual(new Set(['mesh']));
    expect(running.stderr()).toContain('note: --timeout has no meaning with --watch and is ignored\n');
  }),
);

test('several clusters are refused', async () => {
  const { code, stderr } = await run([
    'analyze',
    '--watch',
    '--kubeconfig',
    api.kubeconfig(),
    '--contexts',
    'main',
  ]);
  expect(stderr).toMatch(/^error: --watch follows one cluster\.\n {2}help: /);
  expect(code).toBe(2);
});

test('what cannot be read at the start ends it at once', async () => {
  const args = ['analyze', '--watch', '--kubeconfig', api.kubeconfig({ credentials: 'wrong token' })];
  const { code, stderr } = await run(args);
  expect(stderr).toMatch(/^error: /);
  expect(code).toBe(3);
});

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createAuthority } from '../support/api-server/certificates.ts';
import { type ApiServer, startApiServer } from '../support/api-server/start.ts';
import { run } from './run.ts';
import { ask, memoryOf, type Running, start } from './serve-run.ts';

const meta = (name: string, namespace?: string) => ({
  name,
  ...(namespace === undefined ? {} : { namespace }),
});
const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: meta('shop') };
const gateway = (name: string) => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'Gateway',
  metadata: meta(name, 'shop'),
  spec: {
    selector: { istio: 'ingressgateway' },
    servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*.example.com'] }],
  },
});
const route = (name: string, of: string, labels: Record<string, string> = {}) => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { ...meta(name, 'shop'), labels },
  spec: { hosts: [`${name}.example.com`], gateways: [of], http: [{ directResponse: { status: 200 } }] },
});

let api: ApiServer;
const running: Running[] = [];
beforeAll(async () => {
  api = await startApiServer({
    objects: [namespace, gateway('public'), route('cart', 'public')],
    clusters: { oidc: { objects: [namespace] } },
  });
});
afterAll(() => api.stop());
// What one test leaves running must not ask the server while another counts.
afterEach(() => {
  for (const one of running.splice(0)) one.process.kill('SIGKILL');
});

async function serve(...flags: string[]): Promise<{ server: Running; url: string; admission: string }> {
  const server = start(['serve', '--kubeconfig', api.kubeconfig(), '--listen', '127.0.0.1:0', ...flags]);
  running.push(server);
  const [, url = ''] = await server.said(/report on (http:\S+)/);
  await server.said(/judged/);
  const [, admission = ''] = /reviews on (https:\S+)/.exec(server.stderr()) ?? [];
  return { server, url, admission };
}

const metric = (text: string, start: string): number =>
  Number(
    text
      .split('\n')
      .find((line) => line.startsWith(start))
      ?.split(' ')
      .at(-1) ?? Number.NaN,
  );

describe('meshlint serve', () => {
  test('serves what analyze finds, follows changes, and survives a restart of the API server', async () => {
    const { server, url } = await serve();
    expect((await ask(`${url}/healthz`)).status).toBe(200);
    expect((await ask(`${url}/readyz`)).status).toBe(200);
    const { stdout } = await run(['analyze', '--kubeconfig', api.kubeconfig(), '--format', 'json']);
    expect(JSON.parse((await ask(`${url}/report`)).text)).toEqual(JSON.parse(stdout));

    const wrong = 'meshlint_findings{cluster="main",code="IST0101"';
    const metrics = async (): Promise<string> => (await ask(`${url}/metrics`)).text;
    expect(await metrics()).not.toContain(wrong);
    await api.apply([route('till', 'absent')]);
    await expect.poll(async () => metric(await metrics(), wrong), { timeout: 10_000 }).toBe(1);
    await api.remove([route('till', 'absent')]);
    await expect.poll(metrics, { timeout: 10_000 }).not.toContain(wrong);

    await api.pause();
    await expect
      .poll(async () => metric(await metrics(), 'meshlint_state_age_seconds'), { timeout: 15_000 })
      .toBeGreaterThan(0);
    expect((await ask(`${url}/readyz`)).status).toBe(200);
    await api.resume();
    await api.apply([route('pay', 'absent')]);
    await expect.poll(async () => metric(await metrics(), wrong), { timeout: 40_000 }).toBe(1);
    await expect
      .poll(async () => metric(await metrics(), 'meshlint_state_age_seconds'), {
        timeout: 60_000,
        interval: 500,
      })
      .toBe(0);
    await api.remove([route('pay', 'absent')]);
    expect(await server.end()).toBe(0);
  }, 120_000);

  test('signs in with the id-token that kubectl has written meanwhile', async () => {
    const token = (year: number): string =>
      ['{}', JSON.stringify({ exp: Date.UTC(year) / 1000 }), 'x']
        .map((part) => Buffer.from(part).toString('base64url'))
        .join('.');
    const [first, second] = [token(2100), token(2101)];
    const kubeconfig = api.kubeconfig({
      clusters: ['oidc'],
      userFields: { 'auth-provider': { name: 'oidc', config: { 'id-token': first } } },
    });
    await api.setUsers([{ name: 'carol', token: first }], 'oidc');
    const { server, url } = await serve('--kubeconfig', kubeconfig);
    // What the server takes from now on is in the file a moment later.
    await api.setUsers([{ name: 'carol', token: second }], 'oidc');
    await api.endWatches(undefined, 'oidc');
    writeFileSync(kubeconfig, readFileSync(kubeconfig, 'utf8').replace(first, second));
    await api.apply([route('late', 'absent')], 'oidc');
    const report = async (): Promise<string> => (await ask(`${url}/report`)).text;
    await expect.poll(report, { timeout: 15_000 }).toContain('"name":"late"');
    expect(await server.end()).toBe(0);
  });

  test.each(['inputs: [k8s]\n', 'worlds: { a: [k8s], b: [more] }\n'])(
    'serves the cluster, whatever files the configuration names: %s',
    async (configuration) => {
      const file = join(api.folder, 'meshlint.yaml');
      writeFileSync(file, `${configuration}cluster: { istioNamespace: mesh }\n`);
      await api.forgetRequests();
      const server = start(['serve', '--listen', '127.0.0.1:0', '--config', file], {
        KUBECONFIG: api.kubeconfig(),
      });
      running.push(server);
      const [, url] = await server.said(/report on (http:\S+)/);
      await server.said(/judged/);
      expect(JSON.parse((await ask(`${url}/report`)).text).coverage).toMatchObject({
        files: 0,
        live: { cluster: 'main' },
      });
      const asked = (await api.requests()).filter(({ resource }) => resource === 'configmaps');
      expect(new Set(asked.map(({ namespace }) => namespace))).toEqual(new Set(['mesh']));
      expect(await server.end()).toBe(0);
    },
  );

  test('asks little and keeps little, however much happens', async () => {
    await api.forgetRequests();
    const { server, url } = await serve();
    const metrics = async (): Promise<string> => (await ask(`${url}/metrics`)).text;
    const watched = metric(await metrics(), 'meshlint_watches');
    await expect.poll(async () => (await api.facts()).watchers).toBe(watched);
    const before = await api.requests();
    const objects = async (): Promise<number> =>
      metric(await metrics(), 'meshlint_objects{cluster="main",kind="networking.istio.io/VirtualService"}');
    const early: number[] = [];
    for (let i = 0; i < 60; i++) {
      await api.apply(Array.from({ length: 20 }, (_, n) => route(`r${n}`, 'public', { round: `${i}` })));
      if (i % 20 === 10) {
        await api.endWatches();
        early.push(memoryOf(server.process) ?? 0);
      }
    }
    await api.compact();
    await api.endWatches();
    await expect.poll(objects, { timeout: 20_000 }).toBe(21);
    await api.remove(Array.from({ length: 20 }, (_, n) => route(`r${n}`, 'public')));
    await expect.poll(objects, { timeout: 20_000 }).toBe(1);

    const after = (await api.requests()).slice(before.length);
    const lists = after.filter(({ verb }) => verb === 'list');
    // One watch for each resource and end of all watches, and one more where it begins with a new list.
    expect(after.filter(({ verb }) => verb === 'watch').length).toBeLessThanOrEqual(watched * 6);
    expect(lists.length).toBeLessThanOrEqual(watched);
    expect(after.filter(({ method }) => method !== 'GET')).toEqual([]);
    await expect.poll(async () => (await api.facts()).watchers, { timeout: 10_000 }).toBe(watched);
    const [first = 0] = early;
    if (first > 0) expect(memoryOf(server.process)).toBeLessThan(first + 150 * 2 ** 20);
    expect(await server.end()).toBe(0);
  }, 120_000);

  test('answers admission reviews by the same rules, and takes new certificates', async () => {
    const authority = createAuthority('webhook');
    const files = { cert: join(api.folder, 'tls.crt'), key: join(api.folder, 'tls.key') };
    const put = (): void => {
      const { cert, key } = authority.issue({ commonName: 'meshlint', names: ['localhost', '127.0.0.1'] });
      writeFileSync(files.cert, cert);
      writeFileSync(files.key, key);
    };
    put();
    const { server, admission, url } = await serve(
      '--admission',
      '--admission-listen',
      '127.0.0.1:0',
      '--tls-cert',
      files.cert,
      '--tls-key',
      files.key,
      '--deny',
      'error',
    );
    const review = async (operation: string, object: ReturnType<typeof route>, more = {}) => {
      const { kind, apiVersion } = object;
      const [group] = apiVersion.split('/');
      const { text } = await ask(
        `${admission}?timeout=10s`,
        {
          apiVersion: 'admission.k8s.io/v1',
          kind: 'AdmissionReview',
          request: {
            uid: 'u1',
            operation,
            kind: { group, version: 'v1', kind },
            resource: { group, version: 'v1', resource: 'virtualservices' },
            namespace: 'shop',
            name: object.metadata.name,
            object: operation === 'DELETE' ? null : object,
            oldObject: operation === 'DELETE' ? object : null,
            ...more,
          },
        },
        authority.cert,
      );
      return JSON.parse(text).response;
    };
    expect(await review('CREATE', route('till', 'public'))).toEqual({ uid: 'u1', allowed: true });
    const denied = await review('CREATE', route('till', 'absent'), { dryRun: true });
    expect(denied).toMatchObject({ uid: 'u1', allowed: false, status: { code: 403 } });
    expect(denied.status.message).toContain('IST0101 error: ');
    expect(await review('UPDATE', route('cart', 'public', { a: 'b' }))).toEqual({ uid: 'u1', allowed: true });
    const deletion = await review('DELETE', gateway('public') as never);
    expect(deletion).toMatchObject({ allowed: true });
    expect(deletion.warnings[0]).toContain('IST0101 error in VirtualService shop/cart: ');

    // Created a moment ago, and named at once.
    await api.apply([gateway('new')]);
    expect(await review('CREATE', route('till', 'new'))).toEqual({ uid: 'u1', allowed: true });
    await api.remove([gateway('new')]);

    put();
    await server.said(/certificate was exchanged/);
    expect(await review('CREATE', route('till', 'public'))).toEqual({ uid: 'u1', allowed: true });
    const { text } = await ask(`${url}/metrics`);
    expect(metric(text, 'meshlint_admission_reviews_total{outcome="denied"}')).toBe(1);
    expect(metric(text, 'meshlint_admission_reviews_total{outcome="allowed"}')).toBe(4);
    server.process.kill('SIGTERM');
    await expect.poll(async () => (await ask(`${url}/readyz`)).status).toBe(503);
    // Still answering while others are told; a second signal ends it.
    expect(await review('CREATE', route('till', 'public'))).toEqual({ uid: 'u1', allowed: true });
    expect(await server.end()).toBe(0);
  }, 60_000);

  const refused: readonly [what: string, flags: readonly string[], says: RegExp][] = [
    ['an address that is none', ['--listen', 'here'], /--listen cannot be "here"/],
    ['a port that is none', ['--listen', ':70000'], /--listen cannot be/],
    ['admission without a certificate', ['--admission'], /needs a certificate/],
    ['a certificate without admission', ['--tls-cert', 'a'], /only with --admission/],
    ['denying without admission', ['--deny', 'error'], /only with --admission/],
    ['a level that is none', ['--admission', '--deny', 'info'], /--deny cannot be "info"/],
    [
      'a certificate that is not there',
      ['--listen', '127.0.0.1:0', '--admission', '--tls-cert', '/no/cert', '--tls-key', '/no/key'],
      /cannot be used: ENOENT/,
    ],
    ['a rule that is none', ['--rule', 'IST9999'], /no rule and no code/],
  ];
  test.each(refused)('refuses %s', async (_, flags, says) => {
    const { code, stderr } = await run(['serve', '--kubeconfig', api.kubeconfig(), ...flags]);
    expect(stderr).toMatch(says);
    expect(stderr).toContain('  help: ');
    expect(code).toBe(2);
  });

  test('refuses an address that is taken', async () => {
    const { server, url } = await serve();
    const taken = url.replace('http://', '');
    const { code, stderr } = await run(['serve', '--kubeconfig', api.kubeconfig(), '--listen', taken]);
    expect(stderr).toContain('EADDRINUSE');
    expect(code).toBe(2);
    expect(await server.end('SIGTERM')).toBe(0);
  });

  test.each([
    ['rejected credentials', { credentials: 'wrong token' }],
    ['a server that is not trusted', { authority: 'none' }],
  ] as const)('ends at once with 3 and what to do for %s', async (_, options) => {
    const kubeconfig = api.kubeconfig(options);
    const { code, stderr } = await run(['serve', '--kubeconfig', kubeconfig, '--listen', '127.0.0.1:0']);
    expect(stderr).toMatch(/^error: /m);
    expect(stderr).toContain('  help: ');
    expect(stderr).not.toContain('    at ');
    expect(code).toBe(3);
  });
});

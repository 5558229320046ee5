// The ways into the API server for tests, and what it tells of those who came.
import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from './ask.ts';
import { type ApiServer, startApiServer } from './start.ts';

let server: ApiServer;
beforeAll(async () => {
  const objects = [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: 'shop' } }];
  server = await startApiServer({ clusters: { other: { objects } } });
});
afterAll(() => server.stop());

test('every door leads in', async () => {
  const doors = ['tls', 'misnamed', 'strict', 'plain'] as const;
  const answers = await Promise.all(doors.map((door) => ask(server, '/version', { door })));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
});

test('nobody comes through the strict door without a certificate', async () => {
  const asked = ask(server, '/version', { door: 'strict', certificate: false });
  await expect(asked).rejects.toThrow(/certificate/i);
});

test('nobody who looks at the date comes through the door that has expired', async () => {
  await expect(ask(server, '/version', { door: 'expired' })).rejects.toThrow('certificate has expired');
});

test('the cluster main needs no prefix', async () => {
  const answer = await fetch(`http://127.0.0.1:${server.ports.plain}/version`);
  expect(await answer.json()).toMatchObject({ gitVersion: 'v1.33.1' });
});

test.for([
  { name: 'a proxy leads in', port: 'proxy', credentials: '', status: 200 },
  {
    name: 'a proxy that knows who asks leads in',
    port: 'guardedProxy',
    credentials: 'proxy:secret',
    status: 200,
  },
  {
    name: 'a proxy that does not know who asks leads nowhere',
    port: 'guardedProxy',
    credentials: 'proxy:wrong',
    status: 407,
  },
] as const)('$name', async ({ port, credentials, status }) => {
  const before = (await server.proxied()).length;
  const target = `127.0.0.1:${server.ports.plain}`;
  const authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
  const headers = credentials === '' ? {} : { 'proxy-authorization': authorization };
  const connecting = request({ method: 'CONNECT', port: server.ports[port], path: target, headers });
  connecting.end();
  const [response, socket] = await once(connecting, 'connect');
  expect(response.statusCode).toBe(status);
  expect((await server.proxied()).slice(before)).toEqual([target]);
  if (status === 200) {
    socket.write('GET /livez HTTP/1.1\r\nhost: x\r\n\r\n');
    expect(`${await once(socket, 'data')}`).toMatch(/^HTTP\/1\.1 200 /);
  }
  socket.destroy();
});

test('the server says what it was asked', async () => {
  await server.forgetRequests();
  await ask(server, '/api/v1/namespaces/shop/pods?limit=1', {
    cluster: 'other',
    accept: 'application/json',
  });
  const [record] = await server.requests('other');
  expect(record).toMatchObject({
    cluster: 'other',
    door: 'tls',
    method: 'GET',
    verb: 'list',
    path: '/api/v1/namespaces/shop/pods',
    query: { limit: '1' },
    resource: 'pods',
    namespace: 'shop',
    accept: 'application/json',
    authorized: true,
    user: 'tester',
    inFlight: 1,
    status: 200,
    items: 1,
    finished: true,
  });
  expect(record?.bytes).toBeGreaterThan(100);
});

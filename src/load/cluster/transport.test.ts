import { randomBytes } from 'node:crypto';
import { getEventListeners } from 'node:events';
import type { RequestListener, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { createAuthority } from '../../../test/support/api-server/certificates.ts';
import { type SmallServer, smallServers } from '../../../test/support/https-server.ts';
import type { ClusterAccess, Credential, Credentials } from './access.ts';
import { ClusterError } from './cluster-error.ts';
import { openTransport, type Transport, type TransportOptions } from './transport.ts';

const CANARY = 'canary-S3CR3T-canary';
const LIST = JSON.stringify({ kind: 'PodList', apiVersion: 'v1', items: [] });
const accept = 'application/json';

const servers = smallServers();
afterAll(() => servers.stop());
const open: Transport[] = [];
afterEach(() => {
  for (const transport of open.splice(0)) transport.close();
  vi.unstubAllEnvs();
});

const credentialsOf = (credential: Partial<Credential> = {}): Credentials => {
  const whole = { headers: { authorization: `Bearer ${CANARY}` }, ...credential };
  return {
    who: 'user "alice"',
    advice: 'Sign in again.',
    current: async () => whole,
    renew: async () => undefined,
  };
};

function accessTo(url: string, more: Partial<ClusterAccess> = {}): ClusterAccess {
  return {
    name: 'prod',
    server: new URL(url),
    tls: { ca: servers.authority.cert, insecure: false },
    credentials: credentialsOf(),
    ...more,
  };
}

function transportTo(access: ClusterAccess, options: Partial<TransportOptions> = {}): Transport {
  const transport = openTransport(access, { requestTimeout: 2000, ...options });
  open.push(transport);
  return transport;
}

const json = (response: ServerResponse, text: string, status = 200): void => {
  response.writeHead(status, { 'content-type': accept }).end(text);
};
const answers: RequestListener = (_request, response) => json(response, LIST);

async function failureOf(work: Promise<unknown>): Promise<ClusterError> {
  const error = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(error instanceof ClusterError)) throw new Error(`no ClusterError: ${error}`);
  expect(`${error.message}\n${error.help}`).not.toContain(CANARY);
  return error;
}

const get = (access: ClusterAccess, options?: Partial<TransportOptions>) =>
  transportTo(access, options).get('/api/v1/pods', { accept });

async function collect(values: AsyncIterable<unknown>): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const value of values) found.push(value);
  return found;
}

test('sends a GET with what proves who asks, below the path of the server', async () => {
  const seen: unknown[] = [];
  const { url } = await servers.start(({ method, url, headers }, response) => {
    seen.push([method, url, headers.accept, headers.authorization, headers['impersonate-group']]);
    json(response, LIST);
  });
  const credentials = credentialsOf({
    headers: { authorization: 'Bearer abc', 'impersonate-group': ['g', 'h'] },
  });
  const transport = transportTo(accessTo(`${url}/k8s/c-1/`, { credentials }));
  const { status, contentType, body } = await transport.get('/api/v1/pods?limit=500', { accept: 'a/b' });
  expect([status, contentType, body]).toEqual([200, accept, JSON.parse(LIST)]);
  expect(seen).toEqual([['GET', '/k8s/c-1/api/v1/pods?limit=500', 'a/b', 'Bearer abc', 'g, h']]);
  expect(transport.server).toBe(`${url}/k8s/c-1`);
});

test('takes compressed answers, unless told not to, and counts bytes as they come', async () => {
  const text = JSON.stringify({ kind: 'PodList', items: [randomBytes(50_000).toString('hex')] });
  const packed = gzipSync(text);
  const { url } = await servers.start((request, response) => {
    if (request.headers['accept-encoding'] === 'gzip')
      response.writeHead(200, { 'content-type': accept, 'content-encoding': 'gzip' }).end(packed);
    else json(response, text);
  });
  const compressed = await get(accessTo(url));
  const plain = await get(accessTo(url, { compression: false }));
  expect(compressed.body).toEqual(JSON.parse(text));
  expect(plain.body).toEqual(JSON.parse(text));
  expect([compressed.bytes, plain.bytes]).toEqual([packed.length, text.length]);
});

test('keeps connections, and a watch has one of its own', async () => {
  const server = await servers.start((request, response) => {
    if (request.url?.includes('watch'))
      response.writeHead(200, { 'content-type': accept }).end('{"type":"ADDED"}\n');
    else json(response, LIST);
  });
  const transport = transportTo(accessTo(server.url));
  for (let i = 0; i < 3; i++) await transport.get('/api/v1/pods', { accept });
  expect(server.connections()).toBe(1);
  await Promise.all([1, 2].map(() => collect(transport.stream('/api/v1/pods?watch=true'))));
  await transport.get('/api/v1/pods', { accept });
  expect(server.connections()).toBe(3);
});

test('asks again at once when a kept connection was closed meanwhile, but only then', async () => {
  let count = 0;
  const seen = new Set<unknown>();
  const server = await servers.start((request, response) => {
    count += 1;
    if (seen.has(request.socket) || request.url === '/drop') request.socket.destroy();
    else json(response, LIST);
    seen.add(request.socket);
  });
  const transport = transportTo(accessTo(server.url));
  await transport.get('/api/v1/pods', { accept });
  expect((await transport.get('/api/v1/pods', { accept })).status).toBe(200);
  expect(count).toBe(3);
  count = 0;
  const dropped = await failureOf(transportTo(accessTo(server.url)).get('/drop', { accept }));
  expect([dropped.code, dropped.final, count]).toEqual(['network', false, 1]);
});

test('tells nobody who asks without TLS', async () => {
  const seen: unknown[] = [];
  const { url } = await servers.start((request, response) => {
    seen.push(request.headers.authorization, request.headers['impersonate-user']);
    json(response, LIST);
  }, 'plain');
  const headers = { authorization: `Bearer ${CANARY}`, 'impersonate-user': 'bob' };
  expect((await get(accessTo(url, { credentials: credentialsOf({ headers }) }))).status).toBe(200);
  // Whom to act as is no secret, and what stands before a server without TLS wants to know it.
  expect(seen).toEqual([undefined, 'bob']);
});

describe('TLS', () => {
  const misnamed = servers.authority.issue({ commonName: 'x', names: ['kubernetes.example', '10.0.0.1'] });
  const expired = servers.authority.issue({ commonName: 'x', names: ['127.0.0.1'], days: -1 });
  const client = servers.authority.issue({ commonName: 'tester' });
  const strict = { ca: servers.authority.cert, requestCert: true, rejectUnauthorized: true } as const;
  const withCa = (more: Partial<ClusterAccess['tls']>): Partial<ClusterAccess> => ({
    tls: { ca: servers.authority.cert, insecure: false, ...more },
  });
  const certificate = (pair: { cert: string; key: string }): Partial<ClusterAccess> => ({
    credentials: credentialsOf({ certificate: pair }),
  });

  const good: readonly (readonly [string, object, Partial<ClusterAccess>])[] = [
    ['another name that is asked for', misnamed, withCa({ serverName: 'kubernetes.example' })],
    ['another address that is asked for', misnamed, withCa({ serverName: '10.0.0.1' })],
    ['a client certificate', strict, certificate(client)],
    ['no verification', expired, { tls: { insecure: true } }],
  ];
  test.each(good)('works with %s', async (_what, options, more) => {
    const { url } = await servers.start(answers, options);
    expect((await get(accessTo(url, more))).status).toBe(200);
  });

  const oldest = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
  const bad: readonly (readonly [string, object | 'plain', Partial<ClusterAccess>, RegExp])[] = [
    ['an unknown authority', {}, { tls: { insecure: false } }, /issued by an unknown authority\.\nSet certificate-authority/],
    ['another authority', {}, withCa({ ca: createAuthority('other').cert }), /issued by an unknown authority/],
    ['another name', misnamed, {}, /is not for the name 127\.0\.0\.1, but for kubernetes\.example, 10\.0\.0\.1\.\n.*tls-server-name/],
    ['a name that is asked for in vain', {}, withCa({ serverName: 'a.example' }), /is not for the name a\.example, but for 127\.0\.0\.1/],
    ['an expired certificate', expired, {}, /has expired.*\n.*clock/],
    ['no client certificate', strict, {}, /wants a client certificate, and context "prod" has none\.\nSet client-certificate/],
    ['only an old version', oldest, {}, /no version of TLS that is safe/],
    ['no TLS at all', 'plain', {}, /does not speak TLS/],
    ['an authority that cannot be read', {}, withCa({ ca: `-----BEGIN CERTIFICATE-----\n${CANARY}` }), /The certificate authority of context "prod" cannot be read/],
    ['a key that cannot be read', {}, certificate({ ...client, key: `-----BEGIN PRIVATE KEY-----\n${CANARY}` }), /The client certificate and key of context "prod" cannot be read/],
    ['the key of another', {}, certificate({ ...client, key: misnamed.key }), /do not belong together/],
  ]; // biome-ignore format: a table
  test.each(bad)('fails with %s', async (_what, options, more, words) => {
    const { url } = await servers.start(answers, options);
    const failure = await failureOf(get(accessTo(url.replace('http:', 'https:'), more)));
    expect(`${failure.message}\n${failure.help}`).toMatch(words);
    expect([failure.code, failure.final]).toEqual(['tls', true]);
  });

  test('says what a refused client certificate may look like', async () => {
    const { url } = await servers.start(answers, strict);
    const stranger = createAuthority('strangers').issue({ commonName: 'tester' });
    const failure = await failureOf(get(accessTo(url, certificate(stranger))));
    expect(`${failure.message}\n${failure.help}`).toMatch(/client certificate of context "prod"/);
  });

  test('takes an authority that was replaced on its next connection', async () => {
    let ca = servers.authority.cert;
    const access = { tls: { ca, readCa: async () => ca, insecure: false } };
    const first = await servers.start(answers);
    const transport = transportTo(accessTo(first.url, access));
    expect((await transport.get('/api/v1/pods', { accept })).status).toBe(200);
    ca = createAuthority('other').cert;
    expect((await failureOf(transport.get('/api/v1/pods', { accept }))).message).toMatch(/unknown authority/);
    ca = servers.authority.cert;
    expect((await transport.get('/api/v1/pods', { accept })).status).toBe(200);
    expect((await transport.get('/api/v1/pods', { accept })).status).toBe(200);
    expect(first.connections()).toBe(3);
  });

  test('is verified whatever variables of Node.js say', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const { url } = await servers.start(answers);
    expect((await failureOf(get(accessTo(url, { tls: { insecure: false } })))).code).toBe('tls');
  });
});

describe('a network that fails', () => {
  test('by refusing is told at once, and is final until the server has answered once', async () => {
    const server = await servers.start(answers);
    await server.stop();
    const started = performance.now();
    const failure = await failureOf(get(accessTo(server.url)));
    expect(performance.now() - started).toBeLessThan(1000);
    expect(`${failure.message}\n${failure.help}`).toMatch(
      /The connection to .* was refused.*\n.*context "prod"/,
    );
    expect([failure.code, failure.final]).toEqual(['network', true]);

    const other = await servers.start(answers);
    const transport = transportTo(accessTo(other.url));
    await transport.get('/api/v1/pods', { accept });
    await other.stop();
    expect((await failureOf(transport.get('/api/v1/pods', { accept }))).final).toBe(false);
  });

  test('by not knowing the name is told within five seconds', async () => {
    const started = performance.now();
    const failure = await failureOf(
      get(accessTo('https://surely-not-there.invalid'), { requestTimeout: 15_000 }),
    );
    expect(performance.now() - started).toBeLessThan(6000);
    expect(failure.message).toMatch(/surely-not-there\.invalid (?:is unknown|could not be looked up)/);
    expect([failure.code, failure.final]).toEqual(['network', true]);
  });

  const half = LIST.slice(0, 20);
  const endings: readonly (readonly [string, RequestListener, string, RegExp])[] = [
    ['before the answer', (request) => request.socket.destroy(), 'network', /closed the connection/],
    ['within the answer', (_, response) => {
      response.writeHead(200, { 'content-type': accept, 'content-length': LIST.length });
      response.write(half, () => response.destroy());
    }, 'network', /closed the connection/],
    ['within a chunked answer', (_, response) => {
      response.writeHead(200, { 'content-type': accept });
      response.write(half, () => response.destroy());
    }, 'network', /closed the connection/],
    ['within a compressed answer', (_, response) => {
      response.writeHead(200, { 'content-type': accept, 'content-encoding': 'gzip' });
      response.write(gzipSync(LIST).subarray(0, 20), () => response.destroy());
    }, 'network', /closed the connection/],
    ['with a compressed answer that is cut short', (_, response) => {
      response.writeHead(200, { 'content-type': accept, 'content-encoding': 'gzip' });
      response.end(gzipSync(LIST).subarray(0, 20));
    }, 'network', /compression is broken/],
    ['in silence before the answer', () => {}, 'timeout', /sent nothing for 0\.3 s.*\n.*--request-timeout/],
    ['in silence within the answer', (_, response) => {
      response.writeHead(200, { 'content-type': accept });
      response.write(half);
    }, 'timeout', /sent nothing for 0\.3 s/],
  ]; // biome-ignore format: a table
  test.each(endings)('by ending %s', async (_what, answer, code, words) => {
    const { url } = await servers.start(answer);
    const failure = await failureOf(get(accessTo(url), { requestTimeout: 300 }));
    expect(`${failure.message}\n${failure.help}`).toMatch(words);
    expect([failure.code, failure.final]).toEqual([code, false]);
  });

  test('is not what a slow answer is', async () => {
    const { url } = await servers.start(async (_request, response) => {
      response.writeHead(200, { 'content-type': accept });
      for (const letter of LIST.slice(0, 10)) {
        response.write(letter);
        await sleep(60);
      }
      response.end(LIST.slice(10));
    });
    expect((await get(accessTo(url), { requestTimeout: 300 })).body).toEqual(JSON.parse(LIST));
  });

  test('by speaking TLS where http is meant', async () => {
    const { url } = await servers.start(answers);
    const { message, help } = await failureOf(get(accessTo(url.replace('https:', 'http:'))));
    expect(`${message} ${help}`).toMatch(
      /closed the connection .* the server may speak TLS: then write https:/,
    );
  });

  test('by not speaking HTTP', async () => {
    const { url } = await servers.start((request) => request.socket.end('SSH-2.0-OpenSSH_9.6\r\n'));
    expect((await failureOf(get(accessTo(url)))).message).toMatch(/does not answer in HTTP/);
  });

  test('by sending too much', async () => {
    const { url } = await servers.start((request, response) => {
      response.writeHead(200, { 'content-type': accept });
      if (request.url === '/plain') response.end(LIST.padEnd(3_000_000));
      else response.end(`{"long":"${'x'.repeat(3_000_000)}"}\n`);
    });
    const transport = transportTo(accessTo(url), { largest: 2 * 1024 * 1024 });
    const failure = await failureOf(transport.get('/plain', { accept }));
    expect([failure.code, failure.message]).toEqual([
      'unsupported',
      'The answer to /plain has more than 2 MB.',
    ]);
    expect((await failureOf(collect(transport.stream('/watched')))).code).toBe('unsupported');
  });
});

describe('rejected credentials', () => {
  const rejecting = (good: string, seen: unknown[]): Promise<SmallServer> =>
    servers.start((request, response) => {
      seen.push(request.headers.authorization);
      if (request.headers.authorization === `Bearer ${good}`) json(response, LIST);
      else json(response, JSON.stringify({ kind: 'Status', code: 401 }), 401);
    });
  const renewing = (...tokens: readonly string[]): Credentials => {
    const all = [CANARY, ...tokens].map((token) => ({ headers: { authorization: `Bearer ${token}` } }));
    const left = [...all];
    return {
      ...credentialsOf(),
      current: async () => left[0] ?? { headers: {} },
      renew: async () => {
        left.shift();
        return left[0];
      },
    };
  };

  test('are renewed once', async () => {
    const seen: unknown[] = [];
    const { url } = await rejecting('new', seen);
    expect((await get(accessTo(url, { credentials: renewing('new') }))).status).toBe(200);
    expect(seen).toEqual([`Bearer ${CANARY}`, 'Bearer new']);
    const watched = transportTo(accessTo(url, { credentials: renewing('new') })).stream(
      '/api/v1/pods?watch=true',
    );
    expect(await collect(watched)).toEqual([JSON.parse(LIST)]);
  });

  test.each([
    ['that cannot be renewed', renewing(), 1],
    ['that are rejected again', renewing('second', 'third'), 2],
  ])('%s end it', async (_what, credentials, count) => {
    const seen: unknown[] = [];
    const { url } = await rejecting('new', seen);
    const failure = await failureOf(get(accessTo(url, { credentials })));
    expect([failure.code, failure.final, failure.help]).toEqual(['unauthorized', true, 'Sign in again.']);
    expect(failure.message).toBe(`${url} rejects the credentials of user "alice" (context "prod").`);
    expect(seen).toHaveLength(count);
  });

  test('are called what they are', async () => {
    const { url } = await rejecting('new', []);
    const credentials = { ...credentialsOf(), who: 'user "alice" in config', proof: 'id-token' };
    expect((await failureOf(get(accessTo(url, { credentials })))).message).toBe(
      `${url} rejects the id-token of user "alice" in config (context "prod").`,
    );
  });
});

describe('a proxy', () => {
  const through = async (answer: (target: string) => string): Promise<{ url: string; targets: string[] }> => {
    const targets: string[] = [];
    const { createServer } = await import('node:http');
    const { connect } = await import('node:net');
    const proxy = createServer();
    proxy.on('connect', (request, socket) => {
      const auth = request.headers['proxy-authorization'] ?? '';
      targets.push(`${request.url} ${Buffer.from(String(auth).slice(6), 'base64')}`);
      socket.on('error', () => {});
      const head = answer(request.url ?? '');
      if (!head.includes(' 200 ')) return void socket.end(`${head}\r\n\r\n`);
      const { hostname, port } = new URL(`http://${request.url}`);
      const upstream = connect(Number(port), hostname, () => {
        socket.write(`${head}\r\n\r\n`);
        upstream.pipe(socket).pipe(upstream);
      });
      upstream.on('error', () => socket.destroy());
      return undefined;
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    stops.push(() => proxy.close());
    const address = proxy.address();
    const port = typeof address === 'object' ? address?.port : 0;
    return { url: `http://127.0.0.1:${port}`, targets };
  };
  const stops: (() => void)[] = [];
  afterAll(() => {
    for (const stop of stops) stop();
  });

  test.each([
    ['us%40er:pa%3Ass', 'us@er:pa:ss'],
    ['user:100%', 'user:100%'],
  ])('is gone through, with its password, once for kept connections', async (written, meant) => {
    const server = await servers.start(answers);
    const { url, targets } = await through(() => 'HTTP/1.1 200 Connection established');
    const proxy = new URL(url.replace('http://', `http://${written}@`));
    const transport = transportTo(accessTo(server.url, { proxy }));
    for (let i = 0; i < 2; i++) expect((await transport.get('/api/v1/pods', { accept })).status).toBe(200);
    expect(targets).toEqual([`${new URL(server.url).host} ${meant}`]);
    expect(server.connections()).toBe(1);
  });

  test('hides no trouble with TLS behind it', async () => {
    const server = await servers.start(answers);
    const { url } = await through(() => 'HTTP/1.1 200 OK');
    const proxy = new URL(url);
    const failure = await failureOf(get(accessTo(server.url, { proxy, tls: { insecure: false } })));
    expect([failure.code, failure.message]).toEqual(['tls', expect.stringContaining('unknown authority')]);
  });

  const refusals: readonly (readonly [string, string, RegExp, boolean])[] = [
    ['wants a password', 'HTTP/1.1 407 Proxy Authentication Required', /wants a user name and password \(407\)\.\nWrite the proxy as http:\/\/USER/, true],
    ['forbids it', 'HTTP/1.1 403 Forbidden', /does not connect to 127\.0\.0\.1:\d+ \(403\)/, true],
    ['cannot', 'HTTP/1.1 502 Bad Gateway', /does not connect to .* \(502\)/, false],
    ['speaks something else', 'SSH-2.0', /cannot be reached \(HPE_/, true],
  ]; // biome-ignore format: a table
  test.each(refusals)('that %s', async (_what, head, words, final) => {
    const server = await servers.start(answers);
    const { url } = await through(() => head);
    const proxy = new URL(url.replace('http://', `http://user:${CANARY}@`));
    const failure = await failureOf(get(accessTo(server.url, { proxy })));
    expect(`${failure.message}\n${failure.help}`).toMatch(words);
    expect([failure.code, failure.final]).toEqual(['proxy', final]);
    expect(server.connections()).toBe(0);
  });

  test('by TLS that nobody vouches for', async () => {
    const server = await servers.start(answers);
    const failure = await failureOf(get(accessTo('https://a.example', { proxy: new URL(server.url) })));
    expect(failure.message).toMatch(/^The proxy .* has a certificate that is not trusted \(\w+\)\.$/);
    expect([failure.code, failure.help]).toEqual(['proxy', 'Name its authority in NODE_EXTRA_CA_CERTS.']);
  });

  test('that is not there, or says nothing', async () => {
    const gone = await servers.start(answers, 'plain');
    await gone.stop();
    const refused = await failureOf(get(accessTo('https://a.example', { proxy: new URL(gone.url) })));
    expect(refused.message).toMatch(/^The proxy 127\.0\.0\.1:\d+ cannot be reached \(ECONNREFUSED\)\.$/);
    const { createServer } = await import('node:net');
    const silent = createServer((socket) => socket.on('error', () => {}));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    stops.push(() => silent.close());
    const address = silent.address();
    const proxy = new URL(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
    const failure = await failureOf(get(accessTo('https://a.example', { proxy }), { requestTimeout: 300 }));
    expect(failure.message).toMatch(/0\.3 s/);
  });
});

describe('a watch', () => {
  test('gives each line as it comes, however it was cut', async () => {
    const events = [
      { type: 'ADDED', object: { name: 'grün-🌱' } },
      { type: 'BOOKMARK' },
      { type: 'DELETED' },
    ];
    const bytes = Buffer.from(`${events.map((event) => JSON.stringify(event)).join('\n')}\n\n`);
    const { url } = await servers.start(async (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      for (let at = 0; at < bytes.length; at += 7) {
        response.write(bytes.subarray(at, at + 7));
        await sleep(1);
      }
      response.end();
    });
    expect(await collect(transportTo(accessTo(url)).stream('/api/v1/pods?watch=true'))).toEqual(events);
  });

  test('may be silent for long', async () => {
    const { url } = await servers.start(async (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
      await sleep(500);
      response.end('{"type":"ADDED"}\n');
    });
    const transport = transportTo(accessTo(url), { requestTimeout: 200 });
    expect(await collect(transport.stream('/api/v1/pods?watch=true'))).toEqual([{ type: 'ADDED' }]);
  });

  test('that breaks off gives whole events only, and then fails', async () => {
    const { url } = await servers.start((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"type":"ADDED"}\n{"type":"DELE', () => setTimeout(() => response.destroy(), 20));
    });
    const seen: unknown[] = [];
    const watching = (async () => {
      for await (const event of transportTo(accessTo(url)).stream('/x')) seen.push(event);
    })();
    const failure = await failureOf(watching);
    expect([failure.code, failure.final]).toEqual(['network', false]);
    expect(seen).toEqual([{ type: 'ADDED' }]);
  });

  test('that is refused gives one event that says so', async () => {
    const { url } = await servers.start((request, response) => {
      if (request.url === '/gone') json(response, '{"kind":"Status","code":410,"reason":"Expired"}', 410);
      else response.writeHead(429, { 'retry-after': '7', 'content-type': 'text/plain' }).end('busy');
    });
    const transport = transportTo(accessTo(url));
    expect(await collect(transport.stream('/gone'))).toEqual([
      { type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } },
    ]);
    expect(await collect(transport.stream('/busy'))).toMatchObject([
      {
        type: 'ERROR',
        object: { kind: 'Status', code: 429, message: 'busy', details: { retryAfterSeconds: 7 } },
      },
    ]);
  });

  test('that is a login page, or no JSON', async () => {
    const { url } = await servers.start((request, response) => {
      const type = request.url === '/page' ? 'text/html' : 'application/json';
      response.writeHead(200, { 'content-type': type }).end('<html>\n');
    });
    const transport = transportTo(accessTo(url));
    expect((await failureOf(collect(transport.stream('/page')))).message).toMatch(
      /\(200, text\/html\): <html>/,
    );
    expect((await failureOf(collect(transport.stream('/lines')))).message).toMatch(/broken JSON/);
  });
});

describe('whoever wants no more', () => {
  const hanging: RequestListener = (request, response) => {
    if (request.url !== '/watch') return;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"type":"ADDED"}\n');
  };
  const ways: readonly (readonly [string, (stop: AbortController, all: Transport) => void])[] = [
    ['ends one request', (stop) => stop.abort(new Error('enough'))],
    ['closes the transport', (_stop, transport) => transport.close()],
  ];
  test.each(ways)('%s', async (_what, end) => {
    const { url } = await servers.start(hanging);
    for (const work of [
      (transport: Transport, signal: AbortSignal) => transport.get('/api', { accept, signal }),
      (transport: Transport, signal: AbortSignal) => collect(transport.stream('/watch', { signal })),
    ]) {
      const stop = new AbortController();
      const transport = transportTo(accessTo(url));
      setTimeout(() => end(stop, transport), 100);
      await expect(work(transport, stop.signal)).rejects.toThrow(/enough|closed/);
    }
  });

  test('ends everything, without warnings of leaks', async () => {
    const warnings: string[] = [];
    const listen = (warning: Error): void => void warnings.push(warning.message);
    process.on('warning', listen);
    const { url } = await servers.start(hanging);
    const stop = new AbortController();
    const transport = transportTo(accessTo(url), { signal: stop.signal });
    const all = Array.from({ length: 20 }, () => transport.get('/api', { accept, signal: stop.signal }));
    setTimeout(() => stop.abort('why'), 200);
    const reasons = await Promise.allSettled(all);
    expect(reasons.every((each) => each.status === 'rejected' && each.reason === 'why')).toBe(true);
    await expect(transport.get('/api', { accept })).rejects.toBe('why');
    await sleep(10);
    process.off('warning', listen);
    expect(warnings).toEqual([]);
  });

  test('is forgotten by what went well', async () => {
    const { url } = await servers.start(answers);
    const { signal } = new AbortController();
    const every = new AbortController().signal;
    const transport = transportTo(accessTo(url), { signal: every });
    for (let i = 0; i < 3; i++) await transport.get('/api/v1/pods', { accept, signal });
    await collect(transport.stream('/api/v1/pods?watch=true', { signal }));
    await vi.waitFor(() => expect(getEventListeners(signal, 'abort')).toEqual([]));
    expect(getEventListeners(every, 'abort')).toHaveLength(1);
    transport.close();
    expect(getEventListeners(every, 'abort')).toEqual([]);
  });

  test('does not wait for credentials', async () => {
    let told: AbortSignal | undefined;
    const credentials: Credentials = {
      ...credentialsOf(),
      current: (signal) => {
        told = signal;
        return new Promise(() => {});
      },
    };
    const transport = transportTo(accessTo('https://127.0.0.1:1', { credentials }));
    const reason = new Error('enough');
    const waiting = transport.get('/api', { accept, signal: AbortSignal.abort(reason) });
    await expect(waiting).rejects.toBe(reason);
    expect(told?.aborted).toBe(false);
    transport.close();
    expect(told?.aborted).toBe(true);
  });

  test('leaves a watch, which ends its connection', async () => {
    let isClosed = false;
    const { url } = await servers.start((request, response) => {
      request.socket.on('close', () => {
        isClosed = true;
      });
      hanging(request, response);
    });
    for await (const _event of transportTo(accessTo(url)).stream('/watch')) break;
    await vi.waitFor(() => expect(isClosed).toBe(true));
  });
});

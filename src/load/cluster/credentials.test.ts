import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createAuthority } from '../../../test/support/api-server/certificates.ts';
import type { Credentials } from './access.ts';
import { ClusterError } from './cluster-error.ts';
import { type CredentialsOptions, credentialsOf } from './credentials.ts';
import { execCredentials } from './exec-credentials.ts';
import { expiryOf } from './expiry.ts';
import { createFields } from './fields.ts';

type Fields = Readonly<Record<string, unknown>>;

const CANARY = 'canary-S3CR3T-canary';
const V1 = 'client.authentication.k8s.io/v1';
const authority = createAuthority('test');
const pair = authority.issue({ commonName: 'alice' });
const base64 = (text: string): string => Buffer.from(text).toString('base64');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'meshlint-credentials-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  vi.useRealTimers();
});

const PLACE = 'user "alice" in config';
const optionsOf = (more: Partial<CredentialsOptions> = {}): CredentialsOptions => ({
  who: 'user "alice"',
  secure: true,
  environment: { PATH: process.env.PATH, HOME: '/home/alice' },
  folder,
  ...more,
});
const of = (user: Fields, more?: Partial<CredentialsOptions>): Credentials =>
  credentialsOf(createFields(user, PLACE), optionsOf(more));

function write(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('a user', () => {
  const certificate = {
    'client-certificate-data': base64(pair.cert),
    'client-key-data': base64(pair.key),
  };
  const proof = { cert: pair.cert, key: pair.key };
  const cases: readonly (readonly [what: string, user: Fields, sent: Fields])[] = [
    ['nobody', {}, { headers: {} }],
    ['a token', { token: 'abc' }, { headers: { authorization: 'Bearer abc' } }],
    ['a token and a file of one', { token: 'abc', tokenFile: 'token' }, { headers: { authorization: 'Bearer filed' } }],
    ['a password', { username: 'al', password: 'ä:b' }, { headers: { authorization: `Basic ${base64('al:ä:b')}` } }],
    ['a name alone', { username: 'al' }, { headers: { authorization: `Basic ${base64('al:')}` } }],
    ['a certificate', certificate, { headers: {}, certificate: proof }],
    ['a certificate in files', { 'client-certificate': 'cert.pem', 'client-key': 'key.pem' }, { headers: {}, certificate: proof }],
    ['a token and a file that is not there', { token: 'abc', tokenFile: 'none' }, { headers: { authorization: 'Bearer abc' } }],
    ['a token and a certificate', { ...certificate, token: 'abc' }, { headers: { authorization: 'Bearer abc' }, certificate: proof }],
    ['what wins over a plugin', { token: 'abc', exec: { command: 'none', apiVersion: V1, interactiveMode: 'Never' } }, { headers: { authorization: 'Bearer abc' } }],
    ['somebody to act as', { token: 'abc', as: 'Jörg', 'as-uid': '7', 'as-groups': ['g', 'h'], 'as-user-extra': { 'a/b': ['c'] } },
      { headers: { authorization: 'Bearer abc', 'impersonate-user': 'J\u00c3\u00b6rg', 'impersonate-uid': '7', 'impersonate-group': ['g', 'h'], 'impersonate-extra-a%2Fb': ['c'] } }],
  ]; // biome-ignore format: a table
  test.each(cases)('with %s', async (_what, user, sent) => {
    write('token', 'filed\n');
    write('cert.pem', pair.cert);
    write('key.pem', pair.key);
    expect(await of(user).current()).toEqual(sent);
  });

  test('tells nobody who he is without TLS', async () => {
    const marker = join(folder, 'ran-over-http');
    const users = [
      { token: CANARY, ...certificate, as: 'bob' },
      { exec: { command: plugin(`touch ${marker}`), apiVersion: V1, interactiveMode: 'Never' } },
    ];
    const sent = await Promise.all(users.map((user) => of(user, { secure: false }).current()));
    expect(sent).toEqual([{ headers: { 'impersonate-user': 'bob' } }, { headers: {} }]);
    expect(existsSync(marker)).toBe(false);
  });

  const broken: readonly (readonly [what: string, user: Fields, words: RegExp])[] = [
    ['a token of two lines', { token: `${CANARY}\nx` }, /The token of user "alice" in config holds characters/],
    ['a name of two lines to act as', { as: 'a\nb' }, /The name to act as of user "alice" in config holds characters/],
    ['a file that is missing', { tokenFile: 'none' }, /none, the tokenFile of user "alice" in config, cannot be read: it does not exist/],
    ['a file that is empty', { tokenFile: 'empty' }, /empty, the tokenFile of user "alice" in config, is empty/],
    ['a key that is none', { 'client-certificate': 'cert.pem', 'client-key': 'token' }, /token, the client-key of user "alice" in config, holds no PEM/],
  ]; // biome-ignore format: a table
  test.each(broken)('with %s', async (_what, user, words) => {
    write('empty', '\n');
    write('token', CANARY);
    write('cert.pem', pair.cert);
    const error = await Promise.resolve()
      .then(() => of(user).current())
      .catch((error: unknown) => error);
    expect(error).toBeInstanceOf(ClusterError);
    expect(String(error)).toMatch(words);
    expect(String(error)).not.toContain(CANARY);
  });
});

test('a token file is read again after a minute, and when the server rejects its token', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const path = write('rotating', 'first');
  const credentials = of({ tokenFile: 'rotating' });
  const now = async (): Promise<unknown> => (await credentials.current()).headers.authorization;
  const first = await credentials.current();
  expect(await credentials.renew(first)).toBeUndefined();
  write('rotating', 'second');
  expect(await now()).toBe('Bearer first');
  vi.advanceTimersByTime(61_000);
  expect(await now()).toBe('Bearer second');
  write('rotating', 'third');
  expect((await credentials.renew(await credentials.current()))?.headers.authorization).toBe('Bearer third');
  // While it is replaced, it may not be there.
  rmSync(path);
  vi.advanceTimersByTime(61_000);
  expect(await now()).toBe('Bearer third');
});

describe('the id-token of an auth-provider', () => {
  const begin = Date.parse('2026-11-21T12:00:00Z');
  const renewal = {
    'idp-issuer-url': 'https://idp.example',
    'client-id': 'kubectl',
    'refresh-token': CANARY,
  };
  const idToken = (exp: unknown): string => `${base64('{}')}.${base64(JSON.stringify({ exp }))}.${CANARY}`;
  const provider = (token: string | undefined, more: Fields = {}): Fields => ({
    'auth-provider': { name: 'oidc', config: { ...(token && { 'id-token': token }), ...more } },
  });
  const endingIn = (seconds: number): string => idToken(begin / 1000 + seconds).replaceAll('=', '');
  const sent = (token: string): Fields => ({ headers: { authorization: `Bearer ${token}` } });

  test('is read again when it has expired, when the server rejects it, and now and then', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: begin });
    let user = provider(endingIn(90));
    const reread = async () => createFields(user, PLACE);
    const credentials = of(user, { reread });
    const first = await credentials.current();
    expect(first).toEqual(sent(endingIn(90)));
    expect(await credentials.renew(first)).toBeUndefined();
    user = provider(endingIn(91));
    expect(await credentials.current()).toBe(first);
    expect(await credentials.renew(first)).toEqual(sent(endingIn(91)));
    user = provider(endingIn(200));
    vi.advanceTimersByTime(61_000);
    expect(await credentials.current()).toEqual(sent(endingIn(200)));
    // A kubeconfig that cannot be read for a moment ends nothing, as long as the token is good.
    user = { 'auth-provider': CANARY };
    vi.advanceTimersByTime(61_000);
    expect(await credentials.current()).toEqual(sent(endingIn(200)));
    user = provider(endingIn(200));
    // Ten seconds before the end.
    vi.advanceTimersByTime(68_001);
    await expect(credentials.current()).rejects.toThrow('is about to expire');
    user = provider(endingIn(900));
    expect(await credentials.current()).toEqual(sent(endingIn(900)));
  });

  const advice = {
    renewed: /\nAny kubectl command .* never writes a kubeconfig\. .*sign in again\.$/,
    gone: /\nSign in again, .* kubelogin/,
  };
  const useless: readonly (readonly [what: string, user: Fields, words: RegExp, help: RegExp])[] = [
    ['expired', provider(endingIn(-60), renewal), /^The id-token of user "alice" in config expired on 2026-11-21 at 11:59 UTC\./, advice.renewed],
    ['expires in a moment', provider(endingIn(9), renewal), /^The id-token of user "alice" in config is about to expire\./, advice.renewed],
    ['expired, and cannot be renewed', provider(endingIn(-60)), /expired on 2026-11-21/, advice.gone],
    ['expired, and has no client to renew it', provider(endingIn(-60), { ...renewal, 'client-id': '' }), /expired on 2026-11-21/, advice.gone],
    ['is missing', provider(undefined, renewal), /^User "alice" in config has no id-token\./, advice.renewed],
    ['has no end', provider(idToken(undefined)), /does not tell when it expires/, advice.gone],
    ['ends never', provider(idToken('soon')), /does not tell when it expires/, advice.gone],
    ['is none', provider(CANARY), /does not tell when it expires/, advice.gone],
    ['is nowhere', { 'auth-provider': { name: 'oidc' } }, /has no id-token/, advice.gone],
  ]; // biome-ignore format: a table
  test.each(useless)('that %s is told', async (_what, user, words, help) => {
    vi.useFakeTimers({ toFake: ['Date'], now: begin });
    const error = await of(user)
      .current()
      .catch((error: unknown) => error);
    if (!(error instanceof ClusterError)) throw new Error(`no ClusterError: ${error}`);
    const told = `${error.message}\n${error.help}`;
    expect(error.code).toBe('unauthorized');
    expect(told).toMatch(words);
    expect(told).toMatch(help);
    expect(told).not.toContain(CANARY);
  });
});

let plugins = 0;
/** A program that runs these lines of shell. */
function plugin(script: string): string {
  plugins += 1;
  const path = write(`plugin-${plugins}`, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}
const issue = (status: Fields, apiVersion = V1): string =>
  `cat <<'END'\n${JSON.stringify({ apiVersion, kind: 'ExecCredential', status })}\nEND`;
const exec = (command: string, more: Fields = {}): Fields => ({
  exec: { apiVersion: V1, interactiveMode: 'Never', command, ...more },
});

describe.skipIf(process.platform === 'win32')('an exec plugin', () => {
  test('is told what it needs and gives a token', async () => {
    const command = plugin(
      `printf '%s|%s|%s|%s' "$1" "$REGION" "$HOME" "$KUBERNETES_EXEC_INFO" > ${folder}/told\n${issue({ token: 'abc' })}`,
    );
    const cluster = {
      server: 'https://prod.example',
      'certificate-authority-data': base64(authority.cert),
      'tls-server-name': 'k8s',
      extensions: [{ name: 'client.authentication.k8s.io/exec', extension: { audience: 'x' } }],
    };
    const user = exec(command, {
      args: ['get-token'],
      env: [{ name: 'REGION', value: 'west' }],
      provideClusterInfo: true,
    });
    const credentials = of(user, { cluster: { fields: createFields(cluster, 'cluster') } });
    expect(await credentials.current()).toEqual({ headers: { authorization: 'Bearer abc' } });
    const [arg, region, home, info = ''] = readFileSync(join(folder, 'told'), 'utf8').split('|');
    expect([arg, region, home]).toEqual(['get-token', 'west', '/home/alice']);
    const { extensions: _, ...told } = cluster;
    expect(JSON.parse(info)).toEqual({
      apiVersion: V1,
      kind: 'ExecCredential',
      spec: { interactive: false, cluster: { ...told, config: { audience: 'x' } } },
    });
  });

  test('may give a certificate, and act as somebody', async () => {
    const command = plugin(issue({ clientCertificateData: pair.cert, clientKeyData: pair.key }));
    expect(await of({ ...exec(command), as: 'bob' }).current()).toEqual({
      headers: { 'impersonate-user': 'bob' },
      certificate: { cert: pair.cert, key: pair.key },
    });
  });

  test('is found beside its kubeconfig, and in whole folders of PATH only', async () => {
    const command = plugin(issue({ token: 'abc' })).replace(`${folder}/`, '');
    expect(await of(exec(`./${command}`)).current()).toBeDefined();
    expect(
      await of(exec(command), { environment: { PATH: `${folder}:${process.env.PATH}` } }).current(),
    ).toBeDefined();
    const here = of(exec(command), { environment: { PATH: ':.:' } }).current();
    await expect(here).rejects.toThrow(`The exec plugin "${command}" is not installed`);
  });

  test('runs once for all who ask, again when its credential expires, and when it is rejected', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const expires = new Date(Date.now() + 60_000).toISOString();
    const command = plugin(
      `echo x >> ${folder}/runs\n${issue({ token: 'tokenNUMBER', expirationTimestamp: expires }).replace(
        /^cat/,
        `N=$(wc -l < ${folder}/runs | tr -d ' ')\nsed "s/NUMBER/$N/"`,
      )}`,
    );
    const credentials = of(exec(command));
    const all = await Promise.all([1, 2, 3].map(() => credentials.current()));
    const tokens = all.map(({ headers }) => headers.authorization);
    expect(tokens).toEqual(['Bearer token1', 'Bearer token1', 'Bearer token1']);
    const [used = { headers: {} }] = all;
    const renewed = await Promise.all([credentials.renew(used), credentials.renew(used)]);
    expect(renewed.map((each) => each?.headers.authorization)).toEqual(['Bearer token2', 'Bearer token2']);
    // Whoever was rejected with the old one needs no third.
    expect((await credentials.renew(used))?.headers.authorization).toBe('Bearer token2');
    vi.advanceTimersByTime(61_000);
    expect((await credentials.current()).headers.authorization).toBe('Bearer token3');
  });

  const hint = 'Install it with: brew install it';
  const failures: readonly (readonly [what: string, script: string, words: RegExp, more?: Fields])[] = [
    ['fails', `echo "no session, secret: ${CANARY}" >&2; exit 3`, /failed: no session, secret: \[hidden\]\n.*sign in again\. Install it with: brew/, { installHint: hint }],
    ['fails without a word', 'exit 3', /failed: it ended with code 3 and said nothing/],
    ['fails with what it was given', `echo "cannot use $CLIENT_SECRET or $2" >&2; exit 1`, /cannot use \[hidden\] or \[hidden\]/, { env: [{ name: 'CLIENT_SECRET', value: CANARY }], args: ['--client-secret', `${CANARY}2`] }],
    ['fails at length', 'for i in 1 2 3 4 5 6; do echo "line $i" >&2; done; exit 1', /failed: line 3\n {2}line 4\n {2}line 5\n {2}line 6\n/],
    ['prints no JSON', `echo ${CANARY}`, /printed no ExecCredential/],
    ['prints something else', 'echo \'{"kind":"Secret"}\'', /printed no ExecCredential/],
    ['prints another version', issue({ token: CANARY }, 'client.authentication.k8s.io/v1beta1'), /another version than the kubeconfig asks for/],
    ['prints no token', issue({ expirationTimestamp: '2030-01-01T00:00:00Z' }), /without a token or certificate/],
    ['prints half a certificate', issue({ clientCertificateData: pair.cert }), /a certificate without its key/],
    ['prints a token of two lines', issue({ token: `${CANARY}\nx` }), /a token with characters that no token has/],
    ['hangs', 'sleep 30', /failed: it took longer than 300 ms/],
    ['must ask', issue({ token: 'abc' }), /must ask somebody, and there is no terminal/, { interactiveMode: 'Always' }],
  ]; // biome-ignore format: a table
  for (const [what, script, words, more = {}] of failures)
    test(`that ${what}`, async () => {
      const fields = { apiVersion: V1, interactiveMode: 'Never', command: plugin(script), ...more };
      const error = await execCredentials(createFields(fields, 'exec'), {
        ...optionsOf(),
        headers: {},
        longest: 300,
      })
        .current()
        .catch((error: unknown) => error);
      if (!(error instanceof ClusterError)) throw new Error(`no ClusterError: ${error}`);
      expect(error.code).toBe('exec');
      expect(`${error.message}\n${error.help}`).toMatch(words);
      expect(`${error.message}\n${error.help}`).not.toContain(CANARY);
    });

  test('that takes too long tells which flag gives it more, where there is one', async () => {
    const fields = createFields(
      { apiVersion: V1, interactiveMode: 'Never', command: plugin('sleep 30') },
      'exec',
    );
    for (const [patience, words] of [
      [undefined, 'or sign in again.'],
      [1, 'or allow more time with --timeout, of which it gets half.'],
    ] as const) {
      const slow = execCredentials(fields, {
        ...optionsOf(),
        headers: {},
        longest: 100,
        ...(patience && { patience }),
      });
      const running = slow.current();
      expect(slow.running?.()).toMatch(/^the exec plugin ".*plugin-\d+"$/);
      await expect(running).rejects.toMatchObject({ help: expect.stringContaining(words) });
      expect(slow.running?.()).toBeUndefined();
    }
  });

  test('that is not installed tells how to get it', async () => {
    const missing = of(exec('surely-not-there', { installHint: hint })).current();
    await expect(missing).rejects.toMatchObject({
      code: 'exec',
      message: 'The exec plugin "surely-not-there" is not installed: it is in no folder of PATH.',
      help: hint,
    });
  });

  test('ends when everything ends', async () => {
    const stop = new AbortController();
    const running = of(exec(plugin('sleep 30'))).current(stop.signal);
    const started = performance.now();
    setTimeout(() => stop.abort(new Error('enough')), 50);
    await expect(running).rejects.toThrow('enough');
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

test('a rejected credential tells that it has expired', () => {
  const token = (claims: Fields): Fields => ({
    headers: { authorization: `Bearer e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x` },
  });
  const now = Date.parse('2026-11-21T00:00:00Z');
  const old = authority.issue({ commonName: 'alice', days: -1 });
  const cases: readonly (readonly [Fields, string | undefined])[] = [
    [token({ exp: now / 1000 - 90_000 }), 'its token expired on 2026-11-19'],
    [token({ exp: now / 1000 + 1 }), undefined],
    [token({}), undefined],
    [{ headers: { authorization: 'Bearer opaque' } }, undefined],
    [{ headers: { authorization: 'Bearer a.b.c' } }, undefined],
    [{ headers: {} }, undefined],
  ];
  for (const [credential, words] of cases)
    expect(expiryOf(credential as { headers: Record<string, string> }, now)).toBe(words);
  expect(expiryOf({ headers: {}, certificate: old }, Date.now())).toMatch(
    /^its client certificate expired on/,
  );
  expect(expiryOf({ headers: {}, certificate: pair }, Date.now())).toBeUndefined();
});

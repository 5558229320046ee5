import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { stringify } from 'yaml';
import { createAuthority } from '../../../test/support/api-server/certificates.ts';
import type { ClusterAccess } from './access.ts';
import { ClusterError } from './cluster-error.ts';
import { readAccess, readAccessOf } from './kubeconfig.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Stands wherever a secret may stand; no message may ever show it. */
const CANARY = 'canary-S3CR3T-canary';

let folder = '';
const authority = createAuthority('test');
const PEM = authority.cert;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'meshlint-kubeconfig-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes files below the folder of the tests, each given as text or as a value. */
function write(files: Readonly<Record<string, unknown>>): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : stringify(content));
  }
}

/** A kubeconfig with the context `prod`. */
function config(cluster: Fields = {}, user: Fields = { token: CANARY }, context: Fields = {}): Fields {
  return {
    'current-context': 'prod',
    contexts: [{ name: 'prod', context: { cluster: 'prod-cluster', user: 'alice', ...context } }],
    clusters: [{ name: 'prod-cluster', cluster: { server: 'https://prod.example:6443', ...cluster } }],
    users: [{ name: 'alice', user }],
  };
}

/** What it tells, without the way to read some of it again. */
function withoutReading({
  tls: { readCa: _, ...tls },
  ...access
}: Omit<ClusterAccess, 'credentials'>): object {
  return { ...access, tls };
}

async function failureOf(reading: Promise<unknown>): Promise<{ code: string; words: string }> {
  const error = await reading.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(error instanceof ClusterError)) throw new Error(`no ClusterError: ${error}`);
  const words = `${error.message}\n${error.help}`.replaceAll(folder, '');
  expect(words).not.toContain(CANARY);
  return { code: error.code, words };
}

const at = (name: string, environment: Readonly<Record<string, string>> = {}): Promise<ClusterAccess> =>
  readAccess({ kubeconfig: name, environment, cwd: folder });

describe('a kubeconfig', () => {
  test('is the one of --kubeconfig, of KUBECONFIG, or of the home', async () => {
    const named = (name: string): Fields => config({ server: `https://${name}.example` });
    write({ flag: named('flag'), listed: named('listed'), '.kube/config': named('home') });
    const host = async (kubeconfig: string | undefined, KUBECONFIG: string): Promise<string> => {
      const environment = { HOME: folder, KUBECONFIG };
      const access = await readAccess({ ...(kubeconfig && { kubeconfig }), environment, cwd: folder });
      return access.server.hostname;
    };
    expect(await host('flag', 'listed')).toBe('flag.example');
    expect(await host(undefined, `listed${delimiter}flag`)).toBe('listed.example');
    expect(await host(undefined, '')).toBe('home.example');
  });

  test('tells all there is to know of a context', async () => {
    write({
      'whole/config': config(
        {
          server: 'https://10.0.0.1:6443/k8s/c-1/',
          'certificate-authority': 'ca.pem',
          'tls-server-name': 'kubernetes',
          'proxy-url': 'http://proxy.example:3128',
          'disable-compression': true,
        },
        { token: 'secret' },
        { namespace: 'shop' },
      ),
      'whole/ca.pem': PEM,
    });
    const { credentials, ...access } = await at('whole/config');
    expect(await access.tls.readCa?.()).toBe(PEM);
    expect(withoutReading(access)).toEqual({
      name: 'prod',
      server: new URL('https://10.0.0.1:6443/k8s/c-1/'),
      namespace: 'shop',
      tls: { ca: PEM, serverName: 'kubernetes', insecure: false },
      proxy: new URL('http://proxy.example:3128'),
      compression: false,
    });
    expect(credentials.who).toBe('user "alice"');
    expect(await credentials.current()).toEqual({ headers: { authorization: 'Bearer secret' } });
  });

  test('may name its server without a protocol, which is plain HTTP then', async () => {
    write({ bare: config({ server: 'localhost:8001' }) });
    expect((await at('bare')).server.href).toBe('http://localhost:8001/');
  });

  test('may be JSON', async () => {
    write({ json: JSON.stringify(config()) });
    expect((await at('json')).server.hostname).toBe('prod.example');
  });

  test('within a list adds what those before it do not name, and nothing else', async () => {
    const { contexts, clusters, users } = config();
    write({
      'merge/1': { contexts, users: [{ name: 'alice', user: {} }] },
      'merge/2': { 'current-context': 'prod', clusters, users, contexts: [{ name: 'prod', context: {} }] },
      'merge/3': { ...config({ server: 'https://third.example' }), 'current-context': 'other' },
    });
    const KUBECONFIG = ['merge/none', 'merge/1', '', 'merge/2', 'merge/3'].join(delimiter);
    const access = await readAccess({ environment: { KUBECONFIG, HOME: folder }, cwd: folder });
    expect(access.name).toBe('prod');
    expect(access.server.hostname).toBe('prod.example');
    // Alice of the first file has no token, whatever the second says.
    expect(await access.credentials.current()).toEqual({ headers: {} });
  });

  const paths: readonly (readonly [what: string, user: Fields, cluster: Fields])[] = [
    ['relative to its file', { tokenFile: 'token' }, { 'certificate-authority': '../ca.pem' }],
    [
      'absolute',
      { tokenFile: '/FOLDER/paths/sub/token' },
      { 'certificate-authority': '/FOLDER/paths/ca.pem' },
    ],
  ];
  test.each(paths)('has paths that are %s', async (_what, user, cluster) => {
    const text = stringify(config(cluster, user)).replaceAll('/FOLDER', folder);
    write({ 'paths/sub/config': text, 'paths/sub/token': ' from-file\n', 'paths/ca.pem': PEM });
    const { tls, credentials } = await at('paths/sub/config');
    expect(tls.ca).toBe(PEM);
    expect(await credentials.current()).toEqual({ headers: { authorization: 'Bearer from-file' } });
  });

  test('and the files that it names are read again after a minute', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const idToken = (exp: number): string =>
      ['{}', JSON.stringify({ exp }), 'x'].map(base64).join('.').replaceAll('=', '');
    const tokens = [4e9, 5e9].map(idToken);
    const other = createAuthority('other').cert;
    const put = (index: 0 | 1): void => {
      const user = { 'auth-provider': { name: 'oidc', config: { 'id-token': tokens[index] } } };
      const config = { 'again/1': { users: [{ name: 'alice', user }] } };
      write({ ...config, 'again/ca.pem': index === 0 ? PEM : other });
    };
    put(0);
    write({ 'again/2': config({ 'certificate-authority': 'ca.pem' }) });
    const KUBECONFIG = ['again/1', 'again/2'].join(delimiter);
    const { tls, credentials } = await readAccess({ environment: { KUBECONFIG }, cwd: folder });
    const now = async (): Promise<unknown> => [
      await tls.readCa?.(),
      (await credentials.current()).headers.authorization,
    ];
    expect(await now()).toEqual([PEM, `Bearer ${tokens[0]}`]);
    put(1);
    expect(await now()).toEqual([PEM, `Bearer ${tokens[0]}`]);
    vi.advanceTimersByTime(61_000);
    expect(await now()).toEqual([other, `Bearer ${tokens[1]}`]);
    rmSync(join(folder, 'again'), { recursive: true });
    vi.advanceTimersByTime(61_000);
    expect(await now()).toEqual([other, `Bearer ${tokens[1]}`]);
    vi.useRealTimers();
  });

  test('is found as kubectl finds it', async ({ skip }) => {
    if (spawnSync('kubectl', ['version', '--client']).status !== 0) skip('kubectl is not installed');
    write({
      'same/a': { contexts: [{ name: 'x', context: { cluster: 'one', user: 'u', namespace: 'shop' } }] },
      'same/b': {
        'current-context': 'x',
        contexts: [{ name: 'x', context: { cluster: 'two', user: 'u' } }],
        clusters: [
          { name: 'one', cluster: { server: 'https://one.example', 'certificate-authority': 'ca.pem' } },
        ],
        users: [{ name: 'u', user: { token: 'first' } }],
      },
      'same/c': {
        'current-context': 'other',
        clusters: [{ name: 'one', cluster: { server: 'https://late.example', 'tls-server-name': 'late' } }],
        users: [{ name: 'u', user: { token: 'second' } }],
      },
      'same/ca.pem': PEM,
    });
    const KUBECONFIG = ['a', 'missing', 'b', 'c'].map((name) => join(folder, 'same', name)).join(delimiter);
    const output = execFileSync('kubectl', ['config', 'view', '--minify', '--raw', '-o', 'json'], {
      env: { PATH: process.env.PATH, KUBECONFIG },
      encoding: 'utf8',
    });
    const theirs = await readAccessOf(
      output.replace(/"certificate-authority": "[^"]*"/, `"certificate-authority-data": "${base64(PEM)}"`),
      'kubectl',
      {},
    );
    const ours = await readAccess({ environment: { KUBECONFIG }, cwd: '/' });
    const plain = async ({ credentials, ...access }: ClusterAccess): Promise<unknown> => ({
      ...withoutReading(access),
      credential: await credentials.current(),
    });
    expect(await plain(ours)).toEqual(await plain(theirs));
  });
});

describe('trouble with a kubeconfig', () => {
  const other = { name: 'dev', context: { cluster: 'gone', user: 'alice' } };
  const contexts = [...(config().contexts as unknown[]), other];
  const cases: readonly (readonly [what: string, content: unknown, code: string, words: RegExp])[] = [
    ['no such file', undefined, 'kubeconfig', /There is no kubeconfig at \/.*\n.*--kubeconfig FILE/],
    ['broken YAML', `a: 1\nusers: [${CANARY}: "`, 'kubeconfig', /The kubeconfig \/.* is no valid YAML \(line \d+\)/],
    ['a text', CANARY, 'kubeconfig', /is no mapping of clusters/],
    ['clusters that are no list', { ...config(), clusters: 1 }, 'kubeconfig', /needs a list in clusters/],
    ['a user that is no mapping', { ...config(), users: [{ name: 'alice', user: CANARY }] }, 'kubeconfig', /User "alice" in \/.* must be a mapping/],
    ['a number as token', config({}, { token: 12_345 }), 'kubeconfig', /User "alice" in \/.* needs a text in token; put it in quotes/],
    ['one name twice', { ...config(), contexts: [...contexts, ...contexts] }, 'kubeconfig', /has two contexts with the name "prod"/],
    ['no current context', { ...config(), 'current-context': '', contexts }, 'context', /has no current-context\.\nChoose one with --context NAME. Contexts there: dev, prod\./],
    ['an unknown context', { ...config(), 'current-context': 'prud', contexts }, 'context', /There is no context "prud" in \/.*\nDid you mean "prod"\? Contexts there: dev, prod\./],
    ['no contexts', { 'current-context': 'x' }, 'context', /It has no contexts/],
    ['an unknown cluster', { ...config(), 'current-context': 'dev', contexts }, 'context', /Context "dev" in \/.* names the cluster "gone", which does not exist\.\nName one of these: prod-cluster\./],
    ['no cluster', config({}, {}, { cluster: '' }), 'context', /names no cluster/],
    ['an unknown user', config({}, {}, { user: 'bob' }), 'context', /names the user "bob", which does not exist/],
    ['no server', config({ server: '' }), 'kubeconfig', /Cluster "prod-cluster" in \/.* has no server/],
    ['a server that is no address', config({ server: `https://${CANARY} ?` }), 'kubeconfig', /is no address/],
    ['a server by another protocol', config({ server: `spiffe://${CANARY}` }), 'unsupported', /is reached by spiffe:\/\//],
    ['a password in the address', config({ server: `https://u:${CANARY}@h` }), 'unsupported', /has a user name or password in its address/],
    ['a CA file that is missing', config({ 'certificate-authority': 'none.pem' }), 'kubeconfig', /\/none.pem, the certificate-authority of cluster "prod-cluster" in .*, cannot be read: it does not exist/],
    ['CA data that is no PEM', config({ 'certificate-authority-data': base64(CANARY) }), 'kubeconfig', /certificate-authority-data of cluster .* holds no PEM/i],
    ['CA data that is no base64', config({ 'certificate-authority-data': PEM }), 'kubeconfig', /holds no PEM/],
    ['a CA that is not used', config({ 'certificate-authority-data': base64(PEM), 'insecure-skip-tls-verify': true }), 'kubeconfig', /Remove insecure-skip-tls-verify/],
    ['an identity as server name', config({ 'tls-server-name': 'spiffe://cluster.local/x' }), 'unsupported', /SPIFFE/],
    ['a SOCKS proxy', config({ 'proxy-url': `socks5://u:${CANARY}@proxy.example:1080` }), 'unsupported', /socks5:\/\/ are not supported \(.*proxy\.example:1080\)/],
    ['a proxy that is no address', config({ 'proxy-url': `http://${CANARY}:x` }), 'proxy', /is no address of a proxy/],
    ['an auth provider', config({}, { 'auth-provider': { name: 'gcp', config: { 'access-token': CANARY } } }), 'unsupported', /signs in with the auth-provider "gcp".*\n.*exec plugin/],
    ['an auth provider beside a token', config({}, { token: CANARY, 'auth-provider': { name: 'azure' } }), 'unsupported', /auth-provider "azure"/],
    ['an auth provider beside an exec plugin', config({}, { 'auth-provider': { name: 'oidc' }, exec: { command: 'x' } }), 'kubeconfig', /has an auth-provider and an exec plugin/],
    ['the auth provider of OIDC that is no mapping', config({}, { 'auth-provider': { name: 'oidc', config: CANARY } }), 'kubeconfig', /Config of auth-provider of user "alice" in .* must be a mapping/],
    ['unknown credentials', config({}, { spiffe: { token: CANARY } }), 'unsupported', /has no credentials that meshlint knows: spiffe/],
    ['two ways to prove oneself', config({}, { token: CANARY, username: 'a', password: CANARY }), 'kubeconfig', /a token and a password/],
    ['a token, and a password of nobody', config({}, { token: CANARY, password: CANARY }), 'kubeconfig', /a token and a password/],
    ['a certificate twice', config({}, { 'client-certificate-data': base64(PEM), 'client-certificate': 'x', 'client-key': 'x' }), 'kubeconfig', /has client-certificate and client-certificate-data\.\nRemove one/],
    ['a CA twice', config({ 'certificate-authority-data': base64(PEM), 'certificate-authority': 'x' }), 'kubeconfig', /Cluster "prod-cluster" in .* has certificate-authority and certificate-authority-data/],
    ['groups to act as, and nobody', config({}, { token: CANARY, 'as-groups': ['g'] }), 'kubeconfig', /has groups or the like to act as, and no user\.\nAdd as\./],
    ['a path without a protocol', config({ server: 'prod.example/k8s' }), 'kubeconfig', /is no address/],
    ['a proxy without a protocol', config({ 'proxy-url': 'proxy.example:3128' }), 'proxy', /is no address of a proxy.*\nWrite it as http:/],
    ['another kind of object', { ...config(), kind: 'Secret' }, 'kubeconfig', /is none: it is of another kind than Config/],
    ['tabs for spaces', 'users:\n\t- name: a\n', 'kubeconfig', /is no valid YAML \(line 2\)/],
    ['a certificate without key', config({}, { 'client-certificate-data': base64(PEM) }), 'kubeconfig', /a client certificate without its key/],
    ['an exec plugin without command', config({}, { exec: { apiVersion: 'client.authentication.k8s.io/v1' } }), 'kubeconfig', /names no command/],
    ['an exec plugin of an old version', config({}, { exec: { command: 'x', apiVersion: 'client.authentication.k8s.io/v1alpha1' } }), 'unsupported', /speaks "client.authentication.k8s.io\/v1alpha1"/],
    ['an exec plugin with a variable without a name', config({}, { exec: { command: 'x', apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never', env: [{ value: CANARY }] } }), 'kubeconfig', /has a variable without a name/],
    ['an exec plugin without a mode', config({}, { exec: { command: 'x', apiVersion: 'client.authentication.k8s.io/v1' } }), 'kubeconfig', /interactiveMode/],
  ]; // biome-ignore format: a table
  test.each(cases)('%s', async (what, content, code, words) => {
    const name = `trouble/${what.replaceAll(' ', '-')}`;
    if (content !== undefined) write({ [name]: content });
    const failure = await failureOf(at(name));
    expect(failure.words).toMatch(words);
    expect(failure.code).toBe(code);
  });

  test('KUBECONFIG that names nothing', async () => {
    const environment = { KUBECONFIG: ['x', 'y'].join(delimiter) };
    const { words } = await failureOf(readAccess({ environment, cwd: folder }));
    expect(words).toMatch(/None of the kubeconfigs of KUBECONFIG exists: \/x, \/y\./);
  });

  test('KUBECONFIG without a file in it', async () => {
    write({ '.kube/config': config() });
    const environment = { KUBECONFIG: delimiter, HOME: folder };
    const { words } = await failureOf(readAccess({ environment, cwd: folder }));
    expect(words).toMatch(/KUBECONFIG names no file\./);
  });

  test('a folder', async () => {
    mkdirSync(join(folder, 'a-folder'));
    expect((await failureOf(at('a-folder'))).words).toMatch(
      /\/a-folder cannot be read: it is a (folder|directory)/,
    );
  });

  test('an empty file', async () => {
    write({ empty: '' });
    expect((await failureOf(at('empty'))).words).toMatch(/no current-context/);
    const listed = readAccess({ environment: { KUBECONFIG: 'empty' }, cwd: folder });
    expect((await failureOf(listed)).words).toMatch(/Nothing is in the kubeconfig: \/empty/);
  });
});

describe('a service account', () => {
  const inPod = { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443', HOME: '/nowhere' };
  const read = (environment: Readonly<Record<string, string>>, context?: string): Promise<ClusterAccess> =>
    readAccess({
      environment,
      cwd: folder,
      serviceAccount: join(folder, 'account'),
      ...(context && { context }),
    });

  test('is used in a pod without a kubeconfig', async () => {
    write({ 'account/token': `${CANARY}\n`, 'account/ca.crt': PEM, 'account/namespace': 'mesh-tools' });
    const { credentials, ...access } = await read(inPod);
    expect(await access.tls.readCa?.()).toBe(PEM);
    expect(withoutReading(access)).toEqual({
      name: 'in-cluster',
      server: new URL('https://10.96.0.1:443'),
      namespace: 'mesh-tools',
      tls: { ca: PEM, insecure: false },
    });
    expect(await credentials.current()).toEqual({ headers: { authorization: `Bearer ${CANARY}` } });
    expect((await read({ ...inPod, KUBERNETES_SERVICE_HOST: 'fd00::1' })).server.host).toBe('[fd00::1]');
    expect((await read({ ...inPod, POD_NAMESPACE: 'other' })).namespace).toBe('other');
  });

  test('is not used where a kubeconfig or context is meant, or outside of pods', async () => {
    write({ 'account/token': 'x', real: config() });
    expect((await read({ ...inPod, KUBECONFIG: 'real' })).name).toBe('prod');
    expect((await failureOf(read(inPod, 'prod'))).code).toBe('kubeconfig');
    expect((await failureOf(read({ HOME: '/nowhere' }))).code).toBe('kubeconfig');
  });
});

describe('a kubeconfig found in a cluster', () => {
  const found = (content: unknown): Promise<ClusterAccess> =>
    readAccessOf(stringify(content), 'Secret istio-system/remote (key west)', {});

  test('gives access by tokens and by data', async () => {
    const cluster = { 'certificate-authority-data': base64(PEM) };
    const { tls, credentials } = await found(config(cluster, { token: 'secret' }));
    expect(tls.ca).toBe(PEM);
    expect(await credentials.current()).toEqual({ headers: { authorization: 'Bearer secret' } });
  });

  const refused: readonly (readonly [what: string, content: Fields, words: RegExp])[] = [
    ['exec', config({}, { exec: { command: '/bin/sh' } }), /User "alice" in Secret istio-system\/remote \(key west\) has a command to run: refused/],
    ['exec beside a token', config({}, { token: CANARY, exec: { command: '/bin/sh' } }), /a command to run/],
    ['an auth provider', config({}, { 'auth-provider': { name: 'oidc' } }), /an auth-provider/],
    ['a token file', config({}, { tokenFile: '/etc/shadow' }), /a file in tokenFile/],
    ['a certificate file', config({}, { 'client-certificate': '/x', 'client-key-data': 'x' }), /a file in client-certificate/],
    ['a key file', config({}, { 'client-key': '/x' }), /a file in client-key/],
    ['a CA file', config({ 'certificate-authority': '/x' }), /a file in certificate-authority/],
    ['no verification', config({ 'insecure-skip-tls-verify': true }), /insecure-skip-tls-verify/],
  ]; // biome-ignore format: a table
  test.each(refused)('is refused with %s', async (_what, content, words) => {
    const failure = await failureOf(found(content));
    expect(failure.code).toBe('unsupported');
    expect(failure.words).toMatch(words);
  });

  test('may be garbage', async () => {
    for (const content of [CANARY, [], { contexts: CANARY }, null])
      expect((await failureOf(found(content))).words).toMatch(/Secret istio-system\/remote/);
  });

  test('never does more than be refused, whatever is in it', async () => {
    const whole = {
      ...config(
        {
          'certificate-authority-data': base64(PEM),
          'tls-server-name': 'x',
          'proxy-url': 'http://proxy',
          'insecure-skip-tls-verify': false,
          'disable-compression': true,
          extensions: [],
        },
        { token: 'x', as: 'y', 'as-groups': ['z'], 'as-user-extra': { a: ['b'] }, 'client-key-data': 'x' },
        { namespace: 'shop' },
      ),
      extra: 1,
    };
    const places = pathsOf(whole);
    const odd = fc.oneof(
      fc.constantFrom<unknown>(null, CANARY, `${CANARY}\n`, [CANARY], { name: CANARY }, 7, true, [[]], ''),
      fc.json().map((text): unknown => JSON.parse(text)),
    );
    const changes = fc.array(fc.tuple(fc.constantFrom(...places), odd), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(changes, async (changed) => {
        const content: unknown = changed.reduce(
          (value: unknown, [path, to]) => changeAt(value, path, to),
          whole,
        );
        const reading = found(content).then(({ credentials }) => credentials.current());
        const error = await reading.then(
          () => undefined,
          (error: unknown) => error,
        );
        if (error === undefined) return;
        expect(error).toBeInstanceOf(ClusterError);
        // Names and the like are shown; what may be a secret is not.
        const isShown = changed.some(([path]) => !/data|token|server$|proxy-url/.test(path.join('.')));
        if (!isShown && error instanceof ClusterError)
          expect(error.message + error.help).not.toContain(CANARY);
      }),
      { numRuns: 500 },
    );
  });
});

type Path = readonly string[];

/** The paths of all values within a value. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  const inner = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return [path, ...inner.flatMap(([key, each]) => pathsOf(each, [...path, key]))].filter(
    ({ length }) => length > 0,
  );
}

/** The value with another one at a path, if that is there. */
function changeAt(value: unknown, [key, ...rest]: Path, to: unknown): unknown {
  if (key === undefined) return to;
  if (typeof value !== 'object' || value === null) return value;
  const inner = changeAt(Object.entries(value).find(([name]) => name === key)?.[1], rest, to);
  if (Array.isArray(value)) return value.map((each, index) => (String(index) === key ? inner : each));
  return { ...value, [key]: inner };
}

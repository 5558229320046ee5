// The same kubeconfigs given to kubectl: it must get in where we do, as the same user, and nowhere else.
import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { KubeconfigOptions } from '../../../test/support/api-server/kubeconfig.ts';
import { type ApiServer, otherName, startApiServer } from '../../../test/support/api-server/start.ts';
import { readAccess } from './kubeconfig.ts';
import { openTransport } from './transport.ts';

const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;
const GROUP = 'client.authentication.k8s.io';
const token = 'token-of-tester';
const base64 = (text: string): string => Buffer.from(text).toString('base64');

let server: ApiServer;
let folder = '';
let environment: Readonly<Record<string, string>> = {};
beforeAll(async () => {
  if (!hasKubectl) return;
  folder = mkdtempSync(join(tmpdir(), 'meshlint-parity-'));
  environment = { PATH: process.env.PATH ?? '', HOME: folder };
  const users = [60, 8, -60, undefined].map((end) => ({ name: `carol ${end}`, token: idToken(end) }));
  server = await startApiServer({ users });
});
afterAll(async () => {
  await server?.stop();
  if (folder !== '') rmSync(folder, { recursive: true });
});

function file(name: string, content: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  chmodSync(path, 0o700);
  return path;
}

/** A plugin that prints a credential of this version. */
function plugin(version: string, status: object = { token }): string {
  const credential = JSON.stringify({ apiVersion: `${GROUP}/${version}`, kind: 'ExecCredential', status });
  return file(`plugin-${version}`, `#!/bin/sh\ncat <<'END'\n${credential}\nEND\n`);
}
const exec = (version: string, more: object = {}, others: object = {}): KubeconfigOptions => ({
  userFields: {
    exec: { apiVersion: `${GROUP}/${version}`, command: plugin(version), interactiveMode: 'Never', ...more },
    ...others,
  },
});
const certificate = (): Readonly<Record<string, string>> => ({
  'client-certificate-data': base64(server.client.cert),
  'client-key-data': base64(server.client.key),
});

/** The token of OIDC that ends in so many seconds. The server knows those of these moments. */
const now = Math.floor(Date.now() / 1000);
const idToken = (end?: number): string =>
  ['{}', JSON.stringify(end === undefined ? { sub: 'carol' } : { exp: now + end }), 'x']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');
const oidc = (config: object): object => ({
  name: 'oidc',
  config: { 'idp-issuer-url': 'https://127.0.0.1:9', 'client-id': 'kubectl', ...config },
});

/** The file of `--kubeconfig`, or the list of `KUBECONFIG`. */
interface Named {
  readonly kubeconfig?: string;
  readonly list?: string;
}

const cases: readonly (readonly [what: string, options: () => KubeconfigOptions])[] = [
  ['a token', () => ({})],
  ['a wrong token', () => ({ credentials: 'wrong token' })],
  ['no credentials', () => ({ credentials: 'none' })],
  ['a token file, with a line break', () => ({ userFields: { tokenFile: file('token', `${token}\n`) } })],
  ['a token file that wins over a token', () => ({ userFields: { tokenFile: file('token', token), token: 'other' } })],
  ['a token file that is missing', () => ({ userFields: { tokenFile: '/none' } })],
  ['a token and a password', () => ({ userFields: { token, username: 'u', password: 'p' } })],
  ['a certificate', () => ({ credentials: 'certificate' })],
  ['a certificate at a strict door', () => ({ credentials: 'certificate', door: 'strict' })],
  ['a certificate in files', () => ({ userFields: { 'client-certificate': file('c.pem', server.client.cert), 'client-key': file('k.pem', server.client.key) }, door: 'strict' })],
  ['a certificate without key', () => ({ userFields: { 'client-certificate-data': base64(server.client.cert) } })],
  ['a token at a strict door', () => ({ door: 'strict' })],
  ['a certificate of strangers', () => ({ credentials: 'unknown certificate', door: 'strict' })],
  ['another name', () => ({ door: 'misnamed' })],
  ['another name that is asked for', () => ({ door: 'misnamed', serverName: otherName })],
  ['no authority', () => ({ authority: 'none' })],
  ['no verification', () => ({ authority: 'insecure' })],
  ['no verification, and an authority', () => ({ cluster: { 'insecure-skip-tls-verify': true } })],
  ['http', () => ({ door: 'plain' })],
  ['a proxy', () => ({ proxy: 'open' })],
  ['a guarded proxy', () => ({ proxy: 'guarded' })],
  ['a guarded proxy, with its password', () => ({ proxy: 'guarded, with credentials' })],
  ['no port that listens', () => ({ cluster: { server: 'https://127.0.0.1:1' } })],
  ['a plugin', () => exec('v1')],
  ['an older plugin', () => exec('v1beta1', { interactiveMode: undefined })],
  ['a plugin that is too old', () => exec('v1alpha1')],
  ['a plugin of which nothing tells whether it asks', () => exec('v1', { interactiveMode: undefined })],
  ['a plugin that must ask', () => exec('v1', { interactiveMode: 'Always' })],
  ['a plugin of another version', () => exec('v1', { command: plugin('v1beta1') })],
  ['a plugin that is not there', () => exec('v1', { command: 'surely-not-there' })],
  ['a token beside a plugin that fails', () => ({ userFields: { token, exec: { apiVersion: `${GROUP}/v1`, command: 'false', interactiveMode: 'Never' } } })],
  ['a provider that is gone', () => ({ userFields: { 'auth-provider': { name: 'gcp' } } })],
  ['a token beside a token file that is missing', () => ({ userFields: { tokenFile: '/none', token } })],
  ['a token and a password without a name', () => ({ userFields: { token, password: 'p' } })],
  ['a token file and a password', () => ({ userFields: { tokenFile: file('token', token), username: 'u', password: 'p' } })],
  ['a certificate both as data and in a file', () => ({ userFields: { ...certificate(), 'client-certificate': file('c.pem', server.client.cert) }, door: 'strict' })],
  ['a key both as data and in a file', () => ({ userFields: { ...certificate(), 'client-key': file('k.pem', server.client.key) }, door: 'strict' })],
  ['a token, and a key both as data and in a file', () => ({ userFields: { token, 'client-key-data': base64(server.client.key), 'client-key': file('k.pem', server.client.key) } })],
  ['a token and a certificate', () => ({ userFields: { token, ...certificate() }, door: 'strict' })],
  ['a certificate with the key of another', () => ({ userFields: { ...certificate(), 'client-key-data': base64(server.stranger.key) }, door: 'strict' })],
  ['an authority both as data and in a file', () => ({ cluster: { 'certificate-authority': file('ca.pem', server.ca) } })],
  ['an authority in a file', () => ({ authority: 'none', cluster: { 'certificate-authority': file('ca.pem', server.ca) } })],
  ['an authority in a file that is missing', () => ({ authority: 'none', cluster: { 'certificate-authority': '/none' } })],
  ['an authority that is no PEM', () => ({ cluster: { 'certificate-authority-data': base64('none') } })],
  ['no verification, and another name', () => ({ authority: 'insecure', door: 'misnamed' })],
  ['groups of nobody', () => ({ userFields: { token, 'as-groups': ['g'] } })],
  ['somebody to act as', () => ({ userFields: { token, as: 'bob', 'as-groups': ['g'] } })],
  ['somebody to act as, over http', () => ({ door: 'plain', userFields: { token, as: 'bob' } })],
  ['a server without https://', () => ({ cluster: { server: server.url('main').replace('https://', '') } })],
  ['a server without http://', () => ({ door: 'plain', cluster: { server: server.url('main', 'plain').replace('http://', '') } })],
  ['a server with a slash at its end', () => ({ cluster: { server: `${server.url('main')}/` } })],
  ['a server with a query', () => ({ cluster: { server: `${server.url('main')}?x=1` } })],
  ['a proxy without http://', () => ({ proxy: 'open', cluster: { 'proxy-url': `127.0.0.1:${server.ports.proxy}` } })],
  ['a proxy of a kind that is none', () => ({ cluster: { 'proxy-url': 'ftp://127.0.0.1:1' } })],
  ['a plugin that gives a certificate', () => exec('v1', { command: plugin('v1', { clientCertificateData: server.client.cert, clientKeyData: server.client.key }) })],
  ['a plugin with a variable without name', () => exec('v1', { env: [{ name: '', value: 'x' }] })],
  ['a plugin whose credential has expired', () => exec('v1', { command: plugin('v1', { token, expirationTimestamp: '2020-01-01T00:00:00Z' }) })],
  ['a plugin beside a provider', () => exec('v1', {}, { 'auth-provider': oidc({ 'id-token': idToken(60) }) })],
  ['an id-token', () => ({ userFields: { 'auth-provider': oidc({ 'id-token': idToken(60) }) } })],
  ['an id-token that has expired', () => ({ userFields: { 'auth-provider': oidc({ 'id-token': idToken(-60) }) } })],
  ['an id-token that expires in a moment', () => ({ userFields: { 'auth-provider': oidc({ 'id-token': idToken(8) }) } })],
  ['an id-token that is none', () => ({ userFields: { 'auth-provider': oidc({ 'id-token': token }) } })],
  ['an id-token without an end', () => ({ userFields: { 'auth-provider': oidc({ 'id-token': idToken() }) } })],
  ['no id-token', () => ({ userFields: { 'auth-provider': oidc({}) } })],
  ['an expired id-token beside a token', () => ({ userFields: { token, 'auth-provider': oidc({ 'id-token': idToken(-60) }) } })],
  ['an id-token beside a certificate', () => ({ userFields: { ...certificate(), 'auth-provider': oidc({ 'id-token': idToken(60) }) } })],
  ['an expired id-token beside a certificate', () => ({ userFields: { ...certificate(), 'auth-provider': oidc({ 'id-token': idToken(-60) }) } })],
  ['an id-token, over http', () => ({ door: 'plain', userFields: { 'auth-provider': oidc({ 'id-token': idToken(60) }) } })],
  ['an id-token, and somebody to act as', () => ({ userFields: { as: 'bob', 'auth-provider': oidc({ 'id-token': idToken(60) }) } })],
  ['a token beside a provider that is gone', () => ({ userFields: { token, 'auth-provider': { name: 'gcp' } } })],
]; // biome-ignore format: a table

/** A kubeconfig for the server, in the shape of its text. */
const text = (): string => readFileSync(server.kubeconfig(), 'utf8');
const named = (name: string, change: (text: string) => string): Named => ({
  kubeconfig: file(name, change(text())),
});
/** A kubeconfig without some of its lines. */
const without = (line: RegExp) => (whole: string) => whole.replaceAll(line, '');
const listed = (...paths: readonly string[]): Named => ({ list: paths.join(delimiter) });

const files: readonly (readonly [what: string, options: () => Named])[] = [
  ['JSON', () => named('json', (whole) => JSON.stringify(parse(whole), undefined, '\t'))],
  ['tabs', () => named('tabs', (whole) => whole.replace(/^ {2}/m, '\t'))],
  ['line breaks of Windows', () => named('windows', (whole) => whole.replaceAll('\n', '\r\n'))],
  ['a byte order mark', () => named('mark', (whole) => `\ufeff${whole}`)],
  ['a second document', () => named('two', (whole) => `${whole}---\nclusters: 1\n`)],
  ['an empty document first', () => named('late', (whole) => `---\n---\n${whole}`)],
  ['fields that nobody knows', () => named('unknown', (whole) => `${whole}more: {a: 1}\n`)],
  ['a key twice', () => named('twice', (whole) => `${whole}current-context: none\n`)],
  ['no kind', () => named('no-kind', without(/^(kind|apiVersion):.*\n/gm))],
  ['another kind', () => named('kind', (whole) => whole.replace('kind: Config', 'kind: Secret'))],
  ['another version', () => named('version', (whole) => whole.replace('apiVersion: v1', 'apiVersion: v2'))],
  ['no current context', () => named('no-context', without(/^current-context:.*\n/gm))],
  ['no user in the context', () => named('no-user', without(/^ +user: main-user\n/gm))],
  ['a user that is not there', () => named('lost', (whole) => whole.replace('user: main-user', 'user: lost'))],
  ['a cluster that is not there', () => named('gone', (whole) => whole.replace('cluster: main', 'cluster: gone'))],
  ['a folder', () => ({ kubeconfig: folder })],
  ['no such file', () => ({ kubeconfig: join(folder, 'none') })],
  ['an empty file', () => ({ kubeconfig: file('empty', '') })],
  ['a list', () => listed(file('users', text().replace(/^clusters:[\s\S]*?(?=^users)/m, '')), file('all', text()))],
  ['a list with what is not there, and nothing', () => listed('/none', '', file('all', text()))],
  ['a list with a folder', () => listed(folder, file('all', text()))],
  ['a list with broken YAML', () => listed(file('broken', '['), file('all', text()))],
  ['a list whose first context counts', () => listed(file('first', 'current-context: first'), file('all', text()))],
  ['a list whose first user has no token', () => listed(file('bare', 'users: [{name: main-user, user: {}}]'), file('all', text()))],
  ['a list of nothing, and a kubeconfig at home', () => { file('.kube/config', text()); return listed('', ''); }],
  ['a kubeconfig at home', () => { file('.kube/config', text()); return {}; }],
]; // biome-ignore format: a table

describe.skipIf(!hasKubectl)('kubectl gets in as we do (needs kubectl)', () => {
  const all = [
    ...cases.map(([what, of]) => [what, () => ({ kubeconfig: server.kubeconfig(of()) })] as const),
    ...files,
  ];
  test.for(all)('with %s', async ([, of]) => {
    const options = of();
    const ours = await seenBy(server, () => ask(options));
    const theirs = await seenBy(server, () => askWithKubectl(options));
    expect(ours).toEqual(theirs);
  });
});

describe.skipIf(!hasKubectl)('kubectl tells a plugin what we do (needs kubectl)', () => {
  const clusters: readonly (readonly [what: string, cluster: () => object])[] = [
    ['an authority as data', () => ({})],
    ['an authority in a file', () => ({ 'certificate-authority': file('ca.pem', server.ca), 'certificate-authority-data': '' })],
    ['no verification', () => ({ 'certificate-authority-data': '', 'insecure-skip-tls-verify': true })],
    ['a name, a proxy and no compression', () => ({ 'tls-server-name': 'localhost', 'proxy-url': `http://127.0.0.1:${server.ports.proxy}`, 'disable-compression': true })],
    ['settings of its own', () => ({ extensions: [{ name: `${GROUP}/exec`, extension: { audience: 'x', more: [1] } }] })],
  ]; // biome-ignore format: a table
  test.for(clusters)('with %s', async ([, clusterOf]) => {
    const told = join(folder, 'told');
    const command = file(
      'telling-plugin',
      `#!/bin/sh\nprintf '%s' "$KUBERNETES_EXEC_INFO" > '${told}'\ncat '${plugin('v1')}' | sed '1,2d;$d'\n`,
    );
    const options = exec('v1', { command, provideClusterInfo: true });
    const kubeconfig = server.kubeconfig({ ...options, cluster: { ...clusterOf() } });
    const tellings: unknown[] = [];
    for (const work of [ask, askWithKubectl]) {
      expect(await work({ kubeconfig })).toBe(true);
      tellings.push(JSON.parse(readFileSync(told, 'utf8')));
      rmSync(told);
    }
    expect(tellings[0]).toEqual(tellings[1]);
  });
});

/** Whether something got its answer, and who it was for the server. */
async function seenBy(api: ApiServer, work: () => Promise<boolean>): Promise<unknown> {
  await api.forgetRequests();
  const isAnswered = await work();
  const answered = (await api.requests()).filter(({ status }) => status === 200);
  const users = answered.map(({ user, authorized, actsAs }) => `${user} ${authorized} ${actsAs}`);
  return { isAnswered, users: [...new Set(users)] };
}

async function ask({ kubeconfig, list }: Named): Promise<boolean> {
  try {
    const access = await readAccess({
      ...(kubeconfig && { kubeconfig }),
      environment: { ...environment, KUBECONFIG: list },
      cwd: folder,
    });
    const transport = openTransport(access, { requestTimeout: 5000 });
    const { status } = await transport.get('/api/v1/namespaces', { accept: 'application/json' });
    transport.close();
    return status === 200;
  } catch {
    return false;
  }
}

function askWithKubectl({ kubeconfig, list }: Named): Promise<boolean> {
  const from = kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig];
  const args = [...from, 'get', '--raw', '/api/v1/namespaces', '--request-timeout', '2s'];
  const env = { ...environment, ...(list !== undefined && { KUBECONFIG: list }) };
  return new Promise((resolve) => {
    const child = execFile('kubectl', args, { env, cwd: folder }, (error) => resolve(error === null));
    // Without credentials, it would ask for a name and a password.
    child.stdin?.end();
  });
}

// The same kubeconfigs given to kubectl: it must get in where we do, as the same user, and nowhere else.
import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
  server = await startApiServer();
});
afterAll(async () => {
  await server?.stop();
  if (folder !== '') rmSync(folder, { recursive: true });
});

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  chmodSync(path, 0o700);
  return path;
}

/** A plugin that prints a credential of this version. */
function plugin(version: string, status: object = { token }): string {
  const credential = JSON.stringify({ apiVersion: `${GROUP}/${version}`, kind: 'ExecCredential', status });
  return file(`plugin-${version}`, `#!/bin/sh\ncat <<'END'\n${credential}\nEND\n`);
}
const exec = (version: string, more: object = {}): KubeconfigOptions => ({
  userFields: {
    exec: { apiVersion: `${GROUP}/${version}`, command: plugin(version), interactiveMode: 'Never', ...more },
  },
});

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
]; // biome-ignore format: a table

describe.skipIf(!hasKubectl)('kubectl gets in as we do (needs kubectl)', () => {
  test.for(cases)('with %s', async ([, optionsOf]) => {
    const kubeconfig = server.kubeconfig(optionsOf());
    const ours = await seenBy(server, () => ask(kubeconfig));
    const theirs = await seenBy(server, () => askWithKubectl(kubeconfig));
    expect(ours).toEqual(theirs);
  });
});

/** Whether something got its answer, and who it was for the server. */
async function seenBy(api: ApiServer, work: () => Promise<boolean>): Promise<unknown> {
  await api.forgetRequests();
  const isAnswered = await work();
  const answered = (await api.requests()).filter(({ status }) => status === 200);
  return { isAnswered, users: [...new Set(answered.map(({ user, authorized }) => `${user} ${authorized}`))] };
}

async function ask(kubeconfig: string): Promise<boolean> {
  try {
    const access = await readAccess({ kubeconfig, environment, cwd: folder });
    const transport = openTransport(access, { requestTimeout: 5000 });
    const { status } = await transport.get('/api/v1/namespaces', { accept: 'application/json' });
    transport.close();
    return status === 200;
  } catch {
    return false;
  }
}

function askWithKubectl(kubeconfig: string): Promise<boolean> {
  const args = ['--kubeconfig', kubeconfig, 'get', '--raw', '/api/v1/namespaces', '--request-timeout', '2s'];
  return new Promise((resolve) => {
    const child = execFile('kubectl', args, { env: environment }, (error) => resolve(error === null));
    // Without credentials, it would ask for a name and a password.
    child.stdin?.end();
  });
}

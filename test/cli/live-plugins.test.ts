import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type ApiServer, startApiServer } from '../support/api-server/start.ts';
import { command, run } from './run.ts';
import { hasTerminal, startInTerminal, until } from './terminal.ts';

let server: ApiServer;
let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'meshlint-plugins-'));
  server = await startApiServer();
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

/** A kubeconfig whose user runs these lines of shell. */
function kubeconfigRunning(name: string, script: string, interactiveMode = 'Never'): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode, command: path };
  return server.kubeconfig({ userFields: { exec } });
}

const giving = (token: string): string =>
  `echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"${token}"}}'`;

describe.skipIf(process.platform === 'win32')('a cluster whose credentials come from a plugin', () => {
  test('is read', async () => {
    const kubeconfig = kubeconfigRunning('good', giving('token-of-tester'));
    const { code, stderr } = await run(['analyze', '--kubeconfig', kubeconfig], { cwd: folder });
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  test('asks the plugin again when its token expired on the server, and once only', async () => {
    const runs = join(folder, 'runs');
    const again = `echo x >> ${runs}\nif [ $(wc -l < ${runs}) -gt 1 ]; then ${giving('token-of-tester')}; else ${giving('old')}; fi`;
    const kubeconfig = kubeconfigRunning('again', again);
    expect((await run(['analyze', '--kubeconfig', kubeconfig], { cwd: folder })).code).toBe(0);
    expect(readFileSync(runs, 'utf8')).toBe('x\nx\n');
    const never = kubeconfigRunning('never', `echo y >> ${runs}\n${giving('canary-token')}`);
    const { code, stdout, stderr } = await run(['analyze', '--debug', '--kubeconfig', never], {
      cwd: folder,
    });
    expect(code).toBe(3);
    expect(stderr).toMatch(
      /rejects the credentials of user "main-user" \(context "main"\)\.\n {2}help: Sign in again/,
    );
    expect(stdout + stderr).not.toContain('canary');
    expect(readFileSync(runs, 'utf8')).toBe('x\nx\ny\ny\n');
  });

  test('is given up with the timeout, and so is the plugin', async () => {
    const pid = join(folder, 'slow-pid');
    const kubeconfig = kubeconfigRunning('slow', `echo $$ > ${pid}\nexec sleep 60`);
    const started = performance.now();
    const { code, stderr } = await run(['analyze', '--timeout', '1s', '--kubeconfig', kubeconfig], {
      cwd: folder,
    });
    expect(performance.now() - started).toBeLessThan(5000);
    expect(code).toBe(3);
    expect(stderr).toMatch(/could not be read within 1 s/);
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false), 5000);
  });

  test('is given up by Ctrl-C, and so is the plugin', async () => {
    const pid = join(folder, 'stuck-pid');
    const kubeconfig = kubeconfigRunning('stuck', `echo $$ > ${pid}\nexec sleep 60`);
    const child = spawn(process.execPath, [command, 'analyze', '--kubeconfig', kubeconfig], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder },
    });
    const ended = new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal)));
    await vi.waitFor(() => expect(isRunning(pid)).toBe(true), 10_000);
    child.kill('SIGINT');
    expect([130, 'SIGINT']).toContain(await ended);
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false), 5000);
  });
});

describe.skipIf(!hasTerminal)('in a terminal (needs script of util-linux)', () => {
  test('the plugin may ask, and nothing hides the question', async () => {
    const token = "'$answer'";
    const script = `printf 'Password: ' >&2\nread answer\n${giving(token)}`;
    const line = (name: string, mode: string): string =>
      `meshlint analyze --timeout 5s --kubeconfig ${kubeconfigRunning(name, script, mode)}; echo code $?`;
    const terminal = startInTerminal(line('asking', 'IfAvailable'), { cwd: folder, env: { HOME: folder } });
    await until(() => terminal.output().includes('Password: '), terminal.output);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(terminal.output()).toBe('Password: ');
    terminal.type('token-of-tester\n');
    await terminal.ended;
    expect(terminal.output()).toContain('code 0');
  });

  test('a plugin that fails has told why itself', async () => {
    const path = kubeconfigRunning('telling', 'echo "no session" >&2; exit 4', 'Always');
    const terminal = startInTerminal(`meshlint analyze --kubeconfig ${path}; echo code $?`, {
      cwd: folder,
      env: { HOME: folder },
    });
    await terminal.ended;
    expect(terminal.output()).toMatch(
      /no session\s+error: The exec plugin ".*" failed: it ended with code 4\s+help/,
    );
    expect(terminal.output()).toContain('code 3');
  });
});

/** Whether the process runs whose number is in a file. */
function isRunning(file: string): boolean {
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch {
    return false;
  }
}

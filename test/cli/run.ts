// Runs the built command as a user would.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const command = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
if (!existsSync(command)) throw new Error('dist/cli.js is not there: npm run build');

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Setting {
  readonly cwd?: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Closes standard output after its first piece. */
  readonly closeEarly?: boolean;
}

/** Runs `meshlint ARGS` to its end. */
export function run(args: readonly string[], setting: Setting = {}): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [command, ...args], {
      cwd: setting.cwd,
      // A home without a kubeconfig: nobody's own cluster is read.
      env: { PATH: process.env.PATH, HOME: tmpdir(), ...setting.env },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      if (setting.closeEarly) child.stdout.destroy();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
    // A command that reads no input may be gone before it is written.
    child.stdin.on('error', () => {});
    child.stdin.end(setting.input ?? '');
  });
}

/** Writes files into a new folder, and hands it to `use`. */
export async function withTree<T>(
  files: Readonly<Record<string, string | Uint8Array>>,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'meshlint-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A VirtualService; with a gateway that nothing defines, it is wrong in a closed world. */
export function virtualService(
  name: string,
  gateway?: string,
  namespace: string | undefined = 'shop',
): string {
  return [
    'apiVersion: networking.istio.io/v1',
    'kind: VirtualService',
    'metadata:',
    `  name: ${name}`,
    ...(namespace === '' ? [] : [`  namespace: ${namespace}`]),
    'spec:',
    '  hosts:',
    '  - shop.example.com',
    ...(gateway === undefined ? [] : ['  gateways:', `  - ${gateway}`]),
    '  http:',
    '  - directResponse:',
    '      status: 200',
    '',
  ].join('\n');
}

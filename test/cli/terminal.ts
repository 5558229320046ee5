// Runs the built command in a real terminal: a pseudo-terminal of `script` (util-linux), its screen read by xterm.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import xterm from '@xterm/headless';

const command = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** `script` of util-linux; that of BSD and macOS is another one. */
export const hasTerminal = /util-linux/.test(
  spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '',
);

export interface TerminalSetting {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly columns?: number;
  readonly rows?: number;
}

export interface Terminal {
  /** All that was written so far, control sequences and all. */
  readonly output: () => string;
  readonly type: (keys: string) => void;
  readonly ended: Promise<number | null>;
  readonly kill: () => void;
}

/** Starts a shell line in a terminal; `meshlint` in it is the built command. */
export function startInTerminal(line: string, setting: TerminalSetting = {}): Terminal {
  const { cwd, env = {}, columns = 80, rows = 24 } = setting;
  const shell = `stty cols ${columns} rows ${rows} -echo; meshlint() { ${process.execPath} ${command} "$@"; }; ${line}`;
  const child: ChildProcess = spawn('script', ['-qfec', shell, '/dev/null'], {
    cwd,
    env: { PATH: process.env.PATH, TERM: 'xterm-256color', SHELL: '/bin/bash', ...env },
  });
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  child.stdin?.on('error', () => {});
  return {
    output: () => output,
    type: (keys) => child.stdin?.write(keys),
    ended: new Promise((resolve) => child.on('close', resolve)),
    kill: () => child.kill(),
  };
}

/** Waits until something holds; throws with what is there when it takes too long. */
export async function until(holds: () => boolean, what: () => string, limit = 15_000): Promise<void> {
  const end = Date.now() + limit;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`this never came about:\n${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Columns and rows of a terminal; `from` says how much had been written when they came to be so. */
export interface Extent {
  readonly columns: number;
  readonly rows: number;
  readonly from?: number;
}

/** The screen as a person sees it, of all that was written so far, through changes of its size. */
export async function screenOf(output: string, ...extents: readonly Extent[]): Promise<string[]> {
  const { columns, rows } = extents[0] ?? { columns: 80, rows: 24 };
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  for (const [i, extent] of extents.entries()) {
    terminal.resize(extent.columns, extent.rows);
    const piece = output.slice(extent.from ?? 0, extents[i + 1]?.from);
    await new Promise<void>((resolve) => terminal.write(piece, resolve));
  }
  const { active } = terminal.buffer;
  const lines = Array.from(
    { length: terminal.rows },
    (_, i) => active.getLine(active.baseY + i)?.translateToString(true) ?? '',
  );
  terminal.dispose();
  return lines;
}

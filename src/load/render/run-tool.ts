// Runs kustomize, kubectl and helm: bounded in time and output, away from settings that would change what they print.
import { spawn } from 'node:child_process';

export interface ToolCall {
  /** The program, by its whole path. */
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Milliseconds. */
  readonly timeout: number;
  /** Instead of the few variables that tools get otherwise. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** The tool may ask the person at the terminal; what it says goes there. */
  readonly terminal?: boolean;
  /** Ends the tool. */
  readonly signal?: AbortSignal;
}

export type ToolAnswer =
  | { readonly ok: true; readonly output: string }
  | { readonly ok: false; readonly why: string };

const MEGABYTE = 1024 * 1024;
const MOST_OUTPUT = 64 * MEGABYTE;
const MOST_WORDS = 64 * 1024;

/** Runs a tool to its end. Never throws: what went wrong is the answer. */
export function runTool(call: ToolCall): Promise<ToolAnswer> {
  const { program, args, cwd, timeout, environment, terminal = false, signal } = call;
  return new Promise((resolve) => {
    // A group of its own, so that what it starts (git, helm) ends with it; but whoever asks must stay in ours, because
    // only that one may read from the terminal.
    const isGroup = process.platform !== 'win32' && !terminal;
    const child = spawn(program, args, {
      cwd,
      env: environment ?? cleanEnvironment(process.env),
      stdio: terminal ? ['inherit', 'pipe', 'inherit'] : ['ignore', 'pipe', 'pipe'],
      detached: isGroup,
      windowsHide: true,
    });
    const output: Buffer[] = [];
    let size = 0;
    let words = '';
    let isOver = false;
    const kill = (): void => {
      try {
        if (isGroup && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
        else child.kill('SIGKILL');
      } catch {
        // It is gone already.
      }
    };
    const unguard = killOnSignals(kill);
    const end = (answer: ToolAnswer): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      unguard();
      signal?.removeEventListener('abort', abort);
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve(answer);
    };
    const abort = (): void => {
      kill();
      end({ ok: false, why: 'it was stopped' });
    };
    const timer = setTimeout(() => {
      kill();
      end({ ok: false, why: `it took longer than ${showDuration(timeout)}` });
    }, timeout);
    child.stdout?.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MOST_OUTPUT) output.push(chunk);
      else {
        kill();
        end({ ok: false, why: `it printed more than ${MOST_OUTPUT / MEGABYTE} MB` });
      }
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      if (words.length < MOST_WORDS) words += chunk.toString();
    });
    child.on('error', (error) => end({ ok: false, why: error.message }));
    child.on('close', (code, killedBy) => {
      if (code === 0) end({ ok: true, output: Buffer.concat(output).toString() });
      else {
        const ended = `it ended with ${killedBy ?? `code ${code}`}${terminal ? '' : ' and said nothing'}`;
        end({ ok: false, why: words.trim() || ended });
      }
    });
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort);
  });
}

/** A person who stops meshlint stops what it runs, also where somebody else answers the signal by leaving at once. */
function killOnSignals(kill: () => void): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const stop = (signal: NodeJS.Signals): void => {
    kill();
    unguard();
    process.kill(process.pid, signal);
  };
  const unguard = (): void => {
    for (const signal of signals) process.off(signal, stop);
    process.off('exit', kill);
  };
  for (const signal of signals) process.on(signal, stop);
  process.on('exit', kill);
  return unguard;
}

function showDuration(milliseconds: number): string {
  return milliseconds % 1000 === 0 ? `${milliseconds / 1000} s` : `${milliseconds} ms`;
}

/** What the tools need to run, to reach remote bases, and to find their caches. Anything else may change the output. */
const KEPT =
  /^(?:PATH|PATHEXT|HOME|USER|LOGNAME|LANG|LC_\w+|TMPDIR|TEMP|TMP|XDG_\w+|(?:HTTPS?|NO|ALL|FTP)_PROXY|SSL_CERT_(?:FILE|DIR)|SSH_AUTH_SOCK|SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|APPDATA|LOCALAPPDATA|PROGRAMDATA|USERPROFILE|HOMEDRIVE|HOMEPATH)$/i;

/** The environment of a tool: no settings of helm, kubectl or git, and nobody who asks for a password. */
function cleanEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) => KEPT.test(name));
  return {
    ...Object.fromEntries(kept),
    GIT_TERMINAL_PROMPT: '0',
    GIT_SSH_COMMAND: 'ssh -oBatchMode=yes',
  };
}

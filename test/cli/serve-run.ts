// Runs `meshlint serve` (and whatever else does not end by itself) beside a test.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { fileURLToPath } from 'node:url';

const command = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

export interface Running {
  readonly process: ChildProcess;
  /** What it wrote so far. */
  readonly stderr: () => string;
  readonly stdout: () => string;
  /** Waits until standard error (or output) holds a text, and gives what the pattern found. */
  said(pattern: RegExp, stream?: 'stderr' | 'stdout', within?: number): Promise<RegExpExecArray>;
  /** Ends it with a signal, and gives the exit code. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
  readonly ended: Promise<number | null>;
}

/** Starts `meshlint ARGS`. */
export function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
  const child = spawn(process.execPath, [command, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: '/nowhere', ...env },
  });
  const written = { stderr: '', stdout: '' };
  const listeners = new Set<() => void>();
  for (const stream of ['stderr', 'stdout'] as const) {
    child[stream]?.on('data', (piece: Buffer) => {
      written[stream] += piece.toString();
      for (const listen of listeners) listen();
    });
  }
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return {
    process: child,
    stderr: () => written.stderr,
    stdout: () => written.stdout,
    ended,
    said: (pattern, stream = 'stderr', within = 15_000) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => give(new Error(`waited in vain for ${pattern}: ${written[stream]}`)),
          within,
        );
        const listen = (): void => {
          const found = pattern.exec(written[stream]);
          if (found !== null) give(found);
        };
        function give(what: RegExpExecArray | Error): void {
          clearTimeout(timer);
          listeners.delete(listen);
          if (what instanceof Error) reject(what);
          else resolve(what);
        }
        listeners.add(listen);
        void ended.then((code) => give(new Error(`it ended with ${code}: ${written.stderr}`)));
        listen();
      }),
    end(signal = 'SIGINT') {
      child.kill(signal);
      return ended;
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** GET, or POST where there is a body. */
export function ask(url: string, body?: unknown, ca?: string): Promise<Answer> {
  const send = url.startsWith('https:') ? tlsRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const request = send(
      url,
      {
        agent: false,
        method: body === undefined ? 'GET' : 'POST',
        ...(ca === undefined ? {} : { ca, servername: 'localhost' }),
      },
      (response) => {
        let text = '';
        response.on('data', (piece: Buffer) => {
          text += piece.toString();
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      },
    );
    request.on('error', reject);
    request.end(body === undefined ? '' : JSON.stringify(body));
  });
}

/** Bytes of memory that a process holds; undefined where the system does not tell. */
export function memoryOf({ pid }: ChildProcess): number | undefined {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
    return pages * 4096;
  } catch {
    return undefined;
  }
}

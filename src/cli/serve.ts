// `meshlint serve`: this thread answers, so that it always can; another one follows the cluster and judges it.
import type { Server } from 'node:net';
import { isMainThread, Worker } from 'node:worker_threads';
import { ConfigError } from '../config/config-error.ts';
import type { Verdict } from '../serve/admission.ts';
import { type CertificateFiles, keepCertificate, readCertificate } from '../serve/certificate.ts';
import {
  type Ask,
  type Board,
  createAdmissionServer,
  createBoard,
  createReportServer,
} from '../serve/http.ts';
import { choice, type Given, isOn, last } from './flags.ts';
import { readAnalyzeRequest } from './options.ts';
import type { ToJudge, ToServer } from './serve-messages.ts';
import { printError } from './terminal.ts';
import { version } from './version.ts';

/** Kubernetes may exchange a mounted certificate at any time, and renews it long before it is due. */
const CERTIFICATE_INTERVAL = 10_000;
/** After SIGTERM, requests still come until every node has heard that this pod is ending. */
const DRAIN = 5000;
/** What is under way gets so long to end. */
const LAST_ANSWERS = 5000;

/** Serves until SIGINT or SIGTERM, then gives 0; ends early with 3 when the cluster cannot be followed. */
export async function serve(given: Given, environment: NodeJS.ProcessEnv): Promise<number> {
  if (!isMainThread) return (await import('./serve-judge.ts')).judgeCluster(given, environment);
  const settings = readSettings(given);
  // What the other thread would refuse is refused before anything listens.
  await readAnalyzeRequest(given, environment, { ofCluster: true });

  const board = createBoard(version, settings.admission !== undefined);
  const judge = startJudge(board);
  const servers: Server[] = [];
  const timers: NodeJS.Timeout[] = [];
  try {
    const reports = createReportServer(board);
    servers.push(reports);
    tell(`metrics and report on http://${await listen(reports, settings.listen, 'listen')}`);
    if (settings.admission !== undefined) {
      const { files, address } = settings.admission;
      const server = createAdmissionServer(board, judge.ask);
      servers.push(server);
      timers.push(keepCertificate(server, files, await certificateOf(files), tell, CERTIFICATE_INTERVAL));
      tell(`admission reviews on https://${await listen(server, address, 'admission-listen')}/admit`);
    }
    const end = await Promise.race([judge.ended, signalled()]);
    if (typeof end === 'number') return end === 0 ? 3 : end;
    board.isEnding = true;
    if (end === 'SIGTERM' && settings.admission !== undefined) await drained(DRAIN);
    await closeAll(servers);
    return 0;
  } finally {
    for (const timer of timers) clearInterval(timer);
    for (const server of servers) server.close();
    await judge.end();
  }
}

interface Settings {
  readonly listen: Address;
  readonly admission?: { readonly address: Address; readonly files: CertificateFiles };
}

interface Address {
  /** Absent for all that the machine has. */
  readonly host?: string;
  readonly port: number;
}

function readSettings(given: Given): Settings {
  const listenAt = addressOf(given, 'listen', '127.0.0.1:8080');
  const names = ['admission-listen', 'tls-cert', 'tls-key', 'deny'];
  choice(given, 'deny', ['error', 'warning']);
  if (isOn(given, 'admission') !== true) {
    const idle = names.find((name) => given.flags.has(name));
    if (idle === undefined) return { listen: listenAt };
    throw new ConfigError(`--${idle} has a meaning only with --admission.`, 'Add it, or leave this out.');
  }
  const [cert, key] = [last(given, 'tls-cert'), last(given, 'tls-key')];
  if (cert === undefined || key === undefined) {
    throw new ConfigError(
      '--admission needs a certificate: API servers talk to webhooks over TLS only.',
      'Name its files with --tls-cert and --tls-key.',
    );
  }
  const address = addressOf(given, 'admission-listen', ':8443');
  return { listen: listenAt, admission: { address, files: { cert, key } } };
}

/** `HOST:PORT`, `[HOST]:PORT` or `:PORT`. */
function addressOf(given: Given, flag: string, usual: string): Address {
  const text = last(given, flag) ?? usual;
  const [, bracketed, plain = '', digits = ''] =
    /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]*)):([0-9]{1,5})$/.exec(text) ?? [];
  const port = digits === '' ? Number.NaN : Number(digits);
  if (port <= 65_535) {
    const host = bracketed ?? plain;
    return host === '' ? { port } : { host, port };
  }
  throw new ConfigError(
    `--${flag} cannot be "${text}".`,
    'It takes HOST:PORT or :PORT, as 127.0.0.1:8080; port 0 takes any that is free.',
  );
}

async function certificateOf(files: CertificateFiles): ReturnType<typeof readCertificate> {
  try {
    return await readCertificate(files);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError(
      `The certificate of --tls-cert and --tls-key cannot be used: ${why}`,
      'Both are PEM files, and belong together.',
    );
  }
}

/** Gives the address that it listens on. */
async function listen(server: Server, { host, port }: Address, flag: string): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new ConfigError(`--${flag}: ${error.message}`, 'Choose another address, or end what listens there.'),
      ),
    );
    server.listen(port, host, resolve);
  });
  const bound = server.address();
  if (bound === null || typeof bound === 'string') return '';
  return bound.family === 'IPv6' ? `[${bound.address}]:${bound.port}` : `${bound.address}:${bound.port}`;
}

interface JudgeThread {
  readonly ask: Ask;
  /** The exit code, when it ends by itself. */
  readonly ended: Promise<number>;
  end(): Promise<void>;
}

/** Runs this same command in another thread, where it judges. */
function startJudge(board: Board): JudgeThread {
  const [, script = '', ...args] = process.argv;
  const worker = new Worker(script, { argv: args });
  const waiting = new Map<number, (verdict: Verdict) => void>();
  let asked = 0;
  worker.on('message', (message: ToServer) => {
    board.heardAt = Date.now();
    if (message.type === 'standing') board.standing = message.standing;
    else if (message.type === 'pulse') board.pulse = message.pulse;
    else {
      waiting.get(message.id)?.(message.verdict);
      waiting.delete(message.id);
    }
  });
  const send = (message: ToJudge): void => worker.postMessage(message);
  return {
    ask: (request, deadline) =>
      new Promise((resolve) => {
        waiting.set(++asked, resolve);
        send({ type: 'review', id: asked, request, deadline });
      }),
    ended: new Promise((resolve) => {
      worker.on('error', (error) => {
        printError(`error: ${error.message}\n`);
        resolve(3);
      });
      worker.on('exit', resolve);
    }),
    async end() {
      await worker.terminate();
    },
  };
}

function signalled(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve);
  });
}

/** A second signal is in a hurry. */
async function drained(milliseconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([
    signalled(),
    new Promise((resolve) => {
      timer = setTimeout(resolve, milliseconds);
    }),
  ]);
  clearTimeout(timer);
}

/** Takes no more connections, and waits for the answers that are under way. */
async function closeAll(servers: readonly Server[]): Promise<void> {
  const closed = servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
  await Promise.race([Promise.all(closed), drained(LAST_ANSWERS)]);
}

/** For whoever reads the log. */
function tell(what: string): void {
  printError(`${new Date().toISOString()} ${what}\n`);
}

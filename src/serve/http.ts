// What is served over HTTP: metrics, health, the report, and admission reviews.
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import {
  type AdmissionRequest,
  answerReview,
  ReviewError,
  readReview,
  unjudged,
  type Verdict,
} from './admission.ts';
import { formatMetrics, METRICS_TYPE } from './metrics.ts';
import type { Pulse, Standing } from './standing.ts';

/** What those who ask get to see; the judge changes it. */
export interface Board {
  readonly version: string;
  standing: Standing | undefined;
  pulse: Pulse | undefined;
  /** When the judge last gave a sign of life, in milliseconds since 1970. */
  heardAt: number;
  /** Set while ending: nobody shall come any more. */
  isEnding: boolean;
  readonly admission: { outcomes: Record<string, number>; seconds: number } | undefined;
}

export function createBoard(version: string, withAdmission: boolean): Board {
  const outcomes = { allowed: 0, warned: 0, denied: 0, unjudged: 0, skipped: 0 };
  return {
    version,
    standing: undefined,
    pulse: undefined,
    heardAt: Date.now(),
    isEnding: false,
    admission: withAdmission ? { outcomes, seconds: 0 } : undefined,
  };
}

/** A judge that gives no sign of life for so long will not give one any more. */
const SILENCE = 10 * 60_000;

/** `/metrics`, `/healthz`, `/readyz` and `/report`. */
export function createReportServer(board: Board): Server {
  const pages: Readonly<Record<string, (response: ServerResponse) => void>> = {
    '/': (response) =>
      send(response, 200, 'meshlint: /metrics /report /healthz /readyz; docs/serving.md tells of them\n'),
    '/metrics': (response) =>
      send(
        response,
        200,
        formatMetrics({ ...board, now: Date.now(), memory: process.memoryUsage.rss() }),
        METRICS_TYPE,
      ),
    '/healthz': (response) =>
      sendState(response, Date.now() - board.heardAt < SILENCE, 'the judge is silent'),
    '/readyz': (response) =>
      sendState(
        response,
        board.standing !== undefined && !board.isEnding,
        board.isEnding ? 'ending' : 'the cluster is being read',
      ),
    '/report': (response) =>
      board.standing === undefined
        ? sendState(response, false, 'the cluster is being read')
        : send(response, 200, board.standing.report, 'application/json'),
  };
  return withLimits(
    createServer((request, response) => {
      const page = pages[pathOf(request)];
      if (page === undefined) send(response, 404, 'there is nothing here\n');
      else if (request.method !== 'GET' && request.method !== 'HEAD') refuseMethod(response, 'GET, HEAD');
      else page(response);
    }),
  );
}

/** Asks the judge for its verdict, by a deadline in milliseconds since 1970. */
export type Ask = (request: AdmissionRequest, deadline: number) => Promise<Verdict>;

/** An AdmissionReview carries an object twice; etcd takes no object above 1.5 MB, the API server none above 3. */
const MOST_BYTES = 8 * 1024 * 1024;
/** Reviews that wait for a verdict; more are let pass. */
const MOST_WAITING = 100;
/** What the API server waits for when it does not say. */
const USUAL_TIMEOUT = 10_000;

/** `/admit`, for the API server alone: the certificate has to be set before it listens. */
export function createAdmissionServer(board: Board, ask: Ask): TlsServer {
  let waiting = 0;

  async function judge(request: AdmissionRequest, milliseconds: number): Promise<Verdict> {
    if (board.standing === undefined) return unjudged('meshlint is still reading the cluster');
    if (waiting >= MOST_WAITING) return unjudged('too many changes at a time');
    waiting++;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Verdict>((resolve) => {
      timer = setTimeout(
        () => resolve(unjudged(`there was no verdict within ${(milliseconds / 1000).toFixed(1)} s`)),
        milliseconds,
      );
    });
    try {
      return await Promise.race([ask(request, Date.now() + milliseconds), late]);
    } catch {
      return unjudged('meshlint failed; its log tells why');
    } finally {
      clearTimeout(timer);
      waiting--;
    }
  }

  async function admit(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const start = performance.now();
    const body = await readBody(request);
    if (body === undefined) return send(response, 413, 'the review is too large\n');
    const asked = tryReading(body);
    if (typeof asked === 'string') return send(response, 400, `${asked}\n`);
    const isAsking = 'identity' in asked;
    const verdict: Verdict = isAsking
      ? await judge(asked, answerWithin(request))
      : { outcome: 'allowed', warnings: [] };
    const outcome = isAsking ? verdict.outcome : 'skipped';
    if (board.admission !== undefined) {
      board.admission.outcomes[outcome] = (board.admission.outcomes[outcome] ?? 0) + 1;
      board.admission.seconds += (performance.now() - start) / 1000;
    }
    send(response, 200, JSON.stringify(answerReview(asked.uid, verdict)), 'application/json');
  }

  const listener: RequestListener = (request, response) => {
    if (pathOf(request) !== '/admit') return send(response, 404, 'there is nothing here\n');
    if (request.method !== 'POST') return refuseMethod(response, 'POST');
    // The API server hung up: there is nobody to answer.
    admit(request, response).catch(() => response.destroy());
  };
  return withLimits(createTlsServer({ minVersion: 'TLSv1.2' }, listener));
}

/** What a review asks, or why it is none. */
function tryReading(body: string): ReturnType<typeof readReview> | string {
  try {
    return readReview(JSON.parse(body));
  } catch (error) {
    return error instanceof ReviewError ? error.message : 'the body is no JSON';
  }
}

/** Milliseconds until the API server gives up (it says when, as `?timeout=10s`), with some time left for the way. */
function answerWithin(request: IncomingMessage): number {
  const text = new URL(request.url ?? '/', 'https://webhook').searchParams.get('timeout') ?? '';
  const [, amount, unit] = /^([0-9]+(?:\.[0-9]+)?)(ms|s|m)$/.exec(text) ?? [];
  const given = Number(amount) * (unit === 'ms' ? 1 : unit === 's' ? 1000 : 60_000);
  const timeout = Number.isFinite(given) && given > 0 ? Math.min(given, 30_000) : USUAL_TIMEOUT;
  return Math.max(timeout * 0.8 - 100, timeout / 2);
}

/** The whole body as text; undefined when it is too large, whose rest is not read. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request) {
    size += piece.length;
    if (size > MOST_BYTES) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

/** Nobody may hold a connection by sending nothing. */
function withLimits<S extends Server | TlsServer>(server: S): S {
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  server.maxHeadersCount = 100;
  return server;
}

function pathOf({ url = '/' }: IncomingMessage): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}

function sendState(response: ServerResponse, isGood: boolean, otherwise: string): void {
  send(response, isGood ? 200 : 503, isGood ? 'ok\n' : `${otherwise}\n`);
}

function refuseMethod(response: ServerResponse, allowed: string): void {
  response.setHeader('allow', allowed);
  send(response, 405, 'this is not how to ask for it\n');
}

function send(
  response: ServerResponse,
  status: number,
  text: string,
  type = 'text/plain; charset=utf-8',
): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(text);
}

// One request and its answer, as they come.
import { setMaxListeners } from 'node:events';
import {
  type Agent,
  type ClientRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request as requestHttp,
} from 'node:http';
import { request as requestHttps } from 'node:https';
import { pipeline, type Readable, Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { codeOf } from '../file-system.ts';
import { ClusterError } from './cluster-error.ts';

export interface ExchangeRequest {
  readonly url: URL;
  readonly agent: Agent;
  readonly headers: OutgoingHttpHeaders;
  /** Milliseconds without a byte, up to the head of the answer and then between its parts. */
  readonly timeout: number;
  /** Each of them ends it. */
  readonly signals: readonly (AbortSignal | undefined)[];
}

/** An answer that has begun. */
export interface Exchange {
  /** What was asked for, without the query. */
  readonly path: string;
  readonly response: IncomingMessage;
  /** The body, unpacked. To be read to its end, or `end` to be called. */
  readonly body: Readable;
  /** Bytes of the body that have come, maybe compressed. */
  received(): number;
  /** Nothing more is waited for: pauses are no failures from here on. */
  wait(): void;
  /** Gives up what is left. */
  end(): void;
  /** What really happened, when reading the body failed with `error`. */
  explain(error: unknown): unknown;
}

/** Milliseconds of silence after which the system asks whether the other side of a connection is still there. */
const KEEP_ALIVE_DELAY = 30_000;

/** Sends a GET. Resolves with the head of the answer; rejects with what the connection failed of, or a signal's reason. */
export async function openExchange(request: ExchangeRequest): Promise<Exchange> {
  try {
    return await attempt(request, false);
  } catch (error) {
    // A kept connection may have been closed just now, by a server that did not see the request.
    if (error instanceof StaleConnection) return attempt(request, true);
    throw error;
  }
}

class StaleConnection extends Error {}

function attempt(wanted: ExchangeRequest, isSecond: boolean): Promise<Exchange> {
  const { url, agent, headers, timeout } = wanted;
  const signals = wanted.signals.filter((signal) => signal !== undefined);
  return new Promise((resolve, reject) => {
    let failure: { readonly reason: unknown } | undefined;
    const fail = (reason: unknown): void => {
      failure ??= { reason };
      sent.destroy(reason instanceof Error ? reason : new Error('aborted'));
      reject(failure.reason);
    };
    const abort = (): void => fail(signals.find((signal) => signal.aborted)?.reason);
    const timer = setTimeout(() => fail(standsStill(url, timeout)), timeout);
    let received = 0;
    let isWaiting = true;
    const restart = (): void => {
      if (isWaiting) timer.refresh();
    };
    const wait = (): void => {
      isWaiting = false;
      clearTimeout(timer);
    };
    const release = (): void => {
      wait();
      for (const signal of signals) signal.removeEventListener('abort', abort);
    };
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const sent: ClientRequest = send(url, { agent, headers });
    sent.on('socket', (socket) => socket.setKeepAlive(true, KEEP_ALIVE_DELAY));
    sent.on('error', (error) => {
      if (sent.reusedSocket && !isSecond && failure === undefined && /ECONNRESET|EPIPE/.test(codeOf(error)))
        reject(new StaleConnection());
      else reject(failure?.reason ?? error);
    });
    sent.on('close', release);
    sent.on('response', (response) => {
      restart();
      const body = unpack(response, (part) => {
        received += part.length;
        restart();
      });
      resolve({
        path: url.pathname,
        response,
        body,
        received: () => received,
        wait,
        end() {
          release();
          sent.destroy();
        },
        explain: (error) => failure?.reason ?? error,
      });
    });
    if (signals.some((signal) => signal.aborted)) return abort();
    for (const signal of signals) {
      // One signal ends many requests; that is no leak.
      setMaxListeners(0, signal);
      signal.addEventListener('abort', abort);
    }
    sent.end();
  });
}

/** The body without its compression; `onPart` sees each part as it comes over the wire. */
function unpack(response: IncomingMessage, onPart: (part: Buffer) => void): Readable {
  const isPacked = response.headers['content-encoding'] === 'gzip';
  const watched = new Transform({
    transform(part: Buffer, _encoding, done) {
      onPart(part);
      done(null, part);
    },
  });
  // Whoever reads what comes out learns of every failure there.
  return isPacked
    ? pipeline(response, watched, createGunzip(), () => {})
    : pipeline(response, watched, () => {});
}

function standsStill(url: URL, timeout: number): ClusterError {
  return new ClusterError(
    'timeout',
    `${url.origin} sent nothing for ${timeout / 1000} s.`,
    'Is the cluster busy, or a firewall in between? --request-timeout sets how long to wait.',
    { final: false },
  );
}

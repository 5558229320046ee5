// Asks one API server over HTTP: who asks, what came back, and what to make of trouble.
import { setMaxListeners } from 'node:events';
import type { Agent } from 'node:http';
import { codeOf } from '../file-system.ts';
import type { ClusterAccess, Credential } from './access.ts';
import {
  type ApiResponse,
  isStatus,
  mediaType,
  notKubernetes,
  type RawAnswer,
  readAnswer,
} from './answers.ts';
import { ClusterError } from './cluster-error.ts';
import { createAgent, serverNameOf } from './connect.ts';
import { type Exchange, openExchange } from './exchange.ts';
import { expiryOf } from './expiry.ts';
import { explainConnection } from './failures.ts';
import { readLines, readText } from './read-body.ts';

export type { ApiResponse } from './answers.ts';

/** Asks one API server. It only ever reads: there is no way to send anything but GET. */
export interface Transport {
  /** Address of the server, for people. */
  readonly server: string;
  /**
   * Asks for `path` (from `/` on, with its query). Answers of every status but 401 are returned, for the caller to judge.
   * Throws a `ClusterError` for whatever is no answer of a Kubernetes API server, and the signal's reason when aborted.
   */
  get(path: string, options: RequestOptions): Promise<ApiResponse>;
  /**
   * Follows a watch: one JSON value a line, on a connection of its own. Where the server refuses, the only value is an
   * event like those it sends within a watch: `{ type: 'ERROR', object: Status }`. Throws as `get` does.
   */
  stream(path: string, options?: StreamOptions): AsyncIterable<unknown>;
  /** What else than the server is waited for just now, such as a plugin that fetches credentials. */
  waitsFor(): string | undefined;
  /** Ends what is under way, and the connections. */
  close(): void;
}

export interface RequestOptions {
  /** The media types that would do. */
  readonly accept: string;
  readonly signal?: AbortSignal;
}

export interface StreamOptions {
  readonly signal?: AbortSignal;
  /** Called when the server has accepted, which it may do long before the first event. */
  readonly onOpen?: () => void;
}

export interface TransportOptions {
  /** Milliseconds that a request may stand still. */
  readonly requestTimeout: number;
  /** Ends everything. */
  readonly signal?: AbortSignal;
  /** Bytes that an answer (or a line of a watch) may have, unpacked. */
  readonly largest?: number;
}

/** No page of a list comes near; more would only exhaust the memory. */
const LARGEST = 128 * 1024 * 1024;

/** The connections of one credential: another certificate, or authority, needs new ones. */
interface Connections {
  readonly ca: string | undefined;
  readonly certificate: Credential['certificate'];
  readonly kept: Agent;
  /** For watches, each of which keeps its connection to itself. */
  readonly single: Agent;
}

/** Nothing is sent before the first request: neither does a plugin run nor is a name looked up. */
export function openTransport(access: ClusterAccess, options: TransportOptions): Transport {
  const { requestTimeout: timeout, largest = LARGEST } = options;
  const { credentials } = access;
  const server = `${access.server.origin}${access.server.pathname.replace(/\/+$/, '')}`;
  const ending = new AbortController();
  const end = (): void => ending.abort(options.signal?.reason);
  if (options.signal?.aborted) end();
  options.signal?.addEventListener('abort', end);
  let connections: Connections | undefined;
  let hasAnswered = false;

  const connectionsFor = ({ certificate }: Credential, ca: string | undefined): Connections => {
    if (connections !== undefined && connections.certificate === certificate && connections.ca === ca)
      return connections;
    const tls = { ...access.tls, ...(ca !== undefined && { ca }) };
    const common = { access: { ...access, tls }, certificate, timeout };
    // What still goes over the old ones comes to its end there.
    connections = {
      certificate,
      ca,
      kept: createAgent({ ...common, keepAlive: true }),
      single: createAgent({ ...common, keepAlive: false }),
    };
    return connections;
  };

  const explain = (error: unknown, signal: AbortSignal | undefined, used?: Credential): unknown => {
    if ([signal, ending.signal].some((each) => each?.aborted && each.reason === error)) return error;
    // Anything without a code is a mistake of our own, and must not pass for one of the network.
    if (!(error instanceof ClusterError) && codeOf(error) === '') return error;
    return explainConnection(error, {
      server: access.server,
      context: access.name,
      serverName: serverNameOf(access),
      hasCertificate: used?.certificate !== undefined,
      hasAnswered,
    });
  };

  const send = async (
    path: string,
    accept: string,
    credential: Credential,
    isStream: boolean,
    signal?: AbortSignal,
  ) => {
    const { kept, single } = connectionsFor(credential, await access.tls.readCa?.());
    const { authorization: _, ...others } = credential.headers;
    return openExchange({
      url: new URL(`${server}${path}`),
      agent: isStream ? single : kept,
      headers: {
        // Whatever the credentials are, nobody else may read them on their way.
        ...(access.server.protocol === 'https:' ? credential.headers : others),
        accept,
        'accept-encoding': access.compression === false ? 'identity' : 'gzip',
        'user-agent': 'meshlint',
      },
      timeout,
      signals: [signal, ending.signal],
    });
  };

  /** Sends with what proves who asks; once more with something newer when the server rejects that. */
  const exchange = async <T>(
    path: string,
    { accept, signal }: RequestOptions,
    isStream: boolean,
    use: (opened: Exchange) => Promise<T>,
  ): Promise<T> => {
    let credential: Credential | undefined;
    try {
      for (let isSecond = false; ; isSecond = true) {
        credential ??= await orAborted(credentials.current(ending.signal), signal);
        const opened = await send(path, accept, credential, isStream, signal);
        if (opened.response.statusCode !== 401) return await use(opened);
        readAnswer(await readRaw(opened, largest), server, path);
        const newer = isSecond
          ? undefined
          : await orAborted(credentials.renew(credential, ending.signal), signal);
        if (newer === undefined) throw rejected(access, server, credential);
        credential = newer;
      }
    } catch (error) {
      throw explain(error, signal, credential);
    }
  };

  return {
    server,
    get: (path, request) =>
      exchange(path, request, false, async (opened) => {
        const answer = readAnswer(await readRaw(opened, largest), server, path);
        hasAnswered ||= answer.status < 500;
        return answer;
      }),
    async *stream(path, { signal, onOpen } = {}) {
      const request = { accept: 'application/json', ...(signal && { signal }) };
      const opened = await exchange(path, request, true, async (opened) => opened);
      try {
        const { response } = opened;
        if (response.statusCode !== 200) {
          yield refusal(readAnswer(await readRaw(opened, largest), server, path));
          return;
        }
        if (mediaType(response.headers) !== 'application/json')
          throw notKubernetes(await readRaw(opened, largest), server);
        hasAnswered = true;
        opened.wait();
        onOpen?.();
        yield* readLines(opened, largest, server);
      } catch (error) {
        throw explain(error, signal);
      } finally {
        opened.end();
      }
    },
    waitsFor: () => credentials.running?.(),
    close() {
      options.signal?.removeEventListener('abort', end);
      ending.abort(new Error('The transport is closed.'));
      connections?.kept.destroy();
      connections?.single.destroy();
    },
  };
}

/** Whoever wants no more does not wait for a plugin that others may still wait for. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    setMaxListeners(0, signal);
    signal.addEventListener('abort', abort);
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

async function readRaw(opened: Exchange, largest: number): Promise<RawAnswer> {
  const { statusCode: status = 0, headers } = opened.response;
  return { status, headers, ...(await readText(opened, largest)) };
}

/** A refused watch, in the shape of an error within a watch. */
function refusal({ status, headers, body, text }: ApiResponse): unknown {
  const wait = Number(headers['retry-after']);
  const said = isStatus(body)
    ? body
    : { kind: 'Status', apiVersion: 'v1', status: 'Failure', message: text ?? '' };
  return {
    type: 'ERROR',
    object: { ...said, code: status, ...(wait > 0 && { details: { retryAfterSeconds: wait } }) },
  };
}

function rejected({ credentials, name }: ClusterAccess, server: string, used: Credential): ClusterError {
  const expired = expiryOf(used, Date.now());
  return new ClusterError(
    'unauthorized',
    `${server} rejects the ${credentials.proof ?? 'credentials'} of ${credentials.who} (context "${name}")${expired === undefined ? '' : `: ${expired}`}.`,
    credentials.advice,
  );
}

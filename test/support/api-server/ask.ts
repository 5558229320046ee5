// Requests to the API server as bytes, without any client of Kubernetes in between.
import { request as requestPlain } from 'node:http';
import { type RequestOptions, request as requestSecure } from 'node:https';
import { gunzipSync } from 'node:zlib';
import { asObject, type Json } from './objects.ts';
import { type Door, tester } from './options.ts';
import { type ApiServer, otherName } from './start.ts';

export interface Asking {
  readonly cluster?: string;
  readonly door?: Door;
  readonly method?: string;
  /** Of `tester` by default; empty for none. */
  readonly token?: string;
  /** Whether `tester` shows a client certificate, too: at the door `strict` by default. */
  readonly certificate?: boolean;
  readonly accept?: string;
  readonly gzip?: boolean;
  /** Makes it a POST. */
  readonly body?: Json;
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

/** Asks for a path of a cluster; rejects when the connection fails before the answer is whole. */
export async function ask(server: ApiServer, path: string, asking: Asking = {}): Promise<Answered> {
  const chunks: Buffer[] = [];
  const { status, headers } = await read(server, path, asking, (chunk) => chunks.push(chunk));
  const body = Buffer.concat(chunks);
  const text = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
  return { status, headers, text: text.toString() };
}

export interface Following {
  /** What came so far. */
  readonly events: readonly Json[];
  /** Resolves when the server ends the stream, rejects when the connection breaks. */
  readonly end: Promise<unknown>;
  readonly leave: () => void;
}

/** Follows a watch. */
export function follow(server: ApiServer, path: string, asking: Asking = {}): Following {
  const events: Json[] = [];
  const leaving = new AbortController();
  let rest = '';
  const end = read(
    server,
    path,
    asking,
    (chunk) => {
      const lines = `${rest}${chunk.toString()}`.split('\n');
      rest = lines.pop() ?? '';
      events.push(...lines.map((line) => asObject(JSON.parse(line))));
    },
    leaving.signal,
  );
  end.catch(() => {});
  return { events, end, leave: () => leaving.abort() };
}

function read(
  server: ApiServer,
  path: string,
  asking: Asking,
  onChunk: (chunk: Buffer) => void,
  signal?: AbortSignal,
): Promise<Pick<Answered, 'status' | 'headers'>> {
  const { cluster = 'main', door = 'tls', token = tester.token, body, accept } = asking;
  const { certificate = door === 'strict' } = asking;
  const text = body === undefined ? '' : JSON.stringify(body);
  const options: RequestOptions = {
    method: asking.method ?? (body === undefined ? 'GET' : 'POST'),
    agent: false,
    headers: {
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      ...(accept === undefined ? {} : { accept }),
      ...(asking.gzip === true ? { 'accept-encoding': 'gzip' } : {}),
      'content-length': Buffer.byteLength(text),
    },
    ...(door === 'plain' ? {} : { ca: server.ca, servername: door === 'misnamed' ? otherName : 'localhost' }),
    ...(certificate ? server.client : {}),
    ...(signal === undefined ? {} : { signal }),
  };
  return new Promise((resolve, reject) => {
    const send = door === 'plain' ? requestPlain : requestSecure;
    const sent = send(`${server.url(cluster, door)}${path}`, options, (response) => {
      response.on('data', onChunk);
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers }));
    });
    sent.on('error', reject);
    sent.end(text);
  });
}

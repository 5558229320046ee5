// Requests in, answers out; what goes wrong on purpose goes wrong here.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Answer, Call, Cluster } from './cluster.ts';
import { Refusal } from './objects.ts';
import type { Door, Fault } from './options.ts';
import { route } from './routes.ts';

/** Larger answers are compressed, at the fastest level, as the API server does. */
const gzipFrom = 128 * 1024;
const loginPage = '<!doctype html><html><body>Please log in to continue</body></html>\n';

/** All requests since the start, and how many are under way. */
export interface Traffic {
  records: Call['record'][];
  inFlight: number;
}

/** Handles what comes in through a door. Requests are recorded as they start. */
export function listener(
  clusters: ReadonlyMap<string, Cluster>,
  door: Door,
  traffic: Traffic,
): RequestListener {
  return (request, response) => {
    const call = startCall(clusters, door, traffic, request, response);
    if (call === undefined) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found\n');
      return;
    }
    handle(call).catch((error: unknown) => {
      if (error instanceof Refusal && !response.headersSent) {
        send(call, { status: error.status.code, body: error.status });
        return;
      }
      // A mistake of the server's own: the test that meets it should see it.
      process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
      response.destroy();
    });
  };
}

function startCall(
  clusters: ReadonlyMap<string, Cluster>,
  door: Door,
  traffic: Traffic,
  request: IncomingMessage,
  response: ServerResponse,
): Call | undefined {
  const url = new URL(request.url ?? '/', 'http://server');
  const [, name = 'main', path = ''] = /^\/c\/([^/]+)(\/.*)?$/.exec(url.pathname) ?? [
    '',
    'main',
    url.pathname,
  ];
  const cluster = clusters.get(decodeURIComponent(name));
  if (cluster === undefined) return undefined;
  traffic.inFlight += 1;
  const { 'impersonate-user': other, 'impersonate-group': groups } = request.headers;
  const actsAs = [other, groups]
    .flat()
    .filter((one) => one !== undefined)
    .join(' ');
  const record: Call['record'] = {
    cluster: cluster.name,
    door,
    method: request.method ?? 'GET',
    verb: 'get',
    path: path || '/',
    query: Object.fromEntries(url.searchParams),
    ...(request.headers.accept === undefined ? {} : { accept: request.headers.accept }),
    authorized: request.headers.authorization !== undefined,
    ...(actsAs !== '' && { actsAs }),
    inFlight: traffic.inFlight,
    status: 0,
    bytes: 0,
    at: Math.round(performance.now()),
    finished: false,
  };
  traffic.records.push(record);
  response.on('close', () => {
    traffic.inFlight -= 1;
    record.finished = response.writableFinished;
  });
  const fault = faultOf(cluster, record, url.search);
  return { cluster, request, response, path: record.path, query: url.searchParams, fault, record };
}

async function handle(call: Call): Promise<void> {
  const { cluster, request, response, fault } = call;
  const delay = (cluster.options.latencyMs ?? 0) + (fault.delayMs ?? 0);
  if (delay > 0) await sleep(delay);
  if (fault.hang === true) return;
  if (fault.drop === true) {
    request.socket.destroy();
    return;
  }
  if (fault.warning !== undefined) response.setHeader('warning', `299 - "${fault.warning}"`);
  if (fault.garbage !== undefined) {
    const body = typeof fault.garbage === 'string' ? fault.garbage : loginPage;
    send(call, { status: 200, body, headers: { 'content-type': 'text/html; charset=utf-8' } });
    return;
  }
  if (fault.status !== undefined) {
    if (fault.retryAfter !== undefined) response.setHeader('retry-after', `${fault.retryAfter}`);
    const seconds =
      typeof fault.retryAfter === 'number' ? { retryAfterSeconds: fault.retryAfter } : undefined;
    throw new Refusal(fault.status, `made up by the test: ${fault.status}`, seconds);
  }
  const answer = await route(call);
  if (answer !== undefined) send(call, answer);
}

/** What all faults that hit the request come to. */
function faultOf({ faults }: Cluster, { path, query }: Call['record'], search: string): Partial<Fault> {
  const isWatch = /^(?:1|true)$/.test(query.watch ?? '');
  const hitting = faults.filter((state) => {
    const { match, watch, after = 0, times = Number.POSITIVE_INFINITY } = state.fault;
    if (!new RegExp(match).test(`${path}${search}`) || (watch !== undefined && watch !== isWatch))
      return false;
    state.seen += 1;
    return state.seen > after && state.seen <= after + times;
  });
  return Object.assign({}, ...hitting.map(({ fault }) => fault));
}

function send({ cluster, request, response, fault, record }: Call, answer: Answer): void {
  const { body } = answer;
  const { truncate } = fault;
  const isText = typeof body === 'string';
  const text = isText ? body : isJsonText(body) ? body.json : JSON.stringify(body);
  const plain = Buffer.from(isText ? text : `${text}\n`);
  const zips =
    cluster.options.gzip !== false &&
    plain.length > gzipFrom &&
    /\bgzip\b/.test(`${request.headers['accept-encoding'] ?? ''}`);
  const bytes = zips ? gzipSync(plain, { level: 1 }) : plain;
  record.status = answer.status;
  record.bytes = truncate === undefined ? bytes.length : Math.min(truncate, bytes.length);
  response.writeHead(answer.status, {
    'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json',
    'cache-control': 'no-cache, private',
    'content-length': bytes.length,
    ...(zips ? { 'content-encoding': 'gzip', vary: 'Accept-Encoding' } : {}),
    ...answer.headers,
  });
  if (truncate === undefined) response.end(bytes);
  else response.write(bytes.subarray(0, truncate), () => response.destroy());
}

function isJsonText(body: Exclude<Answer['body'], string>): body is { readonly json: string } {
  return Object.keys(body).length === 1 && typeof body.json === 'string';
}

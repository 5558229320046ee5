import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { request as plainRequest, type RequestOptions } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import type { Verdict } from './admission.ts';
import { keepCertificate, readCertificate } from './certificate.ts';
import { type Ask, type Board, createAdmissionServer, createBoard, createReportServer } from './http.ts';

const certificates = fileURLToPath(new URL('../../test/fixtures/certificates/', import.meta.url));
const open: Server[] = [];
const timers: NodeJS.Timeout[] = [];
const folders: string[] = [];
afterEach(() => {
  for (const timer of timers.splice(0)) clearInterval(timer);
  for (const server of open.splice(0)) server.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

async function listen(server: Server): Promise<number> {
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly type: string;
  /** Name in the certificate of the server. */
  readonly name: string;
}

function ask(secure: boolean, options: RequestOptions, body = ''): Promise<Answer> {
  const send = secure ? tlsRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const request = send(
      { host: '127.0.0.1', agent: false, ...options, ...(secure ? { rejectUnauthorized: false } : {}) },
      (response) => {
        const socket = response.socket as TLSSocket;
        const name = String((secure && socket.getPeerCertificate().fingerprint256) || '');
        let text = '';
        response.on('data', (piece: Buffer) => {
          text += piece.toString();
        });
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            text,
            type: response.headers['content-type'] ?? '',
            name,
          }),
        );
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

const standing: Board['standing'] = {
  cluster: 'test',
  findings: [],
  suppressed: 0,
  objects: {},
  unread: [],
  complete: true,
  judgedAt: 0,
  took: 0,
  report: '{"version":"1"}',
};
const ready = (board: Board): void => {
  board.standing = standing;
};

describe('the report server answers', () => {
  const cases: readonly [
    what: string,
    method: string,
    path: string,
    prepare: (board: Board) => void,
    status: number,
    text: RegExp,
  ][] = [
    ['metrics at any time', 'GET', '/metrics', () => {}, 200, /meshlint_ready 0/],
    ['metrics of the report', 'GET', '/metrics', ready, 200, /meshlint_report_complete\{cluster="test"\} 1/],
    ['its health', 'GET', '/healthz', () => {}, 200, /ok/],
    [
      'that the judge is silent',
      'GET',
      '/healthz',
      (board) => {
        board.heardAt -= 3_600_000;
      },
      503,
      /silent/,
    ],
    ['that it is not ready', 'GET', '/readyz', () => {}, 503, /being read/],
    ['that it is ready', 'GET', '/readyz?verbose', ready, 200, /ok/],
    [
      'that it is ending',
      'GET',
      '/readyz',
      (board) => {
        ready(board);
        board.isEnding = true;
      },
      503,
      /ending/,
    ],
    ['no report before there is one', 'GET', '/report', () => {}, 503, /being read/],
    ['the report', 'GET', '/report', ready, 200, /^\{"version":"1"\}$/],
    ['nothing else', 'GET', '/etc/passwd', ready, 404, /nothing/],
    ['no writing', 'POST', '/report', ready, 405, /not how/],
    ['no admission reviews', 'POST', '/admit', ready, 404, /nothing/],
  ];
  test.each(cases)('%s', async (_, method, path, prepare, status, text) => {
    const board = createBoard('1.0.0', false);
    prepare(board);
    const port = await listen(createReportServer(board));
    const answer = await ask(false, { port, path, method });
    expect(answer.status).toBe(status);
    expect(answer.text).toMatch(text);
  });
});

const review = {
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: {
    uid: 'u1',
    operation: 'CREATE',
    namespace: 'shop',
    name: 'cart',
    kind: { group: 'networking.istio.io', kind: 'VirtualService' },
    object: { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', metadata: { name: 'cart' } },
  },
};
const allowed: Verdict = { outcome: 'allowed', warnings: [] };

async function admission(verdict: Ask, prepare = ready): Promise<{ port: number; board: Board }> {
  const board = createBoard('1.0.0', true);
  prepare(board);
  const server = createAdmissionServer(board, verdict);
  const files = { cert: join(certificates, 'good.crt'), key: join(certificates, 'good.key') };
  server.setSecureContext(await readCertificate(files));
  return { port: await listen(server), board };
}

describe('the webhook answers', () => {
  const never: Ask = () => new Promise(() => {});
  const cases: readonly {
    what: string;
    verdict?: Ask;
    prepare?: (board: Board) => void;
    body?: unknown;
    options?: RequestOptions;
    status: number;
    text: RegExp;
    outcome?: string;
  }[] = [
    { what: 'with the verdict', status: 200, text: /"uid":"u1","allowed":true\}/, outcome: 'allowed' },
    {
      what: 'with a denial',
      verdict: async () => ({ outcome: 'denied', message: 'because', warnings: [] }),
      status: 200,
      text: /"allowed":false,"status":\{"code":403.*because/,
      outcome: 'denied',
    },
    {
      what: 'before the cluster is read: allowed, with a warning',
      prepare: () => {},
      verdict: never,
      status: 200,
      text: /"allowed":true,"warnings":\["meshlint: not checked: meshlint is still reading/,
      outcome: 'unjudged',
    },
    {
      what: 'before the API server gives up: allowed, with a warning',
      verdict: never,
      options: { path: '/admit?timeout=300ms' },
      status: 200,
      text: /"allowed":true,"warnings":\["meshlint: not checked: there was no verdict/,
      outcome: 'unjudged',
    },
    {
      what: 'when judging fails: allowed, with a warning',
      verdict: async () => {
        throw new Error('secret detail');
      },
      status: 200,
      text: /"allowed":true,"warnings":\["meshlint: not checked: meshlint failed; its log tells why"\]/,
      outcome: 'unjudged',
    },
    {
      what: 'what needs no verdict at once',
      verdict: never,
      body: { ...review, request: { ...review.request, subResource: 'status' } },
      status: 200,
      text: /"allowed":true\}/,
      outcome: 'skipped',
    },
    { what: 'no JSON', body: 'x', status: 400, text: /no JSON/ },
    { what: 'no review', body: { kind: 'Pod' }, status: 400, text: /expected an AdmissionReview/ },
    { what: 'too much', body: { ...review, more: 'x'.repeat(9 << 20) }, status: 413, text: /too large/ },
    { what: 'another method', options: { method: 'GET' }, status: 405, text: /not how/ },
    { what: 'another path', options: { path: '/report' }, status: 404, text: /nothing/ },
  ];
  test.each(cases)('$what', async ({ verdict, prepare, body = review, options, status, text, outcome }) => {
    const { port, board } = await admission(verdict ?? (async () => allowed), prepare);
    const answer = await ask(
      true,
      { port, path: '/admit', method: 'POST', ...options },
      typeof body === 'string' ? body : JSON.stringify(body),
    );
    expect(answer.status, answer.text).toBe(status);
    expect(answer.text).toMatch(text);
    const counted = Object.entries(board.admission?.outcomes ?? {}).filter(([, count]) => count > 0);
    expect(counted).toEqual(outcome === undefined ? [] : [[outcome, 1]]);
  });

  test('more than it can judge at a time: allowed, with a warning', async () => {
    const { port } = await admission(never);
    const path = '/admit?timeout=2s';
    const answers = await Promise.all(
      Array.from({ length: 110 }, () => ask(true, { port, path, method: 'POST' }, JSON.stringify(review))),
    );
    expect(answers.filter(({ text }) => text.includes('too many changes'))).toHaveLength(10);
  });
});

describe('certificates', () => {
  const pair = (folder: string) => ({ cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') });
  function put(folder: string, cert: string, key: string): void {
    copyFileSync(join(certificates, cert), pair(folder).cert);
    copyFileSync(join(certificates, key), pair(folder).key);
  }

  test('are exchanged when their files change, and a bad pair is not taken', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'meshlint-'));
    folders.push(folder);
    put(folder, 'good.crt', 'good.key');
    const said: string[] = [];
    const server = createAdmissionServer(createBoard('1.0.0', true), async () => allowed);
    const first = await readCertificate(pair(folder));
    timers.push(keepCertificate(server, pair(folder), first, (what) => said.push(what), 5));
    const port = await listen(server);
    const seen = async (): Promise<string> => (await ask(true, { port, path: '/' })).name;
    const before = await seen();

    put(folder, 'good.crt', 'other.key');
    await expect.poll(() => said.length).toBe(1);
    expect(said[0]).toContain('the last one stays');
    expect(await seen()).toBe(before);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(said).toHaveLength(1);

    put(folder, 'early.crt', 'good.key');
    await expect.poll(() => said.at(-1)).toContain('exchanged');
    expect(await seen()).not.toBe(before);
  });

  test.each([
    ['is missing', 'no.crt', 'good.key'],
    ['is no certificate', 'good.key', 'good.key'],
    ['has another key', 'good.crt', 'other.key'],
  ])('one that %s is refused at the start', async (_, cert, key) => {
    await expect(
      readCertificate({ cert: join(certificates, cert), key: join(certificates, key) }),
    ).rejects.toThrow();
  });
});

// What the API server for tests does wrong when it is told to.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ask, follow } from './ask.ts';
import type { Fault } from './options.ts';
import { type ApiServer, startApiServer } from './start.ts';

let server: ApiServer;
beforeAll(async () => {
  server = await startApiServer({ faults: [{ match: '^/version$', status: 503, times: 1 }] });
});
afterEach(() => server.setFaults([]));
afterAll(() => server.stop());

const pods = '/api/v1/pods';

test('faults from the start', async () => {
  expect((await ask(server, '/version')).status).toBe(503);
  expect((await ask(server, '/version')).status).toBe(200);
});

const cases: readonly {
  readonly name: string;
  readonly fault: Omit<Fault, 'match'> & { readonly match?: string };
  /** Of requests for Pods in their turn: the status, or why there is none. */
  readonly answers: readonly (number | RegExp)[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly text?: RegExp;
}[] = [
  {
    name: 'a Status, with when to come again',
    fault: { status: 429, retryAfter: 3 },
    answers: [429, 429],
    headers: { 'retry-after': '3' },
    text: /"reason":"TooManyRequests".*"retryAfterSeconds":3/,
  },
  { name: 'a few times', fault: { status: 500, times: 2 }, answers: [500, 500, 200] },
  { name: 'after a while', fault: { status: 410, after: 1, times: 1 }, answers: [200, 410, 200] },
  { name: 'elsewhere only', fault: { status: 500, match: 'services' }, answers: [200] },
  { name: 'by query', fault: { status: 500, match: 'pods\\?limit=5$' }, answers: [500] },
  { name: 'for watches only', fault: { status: 500, watch: true }, answers: [200] },
  { name: 'for all but watches', fault: { status: 500, watch: false }, answers: [500] },
  { name: 'no answer but a closed connection', fault: { drop: true }, answers: [/hang up|ECONNRESET/] },
  { name: 'an answer cut short', fault: { truncate: 20, times: 1 }, answers: [/aborted/, 200] },
  {
    name: 'the login page of a proxy',
    fault: { garbage: true },
    answers: [200],
    headers: { 'content-type': 'text/html; charset=utf-8' },
    text: /<html>/,
  },
  { name: 'an answer of one’s own', fault: { garbage: '{}' }, answers: [200], text: /^\{\}$/ },
  {
    name: 'a warning beside the true answer',
    fault: { warning: 'old' },
    answers: [200],
    headers: { warning: '299 - "old"' },
    text: /PodList/,
  },
];
test.for(cases)('$name', async ({ fault, answers, headers = {}, text = /(?:)/ }) => {
  await server.setFaults([{ match: '^/api/v1/pods', ...fault }]);
  for (const expected of answers) {
    const asked = ask(server, `${pods}?limit=5`);
    if (expected instanceof RegExp) await expect(asked).rejects.toThrow(expected);
    else expect((await asked).status).toBe(expected);
  }
  if (answers.some((answer) => answer instanceof RegExp)) return;
  const last = await ask(server, `${pods}?limit=5`);
  expect(last.headers).toMatchObject(headers);
  expect(last.text).toMatch(text);
});

test('a delay, and silence', async () => {
  await server.setFaults([
    { match: 'pods', delayMs: 150, times: 1 },
    { match: 'services', hang: true },
  ]);
  const start = performance.now();
  await ask(server, pods);
  expect(performance.now() - start).toBeGreaterThan(140);
  const silent = follow(server, '/api/v1/services');
  await expect
    .poll(async () => (await server.requests()).at(-1))
    .toMatchObject({ path: '/api/v1/services', status: 0 });
  silent.leave();
  await expect(silent.end).rejects.toThrow();
});

test('a watch cut in the middle of a line', async () => {
  await server.setFaults([{ match: 'namespaces', watch: true, truncate: 50 }]);
  const following = follow(server, '/api/v1/namespaces?watch=true');
  await expect(following.end).rejects.toThrow('aborted');
  expect(following.events).toEqual([]);
});

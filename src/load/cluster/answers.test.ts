import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, test } from 'vitest';
import { readAnswer } from './answers.ts';
import { ClusterError } from './cluster-error.ts';

const SERVER = 'https://api.example:6443';
const json = 'application/json';
const html = 'text/html; charset=utf-8';

interface Answer {
  readonly status?: number;
  readonly type?: string;
  readonly text: string;
  readonly path?: string;
  readonly headers?: IncomingHttpHeaders;
}
const read = ({ status = 200, type = json, text, path = '/api/v1/pods', headers = {} }: Answer) =>
  readAnswer(
    { status, headers: { 'content-type': type, ...headers }, text, bytes: text.length },
    SERVER,
    path,
  );

const status = (code: number): string => JSON.stringify({ kind: 'Status', apiVersion: 'v1', code });

describe('taken for an answer', () => {
  const cases: readonly (readonly [string, Answer])[] = [
    ['a list', { text: '{"kind":"PodList","apiVersion":"v1","items":[]}' }],
    [
      'a list with parameters in its type',
      { type: 'Application/JSON;as=Table;v=v1', text: '{"kind":"Table"}' },
    ],
    ['the version', { path: '/version', text: '{"major":"1","gitVersion":"v1.33.1"}' }],
    ['a refusal', { status: 403, text: status(403) }],
    ['an unknown path', { status: 404, type: 'text/plain; charset=utf-8', text: '404 page not found\n' }],
    ['an unknown token', { status: 401, type: 'text/plain', text: 'Unauthorized\n' }],
    ['a machine in between without a server', { status: 503, type: html, text: '<h1>503</h1>' }],
    ['too many requests', { status: 429, type: 'text/plain', text: 'Too many requests' }],
  ];
  test.each(cases)('%s', (_what, answer) => {
    expect(read(answer).status).toBe(answer.status ?? 200);
  });
});

describe('not taken for an answer', () => {
  const cases: readonly (readonly [string, Answer, RegExp])[] = [
    ['a login page', { type: html, text: '<html>\n\n<b>Log   in</b>' }, /does not answer like a Kubernetes API server \(200, text\/html\): <html> <b>Log in<\/b>/],
    ['a login page that calls itself JSON', { text: '<html>' }, /<html>/],
    ['nothing', { text: '', type: '' }, /\(200, no content type\): nothing/],
    ['JSON of another service', { text: '{"status":"UP"}' }, /{"status":"UP"}/],
    ['a list', { text: '[]' }, /\(200, application\/json\): \[\]/],
    ['another service with a version', { path: '/version', text: '{"version":"2"}' }, /{"version":"2"}/],
    ['a service without a version', { path: '/version', status: 404, type: 'text/plain', text: 'no' }, /\(404, text\/plain\): no/],
    ['a refusal by somebody else', { status: 403, text: '{"message":"Forbidden"}' }, /\(403, application\/json\): {"message":"Forbidden"}/],
    ['a refusal in HTML', { status: 401, type: html, text: '<h1>401</h1>' }, /<h1>401<\/h1>/],
    ['a way elsewhere', { status: 302, type: html, text: '', headers: { location: 'https://login.example/x?state=hidden' } }, /it sends to https:\/\/login\.example \(302\)/],
    ['a wrong protocol', { status: 400, type: 'text/plain', text: 'Client sent an HTTP request to an HTTPS server.\n' }, /speaks https only/],
    ['broken JSON', { text: '{"kind":"PodList","items":[{"a"' }, /broken JSON/],
    ['letters that steer a terminal', { type: 'text/plain', text: 'a\u001b[31mred' }, /: ared$/],
  ]; // biome-ignore format: a table
  test.each(cases)('%s', (_what, answer, words) => {
    const attempt = (): unknown => read(answer);
    expect(attempt).toThrow(ClusterError);
    expect(attempt).toThrow(words);
  });

  test('broken JSON may come whole the next time, a login page never', () => {
    const finality = (text: string): unknown => {
      try {
        return read({ text });
      } catch (error) {
        return error instanceof ClusterError && error.final;
      }
    };
    expect([finality('{"kind":'), finality('<html>')]).toEqual([false, true]);
  });
});

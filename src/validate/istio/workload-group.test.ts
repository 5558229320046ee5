import { expect, test } from 'vitest';
import { valueProblems } from '../../../test/value-problems.ts';

test.each([
  ['template: {}', []],
  ['', ['error template']],
  ['template: {}, metadata: {labels: {".": "~"}}', ['error metadata.labels..', 'error metadata.labels..']],
  ['template: {}, probe: {}', ['error probe']],
  [
    'template: {}, probe: {periodSeconds: -1, httpGet: {port: 0, scheme: ftp, httpHeaders: [{name: a_b}, {}]}}',
    [
      'error probe.periodSeconds',
      'error probe.httpGet.port',
      'error probe.httpGet.scheme',
      'error probe.httpGet.httpHeaders[0].name',
      'error probe.httpGet.httpHeaders[1].name',
    ],
  ],
  ['template: {}, probe: {exec: {command: []}}', ['error probe.exec.command']],
  ['template: {}, probe: {tcpSocket: {port: 80}, grpc: {port: 81}}', ['error probe.grpc']],
  ['template: {}, probe: {grpc: {port: 81}}', []],
])('%s', async (spec, expected) => {
  const found = await valueProblems('networking.istio.io/v1', 'WorkloadGroup', `spec: {${spec}}`);
  expect(found.map((line) => line.replace(' spec.', ' '))).toEqual(expected);
});

import { expect, test } from 'vitest';
import { createFakeClock } from '../../../test/support/fake-clock.ts';
import { fakeTransport } from '../../../test/support/fake-transport.ts';
import { readCluster } from './read-cluster.ts';

test('an empty cluster is read as a whole', async () => {
  const clock = createFakeClock();
  const transport = fakeTransport({}, clock);
  const request = {
    cluster: 'test',
    istioNamespace: 'istio-system',
    timeout: 60_000,
    secrets: 'referenced',
  } as const;
  const state = await readCluster(transport, request, clock);
  expect(state).toMatchObject({ cluster: 'test', kubernetesVersion: 'v1.33.1', objects: [] });
  expect(state.outcomes.filter((outcome) => outcome.state !== 'ok')).toEqual([]);
  expect(transport.busiest()).toBe(6);
});

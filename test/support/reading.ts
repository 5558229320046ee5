// Reads a small made-up cluster, in whatever state it is.

import { type ReadRequest, readCluster } from '../../src/load/cluster/read-cluster.ts';
import type { KindOutcome, LiveState } from '../../src/model/live.ts';
import { createFakeClock } from './fake-clock.ts';
import { type FakeCluster, fakeTransport } from './fake-transport.ts';

type Fields = Record<string, unknown>;

const object = (
  apiVersion: string,
  kind: string,
  namespace: string,
  name: string,
  rest: Fields = {},
): Fields => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace === '' ? {} : { namespace }) },
  ...rest,
});
const pod = (namespace: string, name: string): Fields => object('v1', 'Pod', namespace, name, { spec: {} });

export const mesh: readonly Fields[] = [
  object('v1', 'Namespace', '', 'shop'),
  object('v1', 'Namespace', '', 'store'),
  ...['a', 'b', 'c', 'd', 'e'].map((name) => pod('shop', name)),
  pod('store', 'a'),
  object('v1', 'Service', 'shop', 'web', { spec: { ports: [{ port: 80 }] } }),
  object('networking.istio.io/v1', 'VirtualService', 'shop', 'web', { spec: { hosts: ['web'] } }),
  object('networking.istio.io/v1', 'DestinationRule', 'shop', 'web', { spec: { host: 'web' } }),
  object('networking.istio.io/v1', 'ProxyConfig', 'shop', 'old', { spec: {} }),
  object('gateway.networking.k8s.io/v1', 'Gateway', 'shop', 'edge', { spec: {} }),
  object('networking.istio.io/v1', 'Gateway', 'shop', 'edge', { spec: {} }),
  object('v1', 'ConfigMap', 'istio-system', 'istio', { data: { mesh: '' } }),
  object('v1', 'ConfigMap', 'istio-system', 'passwords', { data: { all: 'of them' } }),
  object('v1', 'ConfigMap', 'shop', 'istio', { data: {} }),
];

export const usual: ReadRequest = {
  cluster: 'test',
  istioNamespace: 'istio-system',
  timeout: 60_000,
  pageSize: 2,
  secrets: 'referenced',
};

export interface Reading {
  readonly state: LiveState;
  readonly log: readonly string[];
  readonly busiest: number;
  readonly slept: readonly number[];
  readonly took: number;
}

export async function read(cluster: FakeCluster, request: Partial<ReadRequest> = {}): Promise<Reading> {
  const clock = createFakeClock();
  const transport = fakeTransport({ objects: mesh, ...cluster }, clock);
  const state = await readCluster(transport, { ...usual, ...request }, clock);
  return { state, log: transport.log, busiest: transport.busiest(), slept: clock.slept, took: clock.now() };
}

export async function failure(cluster: FakeCluster, request: Partial<ReadRequest> = {}): Promise<Fields> {
  const clock = createFakeClock();
  const transport = fakeTransport({ objects: mesh, ...cluster }, clock);
  const thrown: unknown = await readCluster(transport, { ...usual, ...request }, clock).catch(
    (error: unknown) => error,
  );
  if (!(thrown instanceof Error)) throw new Error('it should have failed');
  return { ...thrown, message: thrown.message, took: clock.now(), requests: transport.log.length };
}

/** `Kind namespace/name` of everything that was read. */
export const names = ({ objects }: LiveState): string[] =>
  objects.map(({ value }) => {
    const { namespace, name } = value.metadata as Fields;
    return `${value.kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
  });
export const trouble = ({ outcomes }: LiveState): readonly KindOutcome[] =>
  outcomes.filter(({ state }) => state !== 'ok' && state !== 'not-installed');

export const whole = (await read({})).state;

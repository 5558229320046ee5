// The process of the API server: takes its options as the first message, then orders.
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Cluster, factsOf, faultState, openCluster } from './cluster.ts';
import { listener, type Traffic } from './http.ts';
import { asList, Refusal } from './objects.ts';
import { type Door, doors, type Order, type Ready, type ServerOptions } from './options.ts';
import { openProxy } from './proxy.ts';
import { resourceName } from './resource-types.ts';

const startedWith = new Promise<ServerOptions>((resolve) => {
  process.once('message', (message: ServerOptions) => resolve(message));
});
// The test is gone, whatever became of it.
process.on('disconnect', () => process.exit());

const options = await startedWith;
const clusters = new Map(
  Object.entries(options.clusters).map(([name, cluster]) => [name, openCluster(name, cluster)]),
);
const traffic: Traffic = { records: [], inFlight: 0 };
const servers = new Map<Door, Server>(doors.map((door) => [door, serverAt(door)]));
const ports = new Map<Door, number>();
for (const [door, server] of servers) ports.set(door, await listen(server, 0));
const proxy = openProxy();
const guardedProxy = openProxy('proxy:secret');
const ready: Ready = {
  ports: {
    tls: ports.get('tls') ?? 0,
    misnamed: ports.get('misnamed') ?? 0,
    expired: ports.get('expired') ?? 0,
    strict: ports.get('strict') ?? 0,
    plain: ports.get('plain') ?? 0,
    proxy: await listen(proxy.server, 0),
    guardedProxy: await listen(guardedProxy.server, 0),
  },
};
process.on('message', ({ id, order }: { id: number; order: Order }) => {
  follow(order).then(
    (answer) => process.send?.({ id, answer }),
    (error: unknown) => process.send?.({ id, error: error instanceof Error ? error.message : `${error}` }),
  );
});
process.send?.(ready);

function serverAt(door: Door): Server {
  const handler = listener(clusters, door, traffic);
  if (door === 'plain') return createHttpServer(handler);
  const { key, cert } = options.certificates[door === 'strict' ? 'tls' : door];
  const rejectUnauthorized = door === 'strict';
  return createHttpsServer({ key, cert, ca: options.ca, requestCert: true, rejectUnauthorized }, handler);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address() as AddressInfo;
      resolve(address.port);
    });
  });
}

async function follow(order: Order): Promise<unknown> {
  switch (order.do) {
    case 'requests':
      return traffic.records;
    case 'forget requests':
      traffic.records = [];
      return undefined;
    case 'proxied':
      return [...proxy.targets(), ...guardedProxy.targets()];
    case 'close doors':
      for (const server of servers.values()) {
        server.close();
        server.closeAllConnections();
      }
      return undefined;
    case 'open doors':
      for (const [door, server] of servers) await listen(server, ports.get(door) ?? 0);
      return undefined;
    default:
      return followIn(clusterOf(order.cluster), order);
  }
}

function clusterOf(name: string): Cluster {
  const cluster = clusters.get(name);
  if (cluster === undefined) throw new Error(`there is no cluster ${name}`);
  return cluster;
}

function followIn(cluster: Cluster, order: Extract<Order, { readonly cluster: string }>): unknown {
  const { store } = cluster;
  switch (order.do) {
    case 'apply':
      return applyAll(cluster, order.objects);
    case 'remove':
      return order.objects.map(store.remove);
    case 'faults':
      cluster.faults = order.faults.map(faultState);
      return undefined;
    case 'rbac':
      cluster.rbac = order.rbac;
      return undefined;
    case 'users':
      cluster.users = order.users;
      return undefined;
    case 'compact':
      return store.compact();
    case 'end watches': {
      const status =
        order.status === undefined ? undefined : new Refusal(order.status, 'ended by the test').status;
      for (const end of cluster.watchers) end(status);
      return undefined;
    }
    case 'facts':
      return factsOf(cluster);
    case 'objects': {
      const type = store.types().find((one) => resourceName(one) === order.resource);
      return type === undefined ? [] : asList(store.entries(type)?.map(({ value }) => value()));
    }
  }
}

function applyAll({ store }: Cluster, objects: readonly unknown[]): void {
  for (const object of objects) {
    const stored = store.apply(object);
    if (typeof stored === 'string') throw new Error(stored);
  }
}

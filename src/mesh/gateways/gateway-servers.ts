import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { ensure, pushTo } from '../../model/collections.ts';
import type { Server } from '../../model/kinds.gen.ts';
import { matchesLabels, showLabels } from '../../model/labels.ts';
import { folderOf } from '../../model/layout.ts';
import { FLOATING } from '../../model/names.ts';
import { mayBeAlternative } from '../conflicts/copies.ts';
import { REVISION_LABEL } from '../membership/membership.ts';
import { parseProtocol } from '../routing/protocols.ts';
import { serviceWorkloads } from '../workloads/service-workloads.ts';
import { anyWorkload, type Workload } from '../workloads/workloads.ts';
import { namedCredentials, terminatesTls } from './certificates.ts';
import { serverHosts } from './gateway-hosts.ts';
import { targetPorts } from './gateway-ports.ts';
import { type Gateways, gateways, selectorOf } from './gateways.ts';

type Gateway = Resource<'Gateway'>;

/** One server of a Gateway. */
export interface GatewayServer {
  readonly gateway: Gateway;
  readonly server: Server;
  readonly port: number;
}

/**
 * How two servers share a host, port and pods: `merged` plain HTTP servers serve the routes of both, a later TLS server
 * is `dropped`, and so is, or worse, one that speaks an `unmergeable` protocol.
 */
export type Sharing = 'merged' | 'dropped' | 'unmergeable';

/** A server whose hosts another Gateway opens on the same port of the same pods. */
export interface ContestedServer extends GatewayServer {
  /** Where the hosts stand in `hosts`; never empty. */
  readonly hosts: readonly number[];
  readonly rivals: ReadonlyMap<Server, Rivalry>;
  /** The worst of them. */
  readonly sharing: Sharing;
}

interface Rivalry extends GatewayServer {
  readonly sharing: Sharing;
}

/** A server whose certificate another Gateway shows for other hosts of the same port. */
export interface SharedCertificate extends GatewayServer {
  readonly rivals: readonly GatewayServer[];
}

/** More rivals than anybody reads are not looked for. */
const MOST_RIVALS = 10;

const reads = { ...gateways.reads, Gateway: 'some', Service: 'some' } as const;

/**
 * Servers of different Gateways that istiod would merge on one port of a pod, and that share a host there
 * (`mergeGateways` in pilot/pkg/model/gateway.go).
 */
export const contestedServers = view(reads, (graph): readonly ContestedServer[] => {
  const claims = new Map<string, Claim[]>();
  for (const one of serversOf(graph)) {
    for (const entrance of entrancesOf(graph, one.gateway)) {
      const port = entrance.targets.get(one.port) ?? one.port;
      const place = `${folderIfFloating(one.gateway)} ${entrance.id} ${port} ${one.server.bind ?? ''}`;
      for (const { namespace = '*', host, index } of serverHosts(one.server, one.gateway.namespace)) {
        pushTo(claims, `${place} ${namespace}/${host}`, { one, index });
      }
    }
  }
  const contested = new Map<Server, Contest>();
  for (const group of claims.values()) {
    if (group.length < 2) continue;
    // Between plain HTTP servers nothing is lost: those that are worse for them come first.
    const parts = [false, true].map((isHttp) =>
      byRevision(
        group.filter(({ one }) => isPlainHttp(one.server) === isHttp),
        ({ one }) => one.gateway,
      ),
    );
    for (const claim of group) addRivals(graph, claim, parts, contested);
  }
  return [...contested.values()].map(({ own, hosts, rivals }) => ({
    ...own,
    hosts: [...hosts].sort((a, b) => a - b),
    rivals,
    sharing: worstOf([...rivals.values()].map(({ sharing }) => sharing)),
  }));
});

/** One host of a server, by its index. */
interface Claim {
  readonly one: GatewayServer;
  readonly index: number;
}

interface Contest {
  readonly own: GatewayServer;
  readonly hosts: Set<number>;
  readonly rivals: Map<Server, Rivalry>;
}

function addRivals(
  graph: Graph<'Gateway'>,
  mine: Claim,
  parts: readonly Revisions<Claim>[],
  contested: Map<Server, Contest>,
): void {
  const { one: own, index } = mine;
  let found = 0;
  for (const visible of parts) {
    for (const claim of visible(own.gateway)) {
      if (found === MOST_RIVALS) return;
      const sharing = sharingOf(own, claim.one);
      if (sharing === undefined || (sharing === 'merged' && !areMeantTogether(graph, claim, mine))) continue;
      if (!mayMeet(graph, own.gateway, claim.one.gateway)) continue;
      found++;
      const contest = ensure(contested, own.server, () => ({ own, hosts: new Set(), rivals: new Map() }));
      contest.hosts.add(index);
      contest.rivals.set(claim.one.server, { ...claim.one, sharing });
    }
  }
}

/** What an istiod that serves a Gateway serves too: what is of its revision, or of none. */
type Revisions<T> = (gateway: Gateway) => Iterable<T>;

function byRevision<T>(all: readonly T[], gatewayOf: (one: T) => Gateway): Revisions<T> {
  const groups = new Map<string | undefined, T[]>();
  for (const one of all) pushTo(groups, revisionOf(gatewayOf(one)), one);
  return function* visible(gateway) {
    const revision = revisionOf(gateway);
    if (revision === undefined) yield* all;
    else for (const name of [undefined, revision]) yield* groups.get(name) ?? [];
  };
}

function revisionOf({ metadata }: Gateway): string | undefined {
  return metadata.labels?.[REVISION_LABEL];
}

/**
 * Where nothing is lost only those are told that say the very same, namespace included, and, outside a closed world,
 * side by side: example after example opens all hosts on port 80.
 */
function areMeantTogether(graph: Graph, a: Claim, b: Claim): boolean {
  const written = ({ one, index }: Claim): string | undefined => one.server.hosts?.[index];
  return written(a) === written(b) && graph.nearness(a.one.gateway, b.one.gateway) !== 'apart';
}

/** Whether two Gateways are different ones that could be applied at the same time. */
function mayMeet(graph: Graph<'Gateway'>, a: Gateway, b: Gateway): boolean {
  if ((a.name === b.name && a.namespace === b.namespace) || !graph.coexist(a, b)) return false;
  return !mayBeAlternative(graph, a, b) && !mayBeAlternative(graph, b, a);
}

function sharingOf(own: GatewayServer, other: GatewayServer): Sharing | undefined {
  const [a, b] = [own.server, other.server];
  const areHttp = isPlainHttp(a) && isPlainHttp(b);
  if (a.tls !== undefined && b.tls !== undefined) {
    // Neither has routes of its own, or of two that redirect nothing is lost.
    if (a.tls.mode === 'AUTO_PASSTHROUGH' && b.tls.mode === 'AUTO_PASSTHROUGH') return undefined;
    return areHttp && areSame(hostTexts(own), hostTexts(other)) ? 'merged' : 'dropped';
  }
  return areHttp ? 'merged' : 'unmergeable';
}

function isPlainHttp({ port }: Server): boolean {
  return /^(?:HTTP|HTTP2|HTTP_PROXY|GRPC|GRPC-Web)$/.test(parseProtocol(port?.protocol ?? ''));
}

function worstOf(all: readonly Sharing[]): Sharing {
  const order = ['unmergeable', 'dropped'] as const;
  return order.find((one) => all.includes(one)) ?? 'merged';
}

function hostTexts({ gateway, server }: GatewayServer): ReadonlySet<string> {
  return new Set(
    serverHosts(server, gateway.namespace).map(({ namespace = '*', host }) => `${namespace}/${host}`),
  );
}

function areSame(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((one) => b.has(one));
}

/**
 * Servers that show the certificate of another Gateway's server, on the same port and for other hosts. A client that
 * has a connection to one of the hosts may use it for the other, because the certificate is good for both; the
 * connection belongs to the server of the first host, which has no route for the second.
 *
 * As the reference has it, the finding is on the Gateway whose selector takes in that of the other.
 */
export const sharedCertificates = view(reads, (graph): readonly SharedCertificate[] => {
  const { isScoped } = gateways(graph);
  const byCertificate = new Map<string, GatewayServer[]>();
  for (const one of serversOf(graph)) {
    // HTTP/2, and with it the reuse of connections, is only offered where HTTP is routed.
    if (!terminatesTls(one.server.tls) || parseProtocol(one.server.port?.protocol ?? '') !== 'HTTPS')
      continue;
    const scope = isScoped ? one.gateway.namespace : folderIfFloating(one.gateway);
    for (const certificate of certificatesOf(one.server)) {
      pushTo(byCertificate, `${scope} ${one.port} ${one.server.bind ?? ''} ${certificate}`, one);
    }
  }
  const shared = new Map<Server, GatewayServer[]>();
  for (const group of byCertificate.values()) {
    if (group.length < 2) continue;
    const visible = byRevision(group, ({ gateway }) => gateway);
    for (const one of group) {
      for (const other of visible(one.gateway)) {
        if ((shared.get(one.server)?.length ?? 0) === MOST_RIVALS) break;
        if (misleads(graph, one, other)) pushTo(shared, one.server, other);
      }
    }
  }
  return serversOf(graph).flatMap((one) => {
    const rivals = shared.get(one.server);
    return rivals === undefined ? [] : [{ ...one, rivals: [...new Set(rivals)] }];
  });
});

function certificatesOf({ tls = {} }: Server): readonly string[] {
  const names = namedCredentials(tls);
  if (names.length > 0) return names.map(({ name }) => `secret ${name}`);
  const { serverCertificate = '', privateKey = '' } = tls;
  return serverCertificate === '' || privateKey === '' ? [] : [`files ${serverCertificate} ${privateKey}`];
}

/** Servers that share a host are another matter: one of them is dropped. */
function misleads(graph: Graph<keyof typeof reads>, one: GatewayServer, other: GatewayServer): boolean {
  if (!matchesLabels(selectorOf(one.gateway), selectorOf(other.gateway))) return false;
  const theirs = hostTexts(other);
  if ([...hostTexts(one)].some((host) => theirs.has(host))) return false;
  return mayMeet(graph, one.gateway, other.gateway);
}

/** Every server with a port, of Gateways that nothing changes before they are applied. */
const serversOf = view({ Gateway: 'some' }, (graph): readonly GatewayServer[] =>
  graph
    .list('Gateway')
    .filter((gateway) => graph.changedBy(gateway) === undefined)
    .flatMap((gateway) =>
      (gateway.spec.servers ?? []).flatMap((server) => {
        const port = server.port?.number;
        return port === undefined || port === 0 ? [] : [{ gateway, server, port }];
      }),
    ),
);

/** Pods on which a Gateway opens its servers. */
interface Entrance {
  readonly id: string;
  /** The ports on which pods listen for those of a Service. */
  readonly targets: ReadonlyMap<number, number>;
}

/** Pods of equal labels are selected by the same Gateways: each kind of them is looked at once. */
const entranceOf = view(reads, (graph) => {
  const { isScoped } = gateways(graph);
  const { servicesOf } = serviceWorkloads(graph);
  const entrances = new Map<Workload, Entrance>();
  return (workload: Workload): Entrance =>
    ensure(entrances, workload, () => {
      const targets = targetPorts(workload, servicesOf(workload));
      const scope = isScoped ? workload.namespace : '';
      return { id: `pods ${scope} ${showLabels(workload.labels)} ${[...targets].join(' ')}`, targets };
    });
});

/** What floats only meets what floats in the same folder: elsewhere it may be meant for another mesh. */
function folderIfFloating({ namespace, origin }: Gateway): string {
  return namespace === FLOATING ? folderOf(origin.source.path) : '';
}

function entrancesOf(graph: Graph<keyof typeof reads>, gateway: Gateway): Iterable<Entrance> {
  const all = gateways(graph);
  if (all.usesDefaultIngress(gateway)) return [{ id: 'default', targets: new Map() }];
  const pods = all.podsOf(gateway);
  if (pods.length > 0) {
    return new Map(pods.map(entranceOf(graph)).map((entrance) => [entrance.id, entrance])).values();
  }
  // A Gateway without pods is a finding of its own; of pods that are not loaded, equal labels mean the same ones.
  if (graph.isClosed(anyWorkload) || all.select(gateway).state === 'absent') return [];
  const id = `labels ${scopeOf(all, gateway)} ${showLabels(selectorOf(gateway))}`;
  return [{ id, targets: new Map() }];
}

function scopeOf({ isScoped }: Gateways, gateway: Gateway): string {
  return isScoped ? gateway.namespace : '';
}

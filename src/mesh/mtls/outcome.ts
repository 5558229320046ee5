import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import type { Labels } from '../../model/labels.ts';
import { showRef } from '../../model/names.ts';
import type { At } from '../../model/paths.ts';
import { waypoints } from '../ambient/waypoints.ts';
import { serviceHost } from '../hosts/hosts.ts';
import { type MeshMode, membership } from '../membership/membership.ts';
import { serviceWorkloads } from '../workloads/service-workloads.ts';
import { isKind } from '../workloads/workload-sources.ts';
import type { Workload } from '../workloads/workloads.ts';
import { capturesOutbound } from './capture.ts';
import { type ClientMode, clientModes, clientMtlsReads } from './client-mtls.ts';
import { effectiveMtls, type ServerMode } from './mtls.ts';
import { arrivalAt, type MtlsResult, type Sent } from './outcome-results.ts';
import { announcesMtls, type MtlsServer, mtlsServer } from './outcome-server.ts';
import { clientStep, serverStep } from './outcome-steps.ts';

export { accepted, type MtlsResult, type Sent } from './outcome-results.ts';

/** What the question who reaches whom how reads. */
export const mtlsOutcomeReads = { ...clientMtlsReads, ...waypoints.reads } as const;
export type MtlsGraph = Graph<keyof typeof mtlsOutcomeReads>;

/** A workload, or any workload like this. */
export type MtlsClient =
  | Workload
  | {
      readonly namespace: string;
      readonly mode: MeshMode;
      readonly labels?: Labels;
      readonly annotations?: Labels;
    };

/** Who connects to whom, by which name and port. */
export interface MtlsRequest {
  readonly from: MtlsClient;
  /** Undefined for hosts outside the cluster, behind which there is no workload. */
  readonly to: Workload | undefined;
  /** Whose name is dialed; absent for the address of a pod. */
  readonly target?: Resource<'Service'> | Resource<'ServiceEntry'>;
  /** Fully qualified; absent: the name of the Service, or the first host of the ServiceEntry. */
  readonly host?: string;
  /** Of the target; without a target that of the containers. */
  readonly port: number;
  readonly subset?: string;
}

/** One thing that decides, in the order in which it does. */
export interface MtlsStep {
  readonly side: 'client' | 'path' | 'server';
  /** One sentence without a full stop. */
  readonly text: string;
  /** What decided, and which of its fields. */
  readonly resource?: Resource;
  readonly at?: At;
}

/** What happens to a connection, and why. */
export interface MtlsOutcome {
  readonly result: MtlsResult;
  /** What leaves the client's side (or that of the waypoint before the server). */
  readonly sent: Sent;
  readonly steps: readonly MtlsStep[];
  /** What the client's settings say; absent where no Envoy sends. */
  readonly client?: ClientMode;
  /** What the server's policy says; absent where nothing of the mesh stands before it. */
  readonly server?: ServerMode;
  /** The port of the containers, where it is known. */
  readonly containerPort?: number;
}

/**
 * How a connection arrives: the client's proxy, its DestinationRule and automatic mutual TLS on one side, the server's
 * proxy and PeerAuthentication on the other. At least one answer; several when settings compete and nothing tells
 * which is the oldest, so that what is concluded has to hold for all of them (`accepted(result)` tells whether it gets
 * through; undefined when that hangs on the application or is not known).
 *
 * Mirrors `buildEnvoyLbEndpoint` (pilot/pkg/xds/endpoints/endpoint_builder.go), `applyHBONETransportSocketMatches`
 * (pilot/pkg/networking/core/cluster_tls.go) and `setTunnelProtocol` (pilot/pkg/serviceregistry/ambient/workloads.go).
 */
export function mtlsOutcomes(graph: MtlsGraph, request: MtlsRequest): readonly MtlsOutcome[] {
  const server = mtlsServer(graph, request);
  const steps: MtlsStep[] = [];
  const sender = senderOf(graph, request, steps);
  return server.modes.flatMap((mode) =>
    sendings(graph, request, sender, { ...server, asked: mode })
      .filter(({ client }) => !contradicts(client?.policy, mode))
      .map(({ sent, client, text }): MtlsOutcome => {
        const result = arrivalAt(sent, { ...server, accepts: mode?.mode });
        return {
          result,
          sent,
          steps: [...steps, clientStep(sender, sent, client, text), serverStep(server, mode, result)],
          ...(client === undefined ? {} : { client }),
          ...(mode === undefined ? {} : { server: mode }),
          ...(server.port === undefined ? {} : { containerPort: server.port }),
        };
      }),
  );
}

/** Of policies that compete only one counts, on both sides the same. */
function contradicts(client: ServerMode | undefined, server: ServerMode | undefined): boolean {
  if (client === undefined || server === undefined || server.mode === 'UNKNOWN') return false;
  const isWide = server.level === 'namespace' || server.level === 'mesh';
  return isWide && client.level === server.level && client.policy !== server.policy;
}

/** Who sends: the client, or the waypoint that its ztunnel takes the connection to. */
export interface MtlsSender {
  readonly namespace: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly mode: MeshMode;
  readonly resource?: Resource;
}

function senderOf(graph: MtlsGraph, { from, target, to }: MtlsRequest, steps: MtlsStep[]): MtlsSender {
  const client: MtlsSender =
    'resource' in from
      ? { ...from, mode: membership(graph).modeOf(from) }
      : { labels: {}, annotations: {}, ...from };
  if (client.mode !== 'ambient') return client;
  // A name is answered by the waypoint of its Service, the address of a pod by that of the pod.
  const object = target ?? to;
  const binding = object && waypoints(graph).waypointOf(object);
  if (binding?.state !== 'bound') return client;
  const { gateway } = binding;
  steps.push({
    side: 'path',
    text: `ztunnel takes the connection to waypoint ${showRef(gateway)} through HBONE`,
    resource: gateway,
  });
  return { namespace: gateway.namespace, labels: {}, annotations: {}, mode: 'waypoint', resource: gateway };
}

/** The server under one of the policies that may count. */
interface AskedServer extends MtlsServer {
  readonly asked: ServerMode | undefined;
}

interface Sending {
  readonly sent: Sent;
  readonly client?: ClientMode;
  /** Why, where no setting of the client does. */
  readonly text?: string;
}

function sendings(
  graph: MtlsGraph,
  request: MtlsRequest,
  sender: MtlsSender,
  server: AskedServer,
): readonly Sending[] {
  const { target, port } = request;
  switch (sender.mode) {
    case 'unknown':
      return [{ sent: 'unknown', text: 'Whether the client is in the mesh is not known' }];
    case 'none':
      return [
        { sent: 'plaintext', text: 'The client is not in the mesh and sends what its application sends' },
      ];
    case 'ambient':
      return [fromZtunnel(graph, server)];
    default:
  }
  if (!capturesOutbound(sender.annotations, port))
    return [
      { sent: 'plaintext', text: `The sidecar of the client does not see connections to port ${port}` },
    ];
  if (target === undefined)
    return [
      {
        sent: 'plaintext',
        text: 'The address of a pod belongs to no host, so the sidecar passes it on as it is',
      },
    ];
  const modes = clientModes(graph, {
    client: { namespace: sender.namespace, labels: sender.labels, mode: sender.mode },
    target,
    host: request.host ?? hostOf(graph, target),
    port,
    ...(request.subset === undefined ? {} : { subset: request.subset }),
    from: target,
  });
  if (modes.length === 0) return [{ sent: 'unknown', text: `There is no subset ${request.subset ?? ''}` }];
  return modes.flatMap((client) => fromEnvoy(graph, client, sender, server, target));
}

function hostOf(graph: Graph, target: NonNullable<MtlsRequest['target']>): string {
  if (target.kind === 'Service') return serviceHost(target.name, target.namespace, graph.mesh.clusterDomain);
  return ('hosts' in target.spec ? target.spec.hosts?.[0] : undefined) ?? '';
}

/** ztunnel knows HBONE and plain text, and no DestinationRule. */
function fromZtunnel(graph: MtlsGraph, { workload, mode }: MtlsServer): Sending {
  if (mode === 'ambient' || mode === 'waypoint')
    return { sent: 'hbone', text: 'ztunnel sends HBONE to ambient pods' };
  if (mode === 'unknown') return { sent: 'unknown', text: 'Whether the server takes HBONE is not known' };
  if (workload === undefined || mode === 'none')
    return { sent: 'plaintext', text: 'ztunnel sends plain text to servers outside the mesh' };
  const listens = takesHbone(graph, workload);
  if (listens === undefined)
    return {
      sent: 'unknown',
      text: 'Whether the sidecar of the server takes HBONE is not known (ISTIO_META_ENABLE_HBONE)',
    };
  return listens
    ? { sent: 'hbone', text: 'ztunnel sends HBONE to sidecars that take it' }
    : { sent: 'plaintext', text: 'ztunnel has nothing but plain text for sidecars that do not take HBONE' };
}

const TUNNEL_LABEL = 'networking.istio.io/tunnel';

/**
 * Whether a sidecar listens for HBONE: the injector labels pods so where the mesh says it, as the ambient profile
 * does, without which nobody is ambient; undefined when the pod is labelled by something that is not loaded.
 */
function takesHbone(graph: Graph, { labels, resource, recorded }: Workload): boolean | undefined {
  const own = labels[TUNNEL_LABEL];
  if (own !== undefined) return own.split(',').includes('http');
  if (recorded || resource.kind === 'WorkloadEntry' || resource.kind === 'WorkloadGroup') return false;
  const wide = graph.mesh.config.defaultConfig?.proxyMetadata?.ISTIO_META_ENABLE_HBONE;
  return wide === undefined ? undefined : wide === 'true';
}

function fromEnvoy(
  graph: MtlsGraph,
  client: ClientMode,
  sender: MtlsSender,
  server: AskedServer,
  target: NonNullable<MtlsRequest['target']>,
): readonly Sending[] {
  const { workload, mode } = server;
  const { sends } = client;
  if (sends === 'unknown' || mode === 'unknown') return [{ sent: 'unknown', client }];
  const isDirect = sender.mode === 'sidecar' && isHeadless(target);
  if (mode === 'ambient' || mode === 'waypoint') {
    // Such a name leads past the endpoints, and with them past what they say about HBONE.
    if (isDirect)
      return [{ sent: 'unknown', client, text: 'Whether a headless name leads through HBONE is not known' }];
    return [{ sent: sends === 'simple' || sends === 'mutual' ? 'hbone-tls' : 'hbone', client }];
  }
  if (sends !== 'auto') return [{ sent: sends, client }];
  if (workload === undefined) return [{ sent: 'plaintext', client, text: 'No sidecar is known to be there' }];
  if (isDirect && isKind(target, 'Service')) {
    const all = serviceWorkloads(graph).of(target);
    const modes = all.map((one) => ({ one, mode: membership(graph).modeOf(one) }));
    if (modes.some(({ mode: other }) => other === 'unknown')) return [{ sent: 'unknown', client }];
    return modes.every(({ one, mode: other }) => announcesMtls(one, other))
      ? [{ sent: 'mtls', client }]
      : [{ sent: 'plaintext', client, text: 'Of the pods behind a headless Service not all have a sidecar' }];
  }
  if (!announcesMtls(workload, mode)) {
    const text =
      mode === 'gateway'
        ? 'Gateways do not take mutual TLS of the mesh by themselves'
        : 'The server has no sidecar';
    return [{ sent: mode === 'gateway' ? 'unknown' : 'plaintext', client, text }];
  }
  // Whether an endpoint takes it is asked of the policies, even for ports that its sidecar does not see.
  const { asked } = server;
  const accepts = asked === undefined ? effectiveMtls(graph).serverModes(workload, server.port) : [asked];
  return [...new Set(accepts.map((one) => one.mode))].map((one): Sending => {
    if (one === 'UNKNOWN') return { sent: 'unknown', client };
    return one === 'DISABLE'
      ? {
          sent: 'plaintext',
          client,
          text: 'The server has mutual TLS switched off, and its clients are told so',
        }
      : { sent: 'mtls', client };
  });
}

/** Names that lead straight to pods: for sidecars there is one rule for all of them. */
function isHeadless({ spec }: NonNullable<MtlsRequest['target']>): boolean {
  return 'clusterIP' in spec ? spec.clusterIP === 'None' : 'resolution' in spec && spec.resolution === 'NONE';
}

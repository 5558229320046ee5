import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { type ReadKinds, view } from '../../graph/view.ts';
import type { JwtRule } from '../../model/kinds.gen.ts';
import { istiodEnvironment } from '../installation/istiod.ts';
import { DATAPLANE_LABEL, membership } from '../membership/membership.ts';
import { type KeySource, keySource, proxiesFetchKeys } from '../policies/jwt-keys.ts';
import { containerPort, servedPorts } from '../workloads/container-ports.ts';
import { serviceWorkloads } from '../workloads/service-workloads.ts';
import type { Workload } from '../workloads/workloads.ts';
import { effectiveMtls, mtlsReads, type ServerMode } from './mtls.ts';

/** Keys of tokens that istiod fetches from a server that takes nothing but mutual TLS of the mesh. */
export interface RefusedKeyFetch {
  readonly policy: Resource<'RequestAuthentication'>;
  readonly rule: JwtRule;
  readonly source: KeySource;
  readonly service: Resource<'Service'>;
  readonly server: Workload;
  readonly strict: ServerMode;
}

const reads = {
  ...mtlsReads,
  ...serviceWorkloads.reads,
  ...istiodEnvironment.reads,
  RequestAuthentication: 'some',
} as const;
type Judging = Graph<ReadKinds<typeof reads>>;

/**
 * istiod fetches keys by itself, without a proxy and without a certificate of the mesh
 * (pilot/pkg/model/jwks_resolver.go). Every server behind the host has to be known to refuse that.
 */
export const refusedKeyFetches = view(reads, (graph): readonly RefusedKeyFetch[] => {
  if (isIstiodAmbient(graph)) return [];
  const byProxies = proxiesFetchKeys(istiodEnvironment(graph));
  return graph.list('RequestAuthentication').flatMap((policy) => {
    if (graph.changedBy(policy) !== undefined) return [];
    return (policy.spec.jwtRules ?? []).flatMap((rule) => {
      const source = keySource(rule);
      if (source === undefined || (byProxies && !source.discovered)) return [];
      const service = serviceOf(graph, source, policy);
      const refusal = service && refusalAt(graph, service, source.port);
      return service === undefined || refusal === undefined
        ? []
        : [{ policy, rule, source, service, ...refusal }];
    });
  });
});

/** Ztunnel would carry what istiod asks for, certificate and all. */
function isIstiodAmbient(graph: Judging): boolean {
  return graph
    .copies('Namespace', { namespace: '', name: graph.mesh.rootNamespace })
    .some(({ metadata }) => metadata.labels?.[DATAPLANE_LABEL] === 'ambient');
}

function serviceOf(graph: Judging, { host }: KeySource, policy: Resource): Resource<'Service'> | undefined {
  const [name = '', namespace = '', ...rest] = host.split('.');
  const suffix = rest.join('.');
  if (suffix !== '' && suffix !== 'svc' && suffix !== `svc.${graph.mesh.clusterDomain}`) return undefined;
  const [service, other] = graph.nearest(policy, graph.copies('Service', { namespace, name }));
  return service === undefined || other !== undefined || graph.changedBy(service) !== undefined
    ? undefined
    : service;
}

function refusalAt(
  graph: Judging,
  service: Resource<'Service'>,
  number: number,
): { server: Workload; strict: ServerMode } | undefined {
  const port = servedPorts(service).find((one) => one.number === number);
  const servers = serviceWorkloads(graph).of(service);
  const [server] = servers;
  if (port === undefined || server === undefined) return undefined;
  let strict: ServerMode | undefined;
  for (const one of servers) {
    const mode = membership(graph).modeOf(one);
    const target = containerPort(one, port);
    if ((mode !== 'sidecar' && mode !== 'ambient') || target === undefined) return undefined;
    const modes = effectiveMtls(graph).serverModes(one, target);
    if (modes.length === 0 || modes.some((found) => found.mode !== 'STRICT')) return undefined;
    strict ??= modes[0];
  }
  return strict === undefined ? undefined : { server, strict };
}

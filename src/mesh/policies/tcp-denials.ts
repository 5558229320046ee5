import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { compareText } from '../../model/collections.ts';
import { type HttpDenial, httpDenial } from '../../model/http-denials.ts';
import type { AuthorizationRule } from '../../model/kinds.gen.ts';
import { showRef } from '../../model/names.ts';
import { waypointReads } from '../ambient/waypoints.ts';
import { isDryRun } from '../ambient/ztunnel.ts';
import { membership } from '../membership/membership.ts';
import { familyOf, protocolOf } from '../routing/protocols.ts';
import { serviceWorkloads } from '../workloads/service-workloads.ts';
import type { Workload } from '../workloads/workloads.ts';
import { policyReach } from './policies.ts';

type Ports = NonNullable<Resource<'Service'>['spec']['ports']>;

/** A port of a Service on which the proxies speak no HTTP. */
export interface TcpPort {
  readonly service: Resource<'Service'>;
  readonly port: Ports[number];
}

/** A rule of a policy that denies by HTTP alone, and the ports on which it therefore denies everything. */
export interface TcpDenial extends HttpDenial {
  readonly policy: Resource<'AuthorizationPolicy'>;
  readonly rule: AuthorizationRule;
  readonly ports: readonly TcpPort[];
}

/**
 * Rules that deny all connections to TCP ports of workloads with a sidecar (`Model.Generate` for TCP in
 * pilot/pkg/security/authz/model). Ztunnel makes something else of such rules, and Gateways have listeners of their own.
 */
export const tcpDenials = view(
  { ...waypointReads, AuthorizationPolicy: 'some' },
  (graph): readonly TcpDenial[] => {
    const { pointsOf } = policyReach(graph);
    const { modeOf } = membership(graph);
    const { servicesOf } = serviceWorkloads(graph);
    const known = new Map<Workload, readonly TcpPort[]>();

    function portsOf(workload: Workload): readonly TcpPort[] {
      const before = known.get(workload);
      if (before !== undefined) return before;
      const isSeen = modeOf(workload) === 'sidecar' && !choosesPorts(workload);
      const found = isSeen ? servicesOf(workload).flatMap(tcpPorts) : [];
      known.set(workload, found);
      return found;
    }

    return graph.list('AuthorizationPolicy').flatMap((policy) => {
      const { action, rules = [] } = policy.spec;
      if (action !== 'DENY' || isDryRun(policy) || graph.changedBy(policy) !== undefined) return [];
      const denials = rules.flatMap((rule) => {
        const denial = httpDenial(rule);
        return denial === undefined ? [] : [{ ...denial, policy, rule }];
      });
      if (denials.length === 0) return [];
      const ports = pointsOf(policy).flatMap((point) =>
        point.type === 'proxy' ? portsOf(point.workload) : [],
      );
      if (ports.length === 0) return [];
      const once = [...new Map(ports.map((port) => [port.port, port])).values()].sort(byName);
      return denials.map((denial) => ({ ...denial, ports: once }));
    });

    function tcpPorts(service: Resource<'Service'>): readonly TcpPort[] {
      if (graph.changedBy(service) !== undefined) return [];
      return (service.spec.ports ?? [])
        .filter((port) => ['tcp', 'tls'].includes(familyOf(protocolOf(port))))
        .map((port) => ({ service, port }));
    }
  },
);

function byName(a: TcpPort, b: TcpPort): number {
  return compareText(showRef(a.service), showRef(b.service)) || (a.port.port ?? 0) - (b.port.port ?? 0);
}

/** Whether the workload says itself what reaches its proxy; then nothing is concluded from its Services. */
function choosesPorts({ annotations }: Workload): boolean {
  return (
    annotations['sidecar.istio.io/interceptionMode'] === 'NONE' ||
    annotations['traffic.sidecar.istio.io/includeInboundPorts'] !== undefined ||
    annotations['traffic.sidecar.istio.io/excludeInboundPorts'] !== undefined
  );
}

import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { pushTo } from '../../model/collections.ts';
import type { ParentReference } from '../../model/kinds.gen.ts';
import type { At } from '../../model/paths.ts';
import { expandHost, serviceHost } from '../hosts/hosts.ts';
import { DATAPLANE_LABEL, membership } from '../membership/membership.ts';
import { aimsAt, listTargetable, targetablePolicies, targetRefsOf } from '../policies/policies.ts';
import { isMeshBound, virtualHosts } from '../routing/virtual-services.ts';
import { isKind } from '../workloads/workload-sources.ts';
import { servicesOf, type WaypointClaim } from './waypoint-claims.ts';
import { waypointReads } from './waypoints.ts';

/** Something that only a waypoint puts into force. */
export interface WaypointDependent {
  readonly resource: Resource;
  /** Where it names the Service, ServiceEntry or waypoint. */
  readonly at: At;
  readonly type: 'policy' | 'route';
  readonly target: string;
}

export interface WaypointDependents {
  /** Policies attached by `targetRefs`, and routes, of the Services that a label decides about. */
  of(claim: WaypointClaim): readonly WaypointDependent[];
}

const routeKinds = ['GRPCRoute', 'HTTPRoute', 'TCPRoute', 'TLSRoute'] as const;

export const waypointDependentReads = {
  ...waypointReads,
  ...targetablePolicies.reads,
  VirtualService: 'some',
  GRPCRoute: 'some',
  HTTPRoute: 'some',
  TCPRoute: 'some',
  TLSRoute: 'some',
} as const;

/**
 * What is lost where a waypoint is missing: policies with `targetRefs` (pilot/pkg/model/policyattachment.go), and, as
 * ztunnel knows no routes, those of Services in ambient mode.
 */
export const waypointDependents = view(waypointDependentReads, (graph): WaypointDependents => {
  const members = membership(graph);
  const { clusterDomain } = graph.mesh;
  const policies = new Map<string, WaypointDependent[]>();
  const routes = new Map<string, WaypointDependent[]>();

  for (const resource of listTargetable(graph)) {
    if (graph.changedBy(resource) !== undefined) continue;
    for (const ref of targetRefsOf(resource)) {
      const { name = '', namespace = '' } = ref;
      if (namespace !== '' && namespace !== resource.namespace) continue;
      const kind = (['Service', 'ServiceEntry', 'Gateway'] as const).find((one) => aimsAt(ref, one));
      if (kind === undefined) continue;
      const at: At = { owner: ref, key: 'name', part: 'value' };
      const target = `${kind} ${resource.namespace}/${name}`;
      pushTo(policies, target, { resource, at, type: 'policy', target });
    }
  }
  for (const kind of routeKinds) {
    for (const route of graph.list(kind)) {
      for (const parent of route.spec.parentRefs ?? []) {
        const target = serviceParent(parent, route.namespace);
        const at: At = { owner: parent, key: 'name', part: 'value' };
        if (target !== undefined) pushTo(routes, target, { resource: route, at, type: 'route', target });
      }
    }
  }

  function virtualRoutes(service: Resource<'Service' | 'ServiceEntry'>, target: string): WaypointDependent[] {
    const { name, namespace } = service;
    const hosts = isKind(service, 'ServiceEntry')
      ? (service.spec.hosts ?? []).map((host) => expandHost(host, namespace, clusterDomain))
      : [serviceHost(name, namespace, clusterDomain)];
    return hosts
      .flatMap((host) => virtualHosts(graph).get(host) ?? [])
      .filter((claim) => isMeshBound(claim.service))
      .flatMap(({ service: resource, index }) => {
        const owner = resource.spec.hosts;
        if (owner === undefined) return [];
        return [{ resource, at: { owner, key: index, part: 'value' }, type: 'route', target }];
      });
  }

  return {
    of(claim) {
      const { namespace, wanted, label } = claim;
      const isAmbient = members.namespaceLabels(namespace, label.resource)?.[DATAPLANE_LABEL] === 'ambient';
      const found = servicesOf(claim).flatMap((service) => {
        const target = `${service.kind} ${service.namespace}/${service.name}`;
        const own = policies.get(target) ?? [];
        if (!isAmbient) return own;
        return [...own, ...(routes.get(target) ?? []), ...virtualRoutes(service, target)];
      });
      // Only where the waypoint is there at all: that a policy names one that is not is another matter.
      const isThere = claim.attachment.state === 'error' && claim.attachment.gateway !== undefined;
      const ofGateway = isThere ? (policies.get(`Gateway ${wanted.namespace}/${wanted.name}`) ?? []) : [];
      return [...found, ...ofGateway].filter(({ resource }) => graph.coexist(resource, label.resource));
    },
  };
});

/** The Service or ServiceEntry that a route has as its parent. */
function serviceParent({ group, kind, name, namespace }: ParentReference, own: string): string | undefined {
  const isService = kind === 'Service' && (group === '' || group === 'core');
  const isEntry = kind === 'ServiceEntry' && group === 'networking.istio.io';
  return isService || isEntry ? `${kind} ${namespace ?? own}/${name ?? ''}` : undefined;
}

/** What is lost, as a place that a finding points at besides its own. */
export function showDependent({ resource, at, type, target }: WaypointDependent): {
  resource: Resource;
  at: At;
  note: string;
} {
  const note = type === 'policy' ? `Nothing enforces this for ${target}.` : `Not applied to ${target}.`;
  return { resource, at, note };
}

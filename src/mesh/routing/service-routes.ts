import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { type ReadKinds, view } from '../../graph/view.ts';
import type { ParentReference } from '../../model/kinds.gen.ts';
import { FLOATING } from '../../model/names.ts';
import type { HostTarget } from '../hosts/registry.ts';
import { isBefore } from '../installation/releases.ts';

export type ServiceRoute =
  | Resource<'HTTPRoute'>
  | Resource<'GRPCRoute'>
  | Resource<'TLSRoute'>
  | Resource<'TCPRoute'>;

const GATEWAY_GROUP = 'gateway.networking.k8s.io';
const ENTRY_GROUP = 'networking.istio.io';

/** A parent of a route that is, or was meant to be, a Service or ServiceEntry. */
export interface ServiceParent {
  readonly route: ServiceRoute;
  readonly ref: ParentReference;
  readonly kind: 'Service' | 'ServiceEntry';
  readonly namespace: string;
  readonly name: string;
  /** The group that the kind has; undefined when it is written as it should be. */
  readonly wantedGroup: string | undefined;
}

export const serviceRouteReads = {
  HTTPRoute: 'some',
  GRPCRoute: 'some',
  TLSRoute: 'some',
  TCPRoute: 'some',
  Service: 'some',
  ServiceEntry: 'some',
} as const;

/**
 * Routes that are attached to Services. A reference without a group means that of the Gateway API, in which there are
 * no Services (`toInternalParentReference` in pilot/pkg/config/kube/gateway/conversion.go).
 */
export const serviceParents = view(serviceRouteReads, (graph): readonly ServiceParent[] => {
  const routes: readonly ServiceRoute[] = [
    ...graph.list('HTTPRoute'),
    ...graph.list('GRPCRoute'),
    ...graph.list('TLSRoute'),
    ...graph.list('TCPRoute'),
  ];
  return routes
    .filter((route) => graph.changedBy(route) === undefined)
    .flatMap((route) =>
      (route.spec.parentRefs ?? []).flatMap((ref): readonly ServiceParent[] => {
        const { group = GATEWAY_GROUP, kind, name = '', namespace = route.namespace } = ref;
        if (kind !== 'Service' && kind !== 'ServiceEntry') return [];
        const wanted = kind === 'Service' ? '' : ENTRY_GROUP;
        // Up to 1.18 Services were found under the group of the Gateway API as well.
        const isRead = kind === 'Service' && group === GATEWAY_GROUP && mayBeOld(graph, route);
        return [
          { route, ref, kind, namespace, name, wantedGroup: group === wanted || isRead ? undefined : wanted },
        ];
      }),
    );
});

/** Releases before 1.19 are meant, or, where no release is named, may be: they knew no `v1` of these routes. */
function mayBeOld(graph: Graph, { apiVersion }: ServiceRoute): boolean {
  if (graph.mesh.istioVersion !== undefined) return isBefore(graph, '1.19');
  return !apiVersion.endsWith('/v1');
}

/** The parent itself, of several copies those nearest to the route; nothing where its namespace is not known. */
export function parentsOf(
  graph: Graph<ReadKinds<typeof serviceRouteReads>>,
  { route, kind, namespace, name }: ServiceParent,
): readonly HostTarget[] {
  if (namespace === FLOATING) return [];
  const ref = { namespace, name };
  const copies: readonly HostTarget['resource'][] =
    kind === 'Service' ? graph.copies('Service', ref) : graph.copies('ServiceEntry', ref);
  return graph
    .nearest(route, copies)
    .filter((parent) => graph.coexist(route, parent) && graph.changedBy(parent) === undefined)
    .map((resource) => ({ resource, host: '', origin: resource.origin }));
}

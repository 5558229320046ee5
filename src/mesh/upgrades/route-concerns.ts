import type { Resource } from '../../graph/resource.ts';
import { createHostIndex } from '../hosts/host-index.ts';
import { hostRegistry, isExternalName, showHost } from '../hosts/registry.ts';
import { scopeOf, scopesMeet } from '../hosts/visibility.ts';
import { type HostClaim, isMeshBound, routeTargets, virtualHosts } from '../routing/virtual-services.ts';
import type { Concern, Finder, UpgradeGraph } from './reads.ts';

/** What the releases change for routes, by the name of the change. */
export const routeFinders: Readonly<Record<string, Finder>> = {
  'external-name-route': externalNameRoutes,
  'wildcard-order': wildcardOrder,
  'retry-conditions': function* (graph) {
    for (const service of graph.list('VirtualService')) {
      if (graph.changedBy(service) !== undefined) continue;
      for (const { retries } of service.spec.http ?? []) {
        if ((retries?.attempts ?? 0) <= 0 || (retries?.retryOn ?? '') !== '' || retries === undefined)
          continue;
        yield {
          resource: service,
          at: { owner: retries, key: 'attempts', part: 'value' },
          thing: 'Retries are asked for here without `retryOn`',
        };
      }
    }
    for (const mesh of graph.list('MeshConfig')) {
      const retries = mesh.body.defaultHttpRetryPolicy;
      if (retries === undefined || (retries.attempts ?? 0) <= 0 || (retries.retryOn ?? '') !== '') continue;
      yield {
        resource: mesh,
        at: { owner: retries, key: 'attempts', part: 'value' },
        thing: 'Retries are asked for here without `retryOn`',
      };
    }
  },
  'mirror-host': function* (graph) {
    for (const service of graph.list('VirtualService')) {
      for (const { destination, host, role } of routeTargets(graph, service)) {
        if (role !== 'mirror') continue;
        yield {
          resource: service,
          at: { owner: destination, key: 'host', part: 'value' },
          thing: `Requests are mirrored to ${host === '' ? 'a host' : showHost(host)}`,
        };
      }
    }
    for (const kind of ['HTTPRoute', 'GRPCRoute'] as const) {
      for (const route of graph.list(kind)) {
        for (const { filters } of route.spec.rules ?? []) {
          for (const { requestMirror } of filters ?? []) {
            if (requestMirror === undefined) continue;
            yield {
              resource: route,
              at: { owner: requestMirror, key: undefined, part: 'value' },
              thing: `Requests are mirrored to ${requestMirror.backendRef?.name ?? 'a backend'}`,
            };
          }
        }
      }
    }
  },
  'inference-pool': function* (graph) {
    for (const kind of ['HTTPRoute', 'GRPCRoute'] as const) {
      for (const route of graph.list(kind)) {
        for (const { backendRefs } of route.spec.rules ?? []) {
          for (const ref of backendRefs ?? []) {
            if (ref.kind !== 'InferencePool' || ref.group !== OLD_INFERENCE_GROUP) continue;
            yield {
              resource: route,
              at: { owner: ref, key: 'group', part: 'value' },
              thing: `InferencePool ${ref.name ?? ''} is named by group ${OLD_INFERENCE_GROUP}`,
            };
          }
        }
      }
    }
  },
};

const OLD_INFERENCE_GROUP = 'inference.networking.x-k8s.io';

/** Routes to an ExternalName Service whose target the mesh does not know. */
function* externalNameRoutes(graph: UpgradeGraph): Iterable<Concern> {
  const registry = hostRegistry(graph);
  for (const service of graph.list('VirtualService')) {
    for (const { destination } of routeTargets(graph, service)) {
      const { host = '' } = destination;
      const [target] = host === '' ? [] : registry.find(host, service.namespace, service);
      if (target?.resource.kind !== 'Service' || !isExternalName(target.resource)) continue;
      const alias = target.resource;
      const name = 'externalName' in alias.spec ? (alias.spec.externalName ?? '') : '';
      if (name === '') continue;
      yield {
        resource: service,
        at: { owner: destination, key: 'host', part: 'value' },
        thing: `${host} points to ${name}, which is no host of the mesh`,
        related: { resource: alias, note: 'the Service' },
        lookup: registry.resolve(name, alias.namespace, alias),
      };
    }
  }
}

/**
 * Hosts of the mesh for which two VirtualServices have routes, one by a wider wildcard
 * (`OldestMatchingHost` and `MostSpecificHostMatch` in pilot/pkg/model/config.go).
 */
function* wildcardOrder(graph: UpgradeGraph): Iterable<Concern> {
  const index = createHostIndex<HostClaim>();
  for (const [host, claims] of virtualHosts(graph)) {
    for (const claim of claims) if (isMeshBound(claim.service)) index.add(host, claim);
  }
  const seen = new Set<HostClaim>();
  for (const host of hostRegistry(graph).hosts()) {
    const [narrow, wide] = [...index.covering(host)];
    for (const claim of narrow ?? []) {
      const rival = wide?.find(
        ({ service }) =>
          service !== claim.service &&
          graph.coexist(service, claim.service) &&
          mayBeOlder(service, claim.service) &&
          scopesMeet(scopeOf(graph, service), scopeOf(graph, claim.service)),
      );
      if (rival === undefined || seen.has(claim)) continue;
      seen.add(claim);
      const { service, index: i } = claim;
      const written = rival.service.spec.hosts?.[rival.index] ?? '';
      yield {
        resource: service,
        at: { owner: service.spec.hosts ?? [], key: i, part: 'value' },
        thing: `VirtualService ${rival.service.name} has routes for ${written}, which covers this host`,
        related: { resource: rival.service, note: `${written} covers it` },
      };
    }
  }
}

function mayBeOlder(a: Resource<'VirtualService'>, b: Resource<'VirtualService'>): boolean {
  const [first, second] = [a, b].map(({ metadata }) => metadata.creationTimestamp);
  return first === undefined || second === undefined || first < second;
}

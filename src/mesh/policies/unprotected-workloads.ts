import type { Lookup } from '../../graph/lookup.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { waypointReads, waypoints } from '../ambient/waypoints.ts';
import { isDryRun } from '../ambient/ztunnel.ts';
import { isControlPlaneObject } from '../installation/istiod.ts';
import { isOutsideInjection, membership } from '../membership/membership.ts';
import { type Workload, workloads } from '../workloads/workloads.ts';
import { authorizationPolicies, type EnforcementPoint } from './policies.ts';

/** A workload of the mesh that no AuthorizationPolicy stands before. */
export interface UnprotectedWorkload {
  readonly workload: Workload;
  readonly mode: 'sidecar' | 'ambient';
  /** Whether all policies that might apply to it are loaded. */
  readonly lookup: Lookup<unknown>;
}

/** Kinds that run to an end, and are called by nobody. */
const finite: ReadonlySet<string> = new Set(['Job', 'CronJob']);

/**
 * Workloads with a sidecar or in ambient mode before which nothing decides who may call: no policy at their own proxy
 * or ztunnel, and none at a waypoint before them. Policies that only log do not count.
 */
export const unprotectedWorkloads = view(
  { ...waypointReads, AuthorizationPolicy: 'all' },
  (graph): readonly UnprotectedWorkload[] => {
    const { modeOf } = membership(graph);
    const policies = authorizationPolicies(graph);
    const front = waypoints(graph);
    const { rootNamespace } = graph.mesh;

    function pointsOf(
      workload: Workload,
      mode: 'sidecar' | 'ambient',
    ): readonly EnforcementPoint[] | undefined {
      if (mode === 'sidecar') return [{ type: 'proxy', workload }];
      const waypoint = front.before(workload);
      if (waypoint.state === 'unknown') return undefined;
      const own: EnforcementPoint = { type: 'ztunnel', workload };
      if (waypoint.state !== 'bound') return [own];
      const { gateway } = waypoint;
      const targets = front
        .servicesOf(workload)
        .map((target) => ({ type: 'waypoint', gateway, target }) as const);
      return [own, { type: 'waypoint', gateway }, ...targets];
    }
    function isProtected(resource: Resource, points: readonly EnforcementPoint[]): boolean {
      return points.some((point) =>
        policies
          .at(point)
          .some(
            (policy) =>
              policy.spec.action !== 'AUDIT' && !isDryRun(policy) && graph.coexist(policy, resource),
          ),
      );
    }

    return workloads(graph).all.flatMap((workload): readonly UnprotectedWorkload[] => {
      const { resource, namespace } = workload;
      const mode = modeOf(workload);
      if ((mode !== 'sidecar' && mode !== 'ambient') || finite.has(resource.kind)) return [];
      if (namespace === rootNamespace || isOutsideInjection(namespace) || isControlPlaneObject(resource))
        return [];
      const points = pointsOf(workload, mode);
      if (points === undefined || isProtected(resource, points)) return [];
      const own = graph.known('AuthorizationPolicy', namespace, resource);
      const knowledge = own.complete ? graph.known('AuthorizationPolicy', rootNamespace, resource) : own;
      const name = `for ${namespace}/${resource.name}`;
      const lookup = graph.missing({ what: 'AuthorizationPolicy', name, knowledge }, resource);
      return [{ workload, mode, lookup }];
    });
  },
);

import type { Graph } from '../../graph/graph.ts';
import { incomplete, type Knowledge, type NotFound } from '../../graph/lookup.ts';
import type { Resource } from '../../graph/resource.ts';
import { isClaimKey } from '../../model/claim-key.ts';
import type { HttpMatch } from '../../model/kinds.gen.ts';
import { type Labels, matchesLabels } from '../../model/labels.ts';
import { FLOATING, showRef } from '../../model/names.ts';
import { defaultIngress } from '../gateways/default-ingress.ts';
import { gateways } from '../gateways/gateways.ts';
import { membership } from '../membership/membership.ts';
import { aimsAt, selectorLabels, targetRefsOf } from '../policies/policies.ts';
import { isKind } from '../workloads/workload-sources.ts';
import { anyWorkload, GATEWAY_NAME_LABEL, type Workload, workloads } from '../workloads/workloads.ts';
import { findGateway, type GatewayRef, gatewayRefs, resolveGatewayName } from './virtual-services.ts';

type VirtualService = Resource<'VirtualService'>;

/** What the search for unauthenticated claims reads. */
export const claimReads = {
  ...gateways.reads,
  VirtualService: 'some',
  RequestAuthentication: 'all',
} as const;
type ClaimGraph = Graph<keyof typeof claimReads>;

/** A condition on a claim of a token, in a match of an HTTP route. */
export interface ClaimKey {
  readonly key: string;
  /** The mapping of headers that holds it. */
  readonly owner: NonNullable<HttpMatch['headers']>;
}

/** A gateway that is to route by claims and checks no tokens. */
export interface UncheckedClaims {
  readonly gateway: GatewayRef;
  readonly keys: readonly ClaimKey[];
  /** Its pods, as people know them. */
  readonly pods: string;
  readonly lookup: NotFound;
}

/**
 * Gateways of a VirtualService that route by claims of tokens though no RequestAuthentication applies to them: only
 * there are tokens read, so no request has claims.
 */
export function findUncheckedClaims(graph: ClaimGraph, service: VirtualService): readonly UncheckedClaims[] {
  const matches = (service.spec.http ?? []).flatMap(({ match = [] }) => match);
  const claims = matches.flatMap((match) => [...claimsIn(match)].map((key) => ({ key, match })));
  if (claims.length === 0) return [];
  return gatewayRefs(service).flatMap((gateway) => {
    const keys = claims.filter(({ match }) => isFor(match, gateway, service)).map(({ key }) => key);
    if (keys.length === 0) return [];
    const unchecked = podsBehind(graph, gateway, service).filter((pods) => !isChecked(graph, pods));
    const [first] = unchecked;
    if (first === undefined) return [];
    const name = `of ${showRef(gateway)}`;
    const knowledge = knowledgeOf(graph, first.namespace, service);
    const lookup = graph.missing({ what: 'RequestAuthentication', name, knowledge }, service);
    return [{ gateway, keys, pods: first.name, lookup }];
  });
}

function* claimsIn({ headers, withoutHeaders }: HttpMatch): Iterable<ClaimKey> {
  for (const owner of [headers, withoutHeaders]) {
    if (owner === undefined) continue;
    for (const key of Object.keys(owner)) if (isClaimKey(key)) yield { key, owner };
  }
}

function isFor({ gateways: named = [] }: HttpMatch, gateway: GatewayRef, service: VirtualService): boolean {
  return (
    named.length === 0 ||
    named.some((name) => {
      const ref = resolveGatewayName(name, service.namespace);
      return ref.namespace === gateway.namespace && ref.name === gateway.name;
    })
  );
}

/** Pods that are alike, as far as policies can tell. */
interface Pods {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
}

/** The pods of a gateway; none where that is missing, may be changed, or may be one of several. */
function podsBehind(graph: ClaimGraph, ref: GatewayRef, service: VirtualService): readonly Pods[] {
  const lookup = findGateway(graph, ref, service);
  if (lookup.state !== 'found') return [];
  const [gateway, other] = graph.nearest(service, lookup.all);
  if (gateway === undefined || other !== undefined || graph.changedBy(gateway) !== undefined) return [];
  if (isKind(gateway, 'KubernetesGateway')) {
    const own = { [GATEWAY_NAME_LABEL]: gateway.name };
    const labels = workloads(graph).all.find(({ resource }) => resource === gateway)?.labels ?? own;
    return [{ name: `Gateway ${showRef(gateway)}`, namespace: gateway.namespace, labels }];
  }
  if (!isKind(gateway, 'Gateway')) return [];
  const { usesDefaultIngress, workloadsOf } = gateways(graph);
  const ingress = defaultIngress(graph);
  if (usesDefaultIngress(gateway) && ingress !== undefined) {
    return [{ name: 'the default ingress gateway', ...ingress }];
  }
  const selected = workloadsOf(gateway).filter(({ resource }) => graph.changedBy(resource) === undefined);
  const { modeOf } = membership(graph);
  const known = selected.filter((workload) => modeOf(workload) === 'gateway');
  return (known.length > 0 ? known : selected).map(podsOf);
}

function podsOf({ resource, namespace, labels }: Workload): Pods {
  return { name: `${resource.kind} ${showRef(resource)}`, namespace, labels };
}

/** Whether some RequestAuthentication applies to the pods of a proxy, or may do so for all that is known. */
export function isChecked(
  graph: Graph<'RequestAuthentication'>,
  { namespace, labels }: Omit<Pods, 'name'>,
): boolean {
  const { rootNamespace } = graph.mesh;
  const scopes = namespace === FLOATING ? [undefined] : [...new Set([namespace, rootNamespace, FLOATING])];
  return scopes
    .flatMap((scope) => graph.list('RequestAuthentication', scope))
    .some((policy) => {
      if (graph.changedBy(policy) !== undefined) return true;
      const refs = targetRefsOf(policy);
      if (refs.length === 0) return matchesLabels(selectorLabels(policy), labels);
      const gateway = labels[GATEWAY_NAME_LABEL];
      const isHere =
        policy.namespace === namespace || namespace === FLOATING || policy.namespace === FLOATING;
      return isHere && refs.some((ref) => aimsAt(ref, 'Gateway') && ref.name === gateway);
    });
}

/**
 * Policies of a gateway stand beside it or in the root namespace. Whoever loaded one there, or what runs there, loaded
 * all.
 */
function knowledgeOf(graph: ClaimGraph, namespace: string, from: VirtualService): Knowledge {
  let knowledge = incomplete(`no RequestAuthentication is loaded in namespace ${namespace}`);
  for (const kind of ['RequestAuthentication', anyWorkload] as const) {
    for (const scope of new Set([namespace, graph.mesh.rootNamespace])) {
      // What runs in the root namespace says nothing about gateways that stand elsewhere.
      if (kind === anyWorkload && scope !== namespace) continue;
      const known = graph.known(kind, scope, from);
      if (known.complete) return known;
      knowledge = known;
    }
  }
  return knowledge;
}

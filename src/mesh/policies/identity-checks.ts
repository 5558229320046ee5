import type { Graph } from '../../graph/graph.ts';
import type { Lookup } from '../../graph/lookup.ts';
import type { Resource } from '../../graph/resource.ts';
import { viewOf } from '../../graph/view.ts';
import type { AuthorizationRule } from '../../model/kinds.gen.ts';
import type { At } from '../../model/paths.ts';
import { waypointReads } from '../ambient/waypoints.ts';
import { isDryRun } from '../ambient/ztunnel.ts';
import { serviceHost } from '../hosts/hosts.ts';
import { membership } from '../membership/membership.ts';
import { clientModes } from '../mtls/client-mtls.ts';
import { effectiveMtls, type ServerMode } from '../mtls/mtls.ts';
import { clientsByNamespace, refusedClientReads } from '../mtls/served-hosts.ts';
import { destinationRules } from '../routing/destination-rules.ts';
import { servedPorts } from '../workloads/container-ports.ts';
import { serviceWorkloads } from '../workloads/service-workloads.ts';
import type { Workload } from '../workloads/workloads.ts';
import { policiesUsing } from './authorization-fields.ts';
import { policyReach, targetRefsOf } from './policies.ts';

type Policy = Resource<'AuthorizationPolicy'>;

export const identityCheckReads = {
  ...refusedClientReads,
  ...waypointReads,
  AuthorizationPolicy: 'some',
  PeerAuthentication: 'all',
} as const;
type IdentityGraph = Graph<keyof typeof identityCheckReads>;

/** Something of a rule that is compared with the certificate of the caller. */
export interface IdentityField {
  readonly at: At;
  /** As people write it. */
  readonly name: string;
  readonly isNot: boolean;
  readonly rule: AuthorizationRule;
}

const lists = [
  ['principals', false],
  ['notPrincipals', true],
  ['namespaces', false],
  ['notNamespaces', true],
  ['serviceAccounts', false],
  ['notServiceAccounts', true],
  ['trustDomains', false],
  ['notTrustDomains', true],
] as const;
const keys: ReadonlySet<string> = new Set([
  'source.principal',
  'source.namespace',
  'source.serviceAccount',
  'source.trustDomain',
  'connection.sni',
]);

const fields = [...lists.map(([list]) => list), ...keys];

/** Every part of a policy that needs mutual TLS, in written order. */
export function identityFields({ spec }: Policy): readonly IdentityField[] {
  const found: IdentityField[] = [];
  for (const rule of spec.rules ?? []) {
    for (const { source } of rule.from ?? []) {
      if (source === undefined) continue;
      for (const [key, isNot] of lists) {
        if ((source[key] ?? []).length === 0) continue;
        found.push({ at: { owner: source, key, part: 'key' }, name: key, isNot, rule });
      }
    }
    for (const condition of rule.when ?? []) {
      const { key = '', values = [] } = condition;
      if (!keys.has(key)) continue;
      const at = { owner: condition, key: 'key', part: 'value' } as const;
      found.push({ at, name: key, isNot: values.length === 0, rule });
    }
  }
  return found;
}

/** A policy that compares identities where there are none, or not always. */
export interface BlindCheck {
  readonly policy: Policy;
  /**
   * `disabled`: its workloads take no mutual TLS; `plaintext`: clients send none; `slips`: who sends plain text has no
   * identity and is not kept out.
   */
  readonly why: 'disabled' | 'plaintext' | 'slips';
  readonly fields: readonly [IdentityField, ...IdentityField[]];
  readonly workloads: readonly Workload[];
  /** The setting that takes identities away. */
  readonly cause: { readonly resource: Resource; readonly at?: At } | undefined;
  /** For modes that nothing sets: whether all that might set them is loaded. */
  readonly lookup: Lookup<unknown> | undefined;
}

/**
 * Identities are those of client certificates: without mutual TLS there are none to compare
 * (`principalAuthenticated` in pilot/pkg/security/authz/model/principal.go, `src_identity` in src/rbac.rs of ztunnel).
 */
export function* blindChecks(graph: IdentityGraph): Iterable<BlindCheck> {
  for (const policy of policiesUsing(graph, fields)) {
    if (targetRefsOf(policy).length > 0 || isDryRun(policy) || graph.changedBy(policy) !== undefined)
      continue;
    const found = blindCheck(graph, policy);
    if (found !== undefined) yield found;
  }
}

function blindCheck(graph: IdentityGraph, policy: Policy): BlindCheck | undefined {
  const { modeOf } = membership(graph);
  const selected = policyReach(graph)
    .selected(policy)
    .filter((workload) => modeOf(workload) !== 'none' && modeOf(workload) !== 'waypoint');
  if (selected.length === 0) return undefined;
  const found = (why: BlindCheck['why'], cause: BlindCheck['cause']): BlindCheck | undefined => {
    const [first, ...others] = identityFields(policy);
    return (
      first && { policy, fields: [first, ...others], workloads: selected, lookup: undefined, why, cause }
    );
  };
  if (selected.every((workload) => modeOf(workload) === 'sidecar')) {
    const modes = selected.flatMap((workload) => effectiveMtls(graph).serverModes(workload, undefined));
    if (modes.every(({ mode }) => mode === 'DISABLE')) return found('disabled', causeOf(modes[0]));
    const [first] = selected;
    if (selected.every((workload) => plaintextCause(graph, workload) !== undefined))
      return found('plaintext', first && plaintextCause(graph, first)?.by);
  }
  return slippery(graph, policy, selected);
}

function causeOf(mode: ServerMode | undefined): BlindCheck['cause'] {
  if (mode?.policy === undefined) return undefined;
  const { policy: resource, setting } = mode;
  return setting === undefined
    ? { resource }
    : { resource, at: { owner: setting, key: 'mode', part: 'value' } };
}

/**
 * What makes all clients send plain text to all Services of a workload that accepts it; undefined when some client may
 * use mutual TLS. A workload that insists on it refuses them, which is another matter.
 */
const plaintextCause = viewOf(
  identityCheckReads,
  (graph, workload: Workload): { readonly by: BlindCheck['cause'] } | undefined => {
    const modes = effectiveMtls(graph).serverModes(workload, undefined);
    if (modes.some(({ mode }) => mode !== 'PERMISSIVE')) return undefined;
    const services = serviceWorkloads(graph).servicesOf(workload);
    if (services.length === 0) return undefined;
    const clients = [...clientsByNamespace(graph).values()].flatMap(([client]) => client ?? []);
    if (clients.length === 0) return undefined;
    let by: BlindCheck['cause'];
    for (const target of services) {
      const host = serviceHost(target.name, target.namespace, graph.mesh.clusterDomain);
      const isOff = graph.mesh.config.enableAutoMtls === false;
      if (!isOff && destinationRules(graph).forHost(host).length === 0) return undefined;
      for (const { number: port } of servedPorts(target)) {
        for (const client of clients) {
          const sent = clientModes(graph, { client, target, host, port, from: target });
          if (sent.length === 0 || sent.some(({ sends }) => sends !== 'plaintext')) return undefined;
          const [{ rule, tls } = {}] = sent;
          if (rule !== undefined)
            by ??= {
              resource: rule,
              ...(tls === undefined ? {} : { at: { owner: tls, key: 'mode', part: 'value' } }),
            };
        }
      }
    }
    return { by };
  },
);

/** Rules that let those without identity pass: DENY by identity, ALLOW by nothing but exceptions. */
function slippery(
  graph: IdentityGraph,
  policy: Policy,
  selected: readonly Workload[],
): BlindCheck | undefined {
  const { action = 'ALLOW' } = policy.spec;
  if (action !== 'DENY' && action !== 'ALLOW') return undefined;
  const { modeOf } = membership(graph);
  const mtls = effectiveMtls(graph);
  const open = selected.filter((workload) => {
    const mode = modeOf(workload);
    const modes = mtls.serverModes(workload, undefined);
    return (mode === 'sidecar' || mode === 'ambient') && modes.every((one) => one.mode === 'PERMISSIVE');
  });
  const [workload] = open;
  if (workload === undefined) return undefined;
  const fields = identityFields(policy);
  const [first, ...others] = fields.filter(({ isNot, rule }) =>
    action === 'DENY' ? !isNot : isNot && fields.every((other) => other.rule !== rule || other.isNot),
  );
  if (first === undefined || first.name === 'connection.sni') return undefined;
  const [mode] = mtls.serverModes(workload, undefined);
  const lookup = mode?.level === 'default' ? nothingSet(graph, policy, workload) : undefined;
  return { policy, why: 'slips', fields: [first, ...others], workloads: open, cause: causeOf(mode), lookup };
}

function nothingSet(graph: IdentityGraph, from: Policy, { namespace }: Workload): Lookup<unknown> {
  const own = graph.known('PeerAuthentication', namespace, from);
  const knowledge = own.complete ? graph.known('PeerAuthentication', graph.mesh.rootNamespace, from) : own;
  return graph.missing({ what: 'PeerAuthentication', name: `for ${namespace}`, knowledge }, from);
}

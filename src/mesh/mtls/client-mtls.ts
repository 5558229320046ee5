import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import type { ClientTls, PortTrafficPolicy, TrafficPolicy } from '../../model/kinds.gen.ts';
import type { Labels } from '../../model/labels.ts';
import type { MeshMode } from '../membership/membership.ts';
import {
  type DefinedPolicy,
  decidingRule,
  destinationRules,
  type MergedRule,
} from '../routing/destination-rules.ts';
import { effectiveMtls, mtlsReads, type ServerMode } from './mtls.ts';

type Rule = Resource<'DestinationRule'>;

/** What a decision about the client's side of mutual TLS reads. */
export const clientMtlsReads = { ...mtlsReads, ...destinationRules.reads } as const;

/** Who talks to whom. */
export interface ClientRequest {
  readonly client: { readonly namespace: string; readonly labels: Labels; readonly mode?: MeshMode };
  readonly target: Resource<'Service'> | Resource<'ServiceEntry'>;
  /** Fully qualified. */
  readonly host: string;
  /** Of the Service, not of its pods. */
  readonly port: number;
  readonly subset?: string;
  readonly from: Resource;
}

/**
 * What the proxy of a client sends. `mtls`: mutual TLS of the mesh; `mutual`: TLS with certificates of its own;
 * `simple`: TLS without a client certificate; `auto`: mutual TLS to endpoints with a proxy that takes it, else plain
 * text.
 */
export interface ClientMode {
  readonly sends: 'mtls' | 'mutual' | 'simple' | 'plaintext' | 'auto' | 'unknown';
  /**
   * Why: a DestinationRule says so; its TLS settings are dropped; automatic mutual TLS is off, for the mesh or by a
   * policy; the host is outside the mesh; or nothing says anything.
   */
  readonly why: 'rule' | 'dropped' | 'off' | 'policy' | 'external' | 'default';
  readonly rule?: Rule;
  /** The object whose `mode` decided. */
  readonly tls?: ClientTls;
  /** What the namespace or the mesh says, for `policy`. */
  readonly policy?: ServerMode;
}

/**
 * What a client sends to a port of a host: the TLS settings of its DestinationRule, else automatic mutual TLS
 * (`buildUpstreamTLSSettings` in pilot/pkg/networking/core/cluster_tls.go, `checkMtlsEnabled` in
 * pilot/pkg/xds/endpoints/mtls_checker.go). More than one answer when several rules or policies compete and nothing
 * tells which is the oldest; none when the subset does not exist.
 */
export function clientModes(
  graph: Graph<keyof typeof clientMtlsReads>,
  request: ClientRequest,
): readonly ClientMode[] {
  const { client, host, target, from } = request;
  const owners = [target.namespace];
  const entries = destinationRules(graph).forClient({ client: client.namespace, host, owners, from });
  return modesUnder(graph, decidingRule(entries, client), request);
}

/** The same when the DestinationRule that decides is known already. */
export function modesUnder(
  graph: Graph<keyof typeof clientMtlsReads>,
  entry: MergedRule | undefined,
  request: ClientRequest,
): readonly ClientMode[] {
  const choices =
    entry === undefined ? withoutRule(request) : [...choicesOf(entry, request.port, request.subset)];
  return choices.flatMap((choice) => {
    if (choice.rule !== undefined && graph.changedBy(choice.rule) !== undefined) {
      return [{ sends: 'unknown', why: 'rule', rule: choice.rule }] satisfies ClientMode[];
    }
    return choice.tls === undefined
      ? withoutSettings(graph, choice, request)
      : [withSettings(choice.tls, choice.rule, request)];
  });
}

/** TLS settings for one port and subset, and the rule they stand in. */
interface Choice {
  readonly tls: ClientTls | undefined;
  readonly rule: Rule | undefined;
  /** What endpoints are asked by: settings that a port without settings of its own does not inherit. */
  readonly outer: DefinedTls | undefined;
}

interface DefinedTls {
  readonly tls: ClientTls;
  readonly rule: Rule;
}

function withoutRule({ subset }: ClientRequest): readonly Choice[] {
  return subset === undefined ? [{ tls: undefined, rule: undefined, outer: undefined }] : [];
}

function* choicesOf(entry: MergedRule, port: number, subset: string | undefined): Iterable<Choice> {
  const subsets = subset === undefined ? undefined : (entry.subsets.get(subset) ?? []);
  for (const top of firstOf(entry, entry.policies)) {
    if (subsets === undefined) yield choose(top, undefined, port);
    else if (subsets.length > 0) {
      for (const defined of firstOf(entry, subsets)) {
        const policy = defined?.subset.trafficPolicy;
        yield choose(top, policy && defined && { policy, rule: defined.rule }, port);
      }
    }
  }
}

/** The definition that counts; every one when nothing tells which rule is the oldest. */
function firstOf<T>(entry: MergedRule, definitions: readonly T[]): readonly (T | undefined)[] {
  if (definitions.length === 0) return [undefined];
  return entry.ordered ? definitions.slice(0, 1) : definitions;
}

/** `MergeSubsetTrafficPolicy` in pilot/pkg/networking/util/util.go: an entry for the port replaces all around it. */
function choose(top: DefinedPolicy | undefined, subset: DefinedPolicy | undefined, port: number): Choice {
  const topEntry = portEntry(top?.policy, port);
  const subsetEntry = portEntry(subset?.policy, port);
  const above = topEntry === undefined ? top?.policy.tls : topEntry.tls;
  const own = subsetEntry === undefined ? subset?.policy.tls : subsetEntry.tls;
  const outer = endpointTls(subset, port) ?? endpointTls(top, port);
  if (own !== undefined || subsetEntry !== undefined) return { tls: own, rule: subset?.rule, outer };
  return { tls: above, rule: top?.rule ?? subset?.rule, outer };
}

function portEntry(policy: TrafficPolicy | undefined, port: number): PortTrafficPolicy | undefined {
  return policy?.portLevelSettings?.find((entry) => entry.port?.number === port);
}

function endpointTls(defined: DefinedPolicy | undefined, port: number): DefinedTls | undefined {
  const tls = portEntry(defined?.policy, port)?.tls ?? defined?.policy.tls;
  return tls && defined && { tls, rule: defined.rule };
}

/** The mode of TLS settings; without one they switch TLS off. */
export function tlsMode(tls: ClientTls): string {
  return tls.mode ?? 'DISABLE';
}

function withSettings(tls: ClientTls, rule: Rule | undefined, { client }: ClientRequest): ClientMode {
  const found = { tls, ...(rule === undefined ? {} : { rule }) };
  const mode = tlsMode(tls);
  if (mode === 'ISTIO_MUTUAL') return { sends: 'mtls', why: 'rule', ...found };
  if (mode !== 'SIMPLE' && mode !== 'MUTUAL') return { sends: 'plaintext', why: 'rule', ...found };
  const credential = tls.credentialName ?? '';
  const isPrivileged = credential !== '' && !credential.startsWith('configmap://');
  // Sidecars may not read the Secret, so they drop all settings, unless the rule is for chosen workloads.
  if (isPrivileged && client.mode !== 'gateway' && rule?.spec.workloadSelector === undefined) {
    return { sends: 'plaintext', why: 'dropped', ...found };
  }
  return { sends: mode === 'SIMPLE' ? 'simple' : 'mutual', why: 'rule', ...found };
}

function withoutSettings(
  graph: Graph<keyof typeof clientMtlsReads>,
  { outer }: Choice,
  { target, from }: ClientRequest,
): readonly ClientMode[] {
  if (target.kind === 'ServiceEntry' && !isInternal(target)) return [{ sends: 'plaintext', why: 'external' }];
  if (graph.mesh.config.enableAutoMtls === false) return [{ sends: 'plaintext', why: 'off' }];
  return effectiveMtls(graph)
    .namespaceModes(target.namespace, from)
    .map((policy): ClientMode => {
      if (policy.mode === 'UNKNOWN') return { sends: 'unknown', why: 'policy', policy };
      if (policy.mode === 'DISABLE') return { sends: 'plaintext', why: 'policy', policy };
      if (outer === undefined) return { sends: 'auto', why: 'default' };
      return { sends: tlsMode(outer.tls) === 'ISTIO_MUTUAL' ? 'auto' : 'plaintext', why: 'rule', ...outer };
    });
}

function isInternal(target: Resource<'Service'> | Resource<'ServiceEntry'>): boolean {
  return 'location' in target.spec && target.spec.location === 'MESH_INTERNAL';
}

import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { compareText, ensure, pushTo } from '../../model/collections.ts';
import type { Subset, TrafficPolicy } from '../../model/kinds.gen.ts';
import { type Labels, matchesLabels } from '../../model/labels.ts';
import { FLOATING } from '../../model/names.ts';
import { relevantCopies } from '../conflicts/copies.ts';
import { createHostIndex, type HostIndex } from '../hosts/host-index.ts';
import { expandHost, parseServiceHost } from '../hosts/hosts.ts';

type Rule = Resource<'DestinationRule'>;

/** A subset and the DestinationRule that defines it. */
export interface DefinedSubset {
  readonly subset: Subset;
  readonly rule: Rule;
}

/** A top-level `trafficPolicy` and the DestinationRule that holds it. */
export interface DefinedPolicy {
  readonly policy: TrafficPolicy;
  readonly rule: Rule;
}

/** What istiod makes of the DestinationRules of one namespace and host. */
export interface MergedRule {
  readonly host: string;
  /** The rules that went into it, the one that the others joined first. */
  readonly rules: readonly Rule[];
  /** Labels of the clients that it is for; undefined when it is for all. */
  readonly selector: Labels | undefined;
  /** Definitions by name; the first counts, the others are ignored. */
  readonly subsets: ReadonlyMap<string, readonly DefinedSubset[]>;
  /** The first counts, the others are ignored. */
  readonly policies: readonly DefinedPolicy[];
  /** Whether it is known which of several rules is the oldest, which decides what counts. */
  readonly ordered: boolean;
}

/** Whose traffic to which host is asked about. */
export interface ClientQuery {
  readonly client: string;
  /** Fully qualified. */
  readonly host: string;
  /** Namespaces of the Services or ServiceEntries of the host; undefined when they are not known. */
  readonly owners: readonly string[] | undefined;
  /** Decides between copies of one rule. */
  readonly from: Resource;
}

export interface DestinationRules {
  /** Every rule whose host covers the name, exact hosts first, whoever sees it. */
  forHost(host: string): readonly Rule[];
  /**
   * Rules of which nobody knows whether they are about this host, because a namespace is missing: theirs, or that
   * of who wrote the host.
   */
  maybeForHost(host: string): readonly Rule[];
  /** What clients of a namespace get for a host; several when rules are for chosen workloads only. */
  forClient(query: ClientQuery): readonly MergedRule[];
}

/**
 * DestinationRules by host, looked up as istiod does for a client
 * (`setDestinationRules` and `destinationRule` in pilot/pkg/model/push_context.go, merge in destination_rule.go).
 */
export const destinationRules = view({ DestinationRule: 'all' }, (graph): DestinationRules => {
  const { clusterDomain, rootNamespace } = graph.mesh;
  const everywhere = createHostIndex<Rule>();
  const byNamespace = new Map<string, HostIndex<Rule>>();
  const byServiceName = new Map<string, Rule[]>();
  const byHost = new Map<string, readonly Rule[]>();
  for (const rule of graph.list('DestinationRule')) {
    const written = rule.spec.host ?? '';
    if (written === '') continue;
    const host = expandHost(written, rule.namespace, clusterDomain);
    everywhere.add(host, rule);
    ensure(byNamespace, rule.namespace, () => createHostIndex<Rule>()).add(host, rule);
    const service = parseServiceHost(host, clusterDomain);
    if (service !== undefined) pushTo(byServiceName, service.name, rule);
  }

  function mostSpecific(
    query: ClientQuery,
    namespace: string,
    accepts: (rule: Rule) => boolean,
  ): readonly Rule[] {
    const index = byNamespace.get(namespace);
    if (index === undefined) return [];
    for (const found of index.covering(query.host)) {
      const rules = found.filter(accepts);
      if (rules.length > 0) return relevantCopies(graph, rules, query.from);
    }
    return [];
  }

  return {
    forHost: (host) => ensure(byHost, host, () => [...everywhere.covering(host)].flat()),
    maybeForHost(host) {
      const service = parseServiceHost(host, clusterDomain);
      if (service === undefined) return [];
      return (byServiceName.get(service.name) ?? []).filter((rule) => {
        const other = parseServiceHost(
          expandHost(rule.spec.host ?? '', rule.namespace, clusterDomain),
          clusterDomain,
        );
        return (other?.namespace === FLOATING) !== (service.namespace === FLOATING);
      });
    },
    forClient(query) {
      const { client } = query;
      // The root namespace holds what is meant for everyone; only what it keeps to itself comes first there.
      const own =
        client === rootNamespace
          ? mostSpecific(query, client, (rule) => isPrivate(graph, rule))
          : mostSpecific(query, client, isForOwnNamespace);
      if (own.length > 0) return merge(own);
      const owners =
        query.owners ?? [...byNamespace.keys()].filter((namespace) => namespace !== rootNamespace);
      for (const namespace of new Set([...owners, rootNamespace])) {
        const exported = mostSpecific(query, namespace, (rule) => !isPrivate(graph, rule));
        const visible = merge(exported).filter(
          ({ rules: [first] }) => first !== undefined && isExportedTo(first, client),
        );
        if (visible.length > 0) return visible;
      }
      return [];
    },
  };
});

/** The one that decides for a client with these labels (`SidecarScope.DestinationRule` in pilot/pkg/model/sidecar.go). */
export function decidingRule(
  entries: readonly MergedRule[],
  client: { readonly namespace: string; readonly labels: Labels },
): MergedRule | undefined {
  const chosen = entries.find(
    ({ selector, rules: [first] }) =>
      selector !== undefined &&
      first?.namespace === client.namespace &&
      matchesLabels(selector, client.labels),
  );
  return chosen ?? entries.filter(({ selector }) => selector === undefined).at(-1);
}

/** `exportTo` as istiod compares it: a rule for chosen workloads only never leaves its namespace. */
function exportSet(rule: Rule): ReadonlySet<string> {
  return new Set(rule.spec.workloadSelector === undefined ? rule.spec.exportTo : ['.']);
}

function isForOwnNamespace(rule: Rule): boolean {
  const set = exportSet(rule);
  return set.size === 0 || set.has('*') || set.has('.') || set.has(rule.namespace);
}

/** Kept to its namespace; the mesh default only knows "own namespace" and "everyone". */
function isPrivate(graph: Graph, rule: Rule): boolean {
  const set = exportSet(rule);
  if (set.size === 0) return (graph.mesh.config.defaultDestinationRuleExportTo ?? []).includes('.');
  return set.size === 1 && (set.has('.') || set.has(rule.namespace));
}

function isExportedTo(rule: Rule, client: string): boolean {
  const set = exportSet(rule);
  return set.size === 0 || set.has('*') || set.has(client);
}

/** An entry while rules are still joining it. */
interface Draft extends MergedRule {
  readonly rules: Rule[];
  readonly subsets: Map<string, DefinedSubset[]>;
  readonly policies: DefinedPolicy[];
  readonly exportTo: ReadonlySet<string>;
}

/** Joins rules of one host and namespace (`mergeDestinationRule` in pilot/pkg/model/destination_rule.go). */
function merge(rules: readonly Rule[]): readonly MergedRule[] {
  const ordered = rules.length < 2 || rules.every((rule) => rule.metadata.creationTimestamp !== undefined);
  const entries: Draft[] = [];
  for (const rule of [...rules].sort(byPrecedence)) {
    const exportTo = exportSet(rule);
    const selector = selectorOf(rule);
    let separate = true;
    for (const entry of entries) {
      const same = equalSets(exportTo, entry.exportTo);
      separate = !same;
      if (!same && !(entry.exportTo.size > 0 && containsAll(exportTo, entry.exportTo))) continue;
      if (selector !== undefined && entry.selector !== undefined && !equalLabels(selector, entry.selector)) {
        separate = true;
        continue;
      }
      if ((selector === undefined) === (entry.selector === undefined)) separate = false;
      join(entry, rule);
    }
    if (!separate) continue;
    const entry = {
      host: rule.spec.host ?? '',
      rules: [],
      selector,
      subsets: new Map(),
      policies: [],
      ordered,
      exportTo,
    };
    join(entry, rule);
    entries.push(entry);
  }
  return entries;
}

function join(entry: Draft, rule: Rule): void {
  entry.rules.push(rule);
  for (const subset of rule.spec.subsets ?? []) pushTo(entry.subsets, subset.name ?? '', { subset, rule });
  const policy = rule.spec.trafficPolicy;
  if (policy !== undefined) entry.policies.push({ policy, rule });
}

/** Rules for chosen workloads, then by age, then by name (`sortConfigBySelectorAndCreationTime`). */
function byPrecedence(a: Rule, b: Rule): number {
  const chosen = Number(selectorOf(a) === undefined) - Number(selectorOf(b) === undefined);
  return (
    chosen ||
    compareText(a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '') ||
    compareText(a.name, b.name)
  );
}

function selectorOf(rule: Rule): Labels | undefined {
  const selector = rule.spec.workloadSelector;
  return selector === undefined ? undefined : (selector.matchLabels ?? {});
}

function equalLabels(a: Labels, b: Labels): boolean {
  return Object.keys(a).length === Object.keys(b).length && matchesLabels(a, b);
}

function equalSets(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && containsAll(a, b);
}

function containsAll(outer: ReadonlySet<string>, inner: ReadonlySet<string>): boolean {
  for (const entry of inner) if (!outer.has(entry)) return false;
  return true;
}

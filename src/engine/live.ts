// What becomes of rules where not all of a cluster could be read. Loaded when a cluster is judged.
import { type Assumed, sayAssumed, settingSources } from '../graph/assumptions.ts';
import type { WholeGraph } from '../graph/graph.ts';
import type { Resource } from '../graph/resource.ts';
import { ensure } from '../model/collections.ts';
import { type Kind, kinds } from '../model/kinds.gen.ts';
import type { Needs, Rule, RuleHead } from '../sdk/rule.ts';
import type { AssumedSettings, LiveCoverage } from './report.ts';
import type { RawFinding, Reason } from './run.ts';

/** An input as far as this is about it. */
interface Judged {
  readonly graph: WholeGraph;
  readonly read: { readonly live?: LiveCoverage };
}

/** A rule and what it judges. */
interface Judging {
  readonly head: Pick<RuleHead, 'name' | 'needs'>;
  readonly rule: Pick<Rule, 'reads'>;
  readonly over: readonly Judged[];
}

export interface LiveLimits {
  /** Why there is nothing of these kinds to judge, where the reading of the cluster is the reason. */
  whyNone(list: readonly Kind[]): Reason | undefined;
  /** Notes for a rule that these kinds matter to it. */
  note(rule: string, kinds: Iterable<Kind>): void;
  /** A rule begins to judge these inputs. */
  begin(head: Judging['head'], rule: Judging['rule'], over: readonly Judged[]): void;
  /** What the rule assumed so far, as findings tell it; undefined where that is nothing. */
  assumed(): readonly string[] | undefined;
  /** It came to its end: of its findings, those from `first` on, only those stay that hold. */
  end(findings: RawFinding[], first: number): void;
  /**
   * Tells with each kind that was not read how many rules that keeps from judging all there is, and how many took defaults
   * for settings that were not read.
   */
  counted(coverage: LiveCoverage, graph: WholeGraph): LiveCoverage;
}

/** Settings of Istio itself: where they are not known, its defaults are taken, as for files. */
const settings: readonly Kind[] = ['ConfigMap', 'MeshConfig', 'MeshNetworks', 'IstioOperator', 'Istio'];

/** Kinds that are only looked up by name, which answers "unknown" by itself, or judged by themselves. */
const lookedUp: readonly Kind[] = [
  'Secret',
  'ServiceAccount',
  'Endpoints',
  'Node',
  'GatewayClass',
  'CustomResourceDefinition',
  'MutatingWebhookConfiguration',
  'ValidatingWebhookConfiguration',
];

const harmless: ReadonlySet<Kind> = new Set([...settings, ...lookedUp]);

/** Kinds that in the root namespace are for all namespaces. */
const meshWide: ReadonlySet<Kind> = new Set<Kind>([
  'AuthorizationPolicy',
  'DestinationRule',
  'EnvoyFilter',
  'PeerAuthentication',
  'ProxyConfig',
  'RequestAuthentication',
  'Sidecar',
  'Telemetry',
  'TrafficExtension',
  'WasmPlugin',
]);

export function createLiveLimits(inputs: readonly Judged[]): LiveLimits {
  const live = inputs.filter(({ graph }) => graph.world === 'live');
  const keptFrom = new Map<string, Set<string>>();
  const assuming = new Map<WholeGraph, Map<Assumed, Set<string>>>();
  let current: Judging = { head: { name: '' }, rule: { reads: {} }, over: [] };
  /** What was said last, and of how much: most findings of a rule assume the same. */
  let last: { readonly size: number; readonly said?: readonly string[] } = { size: 0 };

  function whyUnread(kind: Kind): string | undefined {
    for (const { graph } of live) {
      // Settings are read where they count.
      const where = settings.includes(kind) && kinds[kind].namespaced ? graph.mesh.rootNamespace : undefined;
      const why = graph.whyUnread(kind, where);
      if (why !== undefined) return why;
    }
    return undefined;
  }

  return {
    whyNone(list) {
      const weighty = list.filter((kind) => !harmless.has(kind));
      for (const kind of weighty.length > 0 ? weighty : list) {
        const why = whyUnread(kind);
        if (why !== undefined) return { cause: 'unread', why };
      }
      const isMissing = (kind: Kind): boolean =>
        live.every(({ read }) => read.live?.notInstalled.includes(kind) === true);
      if (live.length < inputs.length || !list.every(isMissing)) return undefined;
      const names = new Set(list.map((kind) => kinds[kind].kind));
      return { cause: 'not-installed', why: `no ${[...names].join(', ')} in the cluster: not installed` };
    },
    note(rule, all) {
      for (const kind of all) {
        if (whyUnread(kind) !== undefined) ensure(keptFrom, kind, () => new Set()).add(rule);
      }
    },
    begin(head, rule, over) {
      current = { head, rule, over };
      last = { size: 0 };
      for (const { graph } of over) graph.assumptions?.begin();
    },
    assumed() {
      const noted = current.over.flatMap(({ graph }) => [...(graph.assumptions?.noted() ?? [])]);
      if (noted.length > last.size) last = { size: noted.length, said: sayAssumed(noted) };
      return last.said;
    },
    end(findings, first) {
      const { head, rule, over } = current;
      const held = findings
        .splice(first)
        .filter(({ resource }) => over.every(({ graph }) => holds(rule, head.needs ?? [], resource, graph)));
      findings.push(...held);
      for (const { graph } of over) {
        const rules = ensure(assuming, graph, () => new Map<Assumed, Set<string>>());
        for (const one of graph.assumptions?.noted() ?? []) {
          ensure(rules, one, () => new Set()).add(head.name);
        }
      }
    },
    counted(coverage, graph) {
      const assumed = countAssumed(assuming.get(graph) ?? new Map());
      return {
        ...coverage,
        unread: coverage.unread.map((one) => ({ ...one, rules: keptFrom.get(one.kind)?.size ?? 0 })),
        ...(assumed.length === 0 ? {} : { assumed }),
      };
    },
  };
}

/**
 * Whether what a rule says of a resource would hold whatever else the cluster has: everything else that it reads was
 * read where that resource is. What is exported to it from elsewhere changes it so rarely that it does not count.
 */
function holds({ reads }: Judging['rule'], needs: Needs, about: Resource, graph: WholeGraph): boolean {
  if (graph.world !== 'live') return true;
  const all = Object.keys(reads) as Kind[];
  const [only = [], ...others] = needs;
  // Each of them is judged by itself.
  if (others.length === 0 && all.every((kind) => only.includes(kind))) return true;
  const namespace = about.kind === 'Namespace' ? about.name : about.namespace;
  const isRead = (kind: Kind): boolean => {
    // Who has a role in a namespace sees that Namespace, if no other.
    if (kind === 'Namespace' && namespace !== '') return graph.whyUnread(kind, '', namespace) === undefined;
    if (namespace === '' || !kinds[kind].namespaced) return graph.isClosed(kind);
    const isHere = graph.isClosed(kind, namespace);
    return isHere && (!meshWide.has(kind) || graph.isClosed(kind, graph.mesh.rootNamespace));
  };
  return all.every((kind) => kind === about.kind || harmless.has(kind) || isRead(kind));
}

/** What was assumed for want of each source, and by how many rules. */
function countAssumed(assuming: ReadonlyMap<Assumed, ReadonlySet<string>>): AssumedSettings[] {
  return settingSources.flatMap((source) => {
    const own = [...assuming].filter(([one]) => one.source === source);
    const rules = new Set(own.flatMap(([, names]) => [...names])).size;
    const [what] = sayAssumed(own.map(([one]) => one));
    if (what === undefined) return [];
    return [{ why: `${rules === 1 ? '1 rule assumes' : `${rules} rules assume`} ${what}`, rules }];
  });
}

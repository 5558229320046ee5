import type { Graph } from '../graph/graph.ts';
import type { Lookup } from '../graph/lookup.ts';
import type { Resource } from '../graph/resource.ts';
import type { ReadKinds, Reads } from '../graph/view.ts';
import type { Kind } from '../model/kinds.gen.ts';
import type { At } from '../model/paths.ts';
import type { CodeOf } from './code.ts';
import type { Fix } from './fix.ts';
import type { OptionValues, RuleOptions } from './option.ts';

export type { At } from '../model/paths.ts';
export { at } from './at.ts';

export type Severity = 'error' | 'warning' | 'info';

/** What one finding says. `{name}` stands for a value that the rule hands over as `data`. */
export interface Message {
  /** What is wrong, in one sentence that names the thing. */
  readonly what: string;
  /** Why it matters: what happens at run time. */
  readonly why: string;
  /** What to do about it. */
  readonly help: string;
}
export type Messages = Readonly<Record<string, Message>>;

/** The names in braces of a text. */
type Placeholders<S extends string> = S extends `${string}{${infer N}}${infer R}`
  ? N | Placeholders<R>
  : never;
type MessagePlaceholders<M extends Message> = Placeholders<M['what'] | M['why'] | M['help']>;
type Data<M extends Message> = [MessagePlaceholders<M>] extends [never]
  ? { readonly data?: never }
  : { readonly data: { readonly [N in MessagePlaceholders<M>]: string | number } };

/** Of each of these lists of kinds one resource is to be there, and each another one. */
export type Needs<K extends Kind = Kind> = readonly (readonly K[])[];

export interface Related {
  readonly resource: Resource;
  readonly at?: At;
  readonly note: string;
}

export type Finding<M extends Messages, Id extends keyof M> = {
  readonly at: At;
  readonly message: Id;
  readonly related?: readonly Related[];
  /** Only where one rule has findings of different weight. */
  readonly severity?: Severity;
  /**
   * The look-up that this finding rests on. Absent: reported. Unknown: reported as a warning when a known name is
   * a near miss, else only counted. Found: not reported.
   */
  readonly lookup?: Lookup<unknown>;
  /** How it can be repaired; asked for only when somebody wants to know. */
  readonly fix?: (() => Fix | undefined) | undefined;
} & Data<M[Id]>;

/** Reports a finding on `resource`. */
export type Report<M extends Messages> = <Id extends keyof M & string>(
  resource: Resource,
  finding: Finding<M, Id>,
) => void;

export interface RuleContext<Rd extends Reads, M extends Messages, O extends RuleOptions = NoOptions> {
  readonly graph: Graph<ReadKinds<Rd>>;
  readonly report: Report<M>;
  /** Whether the user asked for this rule by name or code, which lifts its own restraint. */
  readonly requested: boolean;
  /** What people set, and the defaults of the rest. */
  readonly options: OptionValues<O>;
}

/** One of several clusters that make one mesh. */
export interface Cluster<in K extends Kind = never> {
  readonly name: string;
  readonly graph: Graph<K>;
}

/** What a rule about several clusters gets: a graph of each, in the order of their names. */
export interface ClustersContext<Rd extends Reads, M extends Messages, O extends RuleOptions = NoOptions>
  extends Omit<RuleContext<Rd, M, O>, 'graph'> {
  readonly clusters: readonly Cluster<ReadKinds<Rd>>[];
}

type NoOptions = Readonly<Record<never, never>>;

export interface RuleDefinition<
  Rd extends Reads,
  M extends Messages,
  C extends string = string,
  O extends RuleOptions = NoOptions,
> {
  readonly code: CodeOf<C>;
  /** In plugins: the name behind that of the plugin, as `no-wildcard-host`. Ours are named by their folders. */
  readonly name?: string;
  /** In plugins: where its page is, if there is one. */
  readonly docs?: string;
  readonly severity: Severity;
  /** Release that brought the rule. */
  readonly since: string;
  /** One sentence: what kind of wrong it finds. */
  readonly summary: string;
  readonly reads: Rd;
  /**
   * What it finds nothing without, however much else there is; a kind that stands twice is compared with others of
   * its kind. Absent: one of the kinds that it reads as `some`.
   */
  readonly needs?: Needs<ReadKinds<Rd>> | undefined;
  readonly messages: M;
  /** Which fixes its findings may have; `safe` ones are applied by `--fix`, others by `--fix-unsafe` only. */
  readonly fixes?: 'safe' | 'unsafe' | 'both';
  /** What people may set in their configuration (`options:`). */
  readonly options?: O;
  /** Off unless `--enable` or a profile turns it on. */
  readonly optIn?: true;
  /** Only about an upgrade (`--upgrade-to`): skipped without one. */
  readonly onUpgrade?: true;
  /** Absent for findings that come from reading the input or from the engine itself. */
  check?(context: RuleContext<Rd, M, O>): void;
  /** Instead of `check`, for what no cluster shows alone: called once, with all clusters, when there are several. */
  checkClusters?(context: ClustersContext<Rd, M, O>): void;
}

/** A rule as the engine sees it, whatever it reads. */
export interface Rule
  extends Omit<RuleDefinition<Reads, Messages>, 'code' | 'options' | 'check' | 'checkClusters'> {
  readonly code: string;
  readonly options?: RuleOptions;
  check?(context: RuleContext<Reads, Messages, RuleOptions>): void;
  checkClusters?(context: ClustersContext<Reads, Messages, RuleOptions>): void;
}

/** A rule and the name of its folder, `area/name`. */
export interface NamedRule {
  readonly name: string;
  readonly rule: Rule;
}

/** What is known of a rule before its code is loaded, enough to tell whether it runs. */
export interface RuleHead {
  readonly name: string;
  readonly code: string;
  /** The plugin or the file of settings that brings it; absent for the rules that ship with meshlint. */
  readonly from?: string;
  readonly optIn?: true | undefined;
  /** It compares clusters, or looks at an upgrade, and has nothing to do without. */
  readonly scope?: 'clusters' | 'upgrade' | undefined;
  /** What it has nothing to do without. Empty: it always runs; absent: it has no check. */
  readonly needs?: Needs | undefined;
  load(): Promise<NamedRule>;
}

/** The head of a rule that is there already. */
export function headOf(named: NamedRule): RuleHead {
  const { code, optIn, onUpgrade, check, checkClusters } = named.rule;
  return {
    name: named.name,
    code,
    ...(optIn ? { optIn } : {}),
    ...(checkClusters === undefined ? {} : { scope: 'clusters' }),
    ...(onUpgrade ? { scope: 'upgrade' } : {}),
    ...((check ?? checkClusters) === undefined ? {} : { needs: needsOf(named.rule) }),
    load: async () => named,
  };
}

/** What a rule says that it needs, or else the kinds that it judges: those that it reads without needing all of them. */
function needsOf({ needs, reads }: Pick<Rule, 'needs' | 'reads'>): Needs {
  if (needs !== undefined) return needs;
  const judged = (Object.keys(reads) as Kind[]).filter((kind) => reads[kind] === 'some');
  return judged.length === 0 ? [] : [judged];
}

/**
 * Declares a rule. The compiler checks the code, the kinds it may read, the ids and placeholders of its messages,
 * and the fields it points at.
 */
export function defineRule<
  const Rd extends Reads,
  const M extends Messages,
  const C extends string,
  const N extends object,
  const O extends RuleOptions = NoOptions,
>(rule: RuleDefinition<Rd, M, C, O> & N): RuleDefinition<Rd, M, C, O> & Pick<N, keyof N & 'name'> {
  return rule;
}

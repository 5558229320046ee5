import type { Diagnostic } from '../engine/diagnostic.ts';
import { type RawFinding, runRules, type Selection } from '../engine/run.ts';
import type { Kind } from '../model/kinds.gen.ts';
import { headOf, type NamedRule } from '../sdk/rule.ts';
import { type Clusters, type ClusterText, openClusterTexts } from '../session/clusters.ts';
import { openTexts, type Session } from '../session/session.ts';
import type { Example, Settings } from './example.ts';
import { freezeGraph } from './freeze.ts';
import { trackReads } from './track-reads.ts';

/** What one rule, run alone, said about one input. */
export interface ExampleRun {
  readonly opened: Clusters;
  readonly diagnostics: readonly Diagnostic[];
  /** Errors that the rule threw. */
  readonly crashes: readonly Error[];
  /** Why the rule had nothing to judge here. */
  readonly skipped: string | undefined;
}

/** Texts by path. */
export type Texts = readonly ClusterText[];

/** The files of an example as they are read. */
export function textsOf({ files }: Pick<Example, 'files'>): Texts {
  return files.map(({ path, text, cluster }) => ({
    path,
    raw: text,
    ...(cluster === undefined ? {} : { cluster }),
  }));
}

/** Opens the input, one or several clusters; everything that the rule will be handed is frozen. */
export async function openExample(texts: Texts, settings: Settings): Promise<Clusters> {
  const { world, namespace, mesh } = settings;
  const request = { world, mesh, ...(namespace === undefined ? {} : { namespace }) };
  const opened = texts.some(({ cluster }) => cluster !== undefined)
    ? await openClusterTexts(texts, request)
    : alone(await openTexts(texts, request));
  for (const { graph } of opened.sessions) freezeGraph(graph);
  return opened;
}

function alone(session: Session): Clusters {
  return { sessions: [session], analyze: session.analyze };
}

/** Runs one rule, and nothing else, over an open input. */
export async function runAlone(opened: Clusters, named: NamedRule, settings: Settings): Promise<ExampleRun> {
  const rules = [named, ...(settings.beside ?? []).map(silentRule)];
  const analysis = await opened.analyze(rules.map(headOf), 'test', {
    selection: selectionFor(named, settings),
  });
  return {
    opened,
    diagnostics: analysis.report.diagnostics,
    crashes: analysis.crashes.map((crash) => crash.error),
    skipped: analysis.report.coverage.rules.skipped.find((skipped) => skipped.rule === named.name)?.why,
  };
}

/** A rule that runs and finds nothing. */
function silentRule(code: string): NamedRule {
  const rule = {
    severity: 'info',
    since: '0.0.0',
    summary: '',
    reads: {},
    messages: {},
    check() {},
  } as const;
  return { name: `beside/${code.toLowerCase()}`, rule: { ...rule, code } };
}

/** What a rule touched and said, beyond what a report shows. */
export interface Trace {
  readonly reads: ReadonlySet<Kind>;
  /** Ids of the messages that were reported. */
  readonly messages: ReadonlySet<string>;
  /** Placeholders that stayed in a text because the rule handed over no value, as `id.name`. */
  readonly unfilled: readonly string[];
}

/** Runs the rule's check once more, on a graph that notes what is read. */
export async function traceAlone(opened: Clusters, named: NamedRule, settings: Settings): Promise<Trace> {
  const { check, checkClusters } = named.rule;
  if (check === undefined && checkClusters === undefined) {
    return traceProblems(await runAlone(opened, named, settings), named);
  }
  const reads = new Set<Kind>();
  const clusters = opened.sessions.map(({ input: { name, graph, read } }) => ({
    name,
    graph: trackReads(graph, reads),
    read,
  }));
  const { findings } = await runRules(clusters, [headOf(named)], selectionFor(named, settings));
  return {
    reads,
    messages: new Set(findings.map((finding) => finding.message)),
    unfilled: findings.flatMap((finding) => unfilledIn(finding)),
  };
}

function unfilledIn({ rule, message, data }: RawFinding): string[] {
  const texts = rule.rule.messages[message];
  if (texts === undefined) return [];
  return placeholdersOf(texts.what, texts.why, texts.help)
    .filter((name) => !(name in data))
    .map((name) => `${message}.${name}`);
}

/** What comes from reading is only known by its words: a message was used when a text fits its template. */
function traceProblems(run: ExampleRun, { rule }: NamedRule): Trace {
  const messages = new Set<string>();
  const unfilled: string[] = [];
  for (const diagnostic of run.diagnostics) {
    for (const [id, { what, why, help }] of Object.entries(rule.messages)) {
      const texts = [diagnostic.message, diagnostic.why, diagnostic.help];
      if (![what, why, help].every((template, i) => patternOf(template).test(texts[i] ?? ''))) continue;
      messages.add(id);
      const said = texts.join('\n');
      for (const name of placeholdersOf(what, why, help)) {
        if (said.includes(`{${name}}`)) unfilled.push(`${id}.${name}`);
      }
    }
  }
  return { reads: new Set(), messages, unfilled };
}

function patternOf(template: string): RegExp {
  const parts = template.split(/\{[A-Za-z0-9]+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}

/** The names in braces of some texts, each once. */
function placeholdersOf(...texts: readonly string[]): string[] {
  const names = texts.flatMap((text) => [...text.matchAll(/\{(?<name>[A-Za-z0-9]+)\}/g)]);
  return [...new Set(names.map((match) => match.groups?.name ?? ''))];
}

/** Opt-in rules are switched on; only examples that say so ask for a rule by name. */
function selectionFor({ name, rule }: NamedRule, settings: Settings): Selection {
  const on = settings.requested || rule.optIn === true;
  return { only: new Set(), enable: new Set(on ? [name] : []), disable: new Set() };
}

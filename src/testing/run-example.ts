import type { Diagnostic } from '../engine/diagnostic.ts';
import { type RawFinding, runRules, type Selection } from '../engine/run.ts';
import type { Kind } from '../model/kinds.gen.ts';
import { headOf, type NamedRule } from '../sdk/rule.ts';
import { openTexts, type Session } from '../session/session.ts';
import type { Settings } from './example.ts';
import { freezeGraph } from './freeze.ts';
import { trackReads } from './track-reads.ts';

/** What one rule, run alone, said about one input. */
export interface ExampleRun {
  readonly session: Session;
  readonly diagnostics: readonly Diagnostic[];
  /** Errors that the rule threw. */
  readonly crashes: readonly Error[];
  /** Why the rule had nothing to judge here. */
  readonly skipped: string | undefined;
}

/** Texts by path. */
export type Texts = readonly { readonly path: string; readonly raw: string }[];

/** Opens the input; everything that the rule will be handed is frozen. */
export async function openExample(texts: Texts, settings: Settings): Promise<Session> {
  const { world, namespace, mesh } = settings;
  const session = await openTexts(texts, { world, mesh, ...(namespace === undefined ? {} : { namespace }) });
  freezeGraph(session.graph);
  return session;
}

/** Runs one rule, and nothing else, over an open input. */
export async function runAlone(session: Session, named: NamedRule, settings: Settings): Promise<ExampleRun> {
  const analysis = await session.analyze([headOf(named)], 'test', {
    selection: selectionFor(named, settings),
  });
  return {
    session,
    diagnostics: analysis.report.diagnostics,
    crashes: analysis.crashes.map((crash) => crash.error),
    skipped: analysis.report.coverage.rules.skipped.find((skipped) => skipped.rule === named.name)?.why,
  };
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
export async function traceAlone(session: Session, named: NamedRule, settings: Settings): Promise<Trace> {
  const { check } = named.rule;
  if (check === undefined) return traceProblems(await runAlone(session, named, settings), named);
  const tracked = trackReads(session.graph);
  const watched: NamedRule = {
    ...named,
    rule: { ...named.rule, check: (context) => check({ ...context, graph: tracked.graph }) },
  };
  const { findings } = await runRules(session.graph, [headOf(watched)], selectionFor(named, settings));
  return {
    reads: tracked.reads,
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

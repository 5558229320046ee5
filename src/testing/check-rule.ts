import { type Kind, kinds } from '../model/kinds.gen.ts';
import type { Message, NamedRule } from '../sdk/rule.ts';
import type { RuleFolder } from './rule-folder.ts';
import { openExample, runAlone, type Trace, textsOf, traceAlone } from './run-example.ts';

/** The headings of a page, in their order; what can be set is told where there is something. */
const headings = ['Why', 'Bad', 'Good', 'Fix', 'Options', 'Source', 'When to ignore'] as const;

/** Stands in scaffolded pages and rules where somebody still has to write. */
export const unfinished = 'FILL IN';

export interface PageDemands {
  /** How many bad and how many good examples are wanted; 1 of each when not said. */
  readonly bad?: number;
  readonly good?: number;
}

/** Compares a page with its rule; returns what does not agree, in words. */
export function checkPage(
  folder: RuleFolder,
  { rule }: NamedRule,
  demands: PageDemands = {},
): readonly string[] {
  const { page } = folder;
  const complaints: string[] = [];
  function expect(what: string, actual: string | undefined, wanted: string): void {
    if (actual !== wanted) complaints.push(`the page's ${what} is "${actual}", it should be "${wanted}"`);
  }
  const order = headings.filter((heading) => heading !== 'Options' || rule.options !== undefined);
  const told = page.sections.find(({ heading }) => heading === 'Options')?.text ?? '';
  for (const name of Object.keys(rule.options ?? {})) {
    if (!told.includes(`\`${name}\``)) complaints.push(`the page does not tell of the option ${name}`);
  }
  expect('title', page.title, folder.name.slice(folder.name.indexOf('/') + 1));
  expect('line below the title', page.facts, factsOf(rule));
  expect('summary', page.summary, rule.summary);
  expect('order of headings', page.sections.map(({ heading }) => heading).join(', '), order.join(', '));
  for (const { heading, text } of page.sections) {
    if (text === '') complaints.push(`nothing stands below "${heading}"`);
  }
  if (page.text.includes(unfinished)) complaints.push(`the page still says "${unfinished}"`);
  for (const verdict of ['bad', 'good'] as const) {
    const count = folder.examples.filter((example) => example.verdict === verdict).length;
    const wanted = demands[verdict] ?? 1;
    if (count < wanted)
      complaints.push(`it has ${count} ${verdict} examples, it should have at least ${wanted}`);
  }
  return [...complaints, ...checkWords(rule)];
}

function factsOf(rule: NamedRule['rule']): string {
  return `\`${rule.code}\` · ${rule.severity} · since ${rule.since}${rule.optIn ? ' · opt-in' : ''}`;
}

function checkWords({ summary, messages, since }: NamedRule['rule']): string[] {
  const complaints: string[] = [];
  if (!/^\d+\.\d+\.\d+$/.test(since))
    complaints.push(`since is "${since}", it should be a release like 0.1.0`);
  if (!summary.endsWith('.')) complaints.push('the summary should end with a full stop');
  for (const [id, message] of Object.entries(messages)) {
    for (const part of ['what', 'why', 'help'] as const satisfies readonly (keyof Message)[]) {
      const text = message[part];
      if (text.includes(unfinished)) complaints.push(`message ${id} still says "${unfinished}"`);
      // A placeholder at the end may bring a sentence of its own.
      if (!/[.}]$/.test(text)) complaints.push(`${part} of message ${id} should end with a full stop`);
    }
  }
  return complaints;
}

/**
 * Runs all examples of a rule and compares what it does with what it declares: every message is used (but for those
 * that no text can lead to), every placeholder filled, every declared kind read and no other.
 */
export async function checkUse(
  folder: RuleFolder,
  named: NamedRule,
  unreachable: readonly string[] = [],
): Promise<readonly string[]> {
  const traces: Trace[] = [];
  const complaints = new Set<string>();
  for (const example of folder.examples) {
    const { settings } = example;
    const opened = await openExample(textsOf(example), settings);
    traces.push(await traceAlone(opened, named, settings));
    for (const { message, why, help } of (await runAlone(opened, named, settings)).diagnostics) {
      for (const text of [message, why, help]) {
        if (!text.endsWith('.')) complaints.add(`this text should end with a full stop: "${text}"`);
      }
    }
  }
  const used = new Set(traces.flatMap(({ messages }) => [...messages]));
  for (const id of Object.keys(named.rule.messages)) {
    if (!used.has(id) && !unreachable.includes(id)) complaints.add(`no example leads to message "${id}"`);
  }
  for (const place of traces.flatMap(({ unfilled }) => unfilled)) {
    complaints.add(`the rule hands over no value for the placeholder ${place}`);
  }
  if ((named.rule.check ?? named.rule.checkClusters) !== undefined) {
    for (const complaint of compareReads(named, new Set(traces.flatMap(({ reads }) => [...reads])))) {
      complaints.add(complaint);
    }
  }
  return [...complaints];
}

function compareReads({ rule }: NamedRule, read: ReadonlySet<Kind>): string[] {
  return (Object.keys(kinds) as Kind[]).flatMap((kind) => {
    const declared = rule.reads[kind] !== undefined;
    if (declared && !read.has(kind)) {
      return [
        `reads names ${kind}, but no example makes the rule read it: remove it, or add an example that needs it`,
      ];
    }
    if (!declared && read.has(kind)) return [`the rule reads ${kind}: add it to reads`];
    return [];
  });
}

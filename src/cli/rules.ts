import { unavoidable } from '../engine/analyze.ts';
import { type Level, levelOf } from '../engine/severities.ts';
import type { NamedRule } from '../sdk/rule.ts';
import { applySettings } from './configured.ts';
import { choice, type Given } from './flags.ts';
import { print } from './terminal.ts';

/** `meshlint rules`. */
export function rulesCommand(given: Given): Promise<number> {
  return listRules(given, choice(given, 'format', ['table', 'json']) ?? 'table');
}

/** Every rule, by code; those that the configuration brings among them. */
export async function listRules(given: Given, format: 'table' | 'json'): Promise<number> {
  const { analyze, rules } = await applySettings(given);
  const general = (analyze.severities ?? []).filter(({ covers }) => covers === undefined);
  const loaded = await Promise.all(rules.map(async ({ load, from }) => ({ ...(await load()), from })));
  const sorted = loaded
    .sort((a, b) => compare(a.rule.code, b.rule.code) || compare(a.name, b.name))
    .map((named) => {
      const { code } = named.rule;
      const levels = general.flatMap(({ levels }) => levelOf(levels, { name: named.name, code }) ?? []);
      const configured = unavoidable.has(named.name) ? undefined : levels.at(-1);
      return { ...named, configured };
    });
  print([format === 'json' ? json(sorted) : table(sorted)]);
  return 0;
}

/** A rule, and what the configuration says of it wherever it speaks. */
type Rules = readonly (NamedRule & {
  readonly configured: Level | undefined;
  /** What brings it, when it is none of ours. */
  readonly from: string | undefined;
})[];

function json(sorted: Rules): string {
  const rows = sorted.map(({ name, rule, configured, from }) => ({
    code: rule.code,
    name,
    ...(from === undefined ? {} : { from }),
    severity: rule.severity,
    ...(configured === undefined ? {} : { configured }),
    optIn: rule.optIn ?? false,
    ...(rule.fixes === undefined ? {} : { fixes: rule.fixes }),
    summary: rule.summary,
    since: rule.since,
    reads: rule.reads,
    messages: rule.messages,
    docs: rule.docs ?? `rules/${name}/README.md`,
  }));
  return `${JSON.stringify({ rules: rows }, null, 2)}\n`;
}

function table(sorted: Rules): string {
  const rows = [
    ['CODE', 'NAME', 'SEVERITY', 'FIX', 'FINDS'],
    ...sorted.map(({ name, rule, configured, from }) => [
      rule.code,
      name,
      severity(rule, configured),
      rule.fixes ?? '',
      rule.summary + (from === undefined ? '' : ` (from ${from})`),
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}\n`).join('');
}

/** What holds, and what the rule says itself where that differs. */
function severity(rule: NamedRule['rule'], configured: Level | undefined): string {
  const own = rule.severity + (rule.optIn ? ', opt-in' : '');
  if (configured === undefined || configured === own) return own;
  if (configured === 'on') return rule.optIn ? `${rule.severity} (on)` : own;
  return `${configured} (${own})`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

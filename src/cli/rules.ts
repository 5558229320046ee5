import { rules } from '../../rules/index.gen.ts';
import type { NamedRule } from '../sdk/rule.ts';
import { choice, type Given } from './flags.ts';
import { print } from './terminal.ts';

/** `meshlint rules`. */
export function rulesCommand(given: Given): Promise<number> {
  return listRules(choice(given, 'format', ['table', 'json']) ?? 'table');
}

/** Every rule, by code. */
export async function listRules(format: 'table' | 'json'): Promise<number> {
  const loaded = await Promise.all(rules.map((head) => head.load()));
  const sorted = loaded.sort((a, b) => compare(a.rule.code, b.rule.code) || compare(a.name, b.name));
  print([format === 'json' ? json(sorted) : table(sorted)]);
  return 0;
}

type Rules = readonly NamedRule[];

function json(sorted: Rules): string {
  const rows = sorted.map(({ name, rule }) => ({
    code: rule.code,
    name,
    severity: rule.severity,
    optIn: rule.optIn ?? false,
    summary: rule.summary,
    since: rule.since,
    reads: rule.reads,
    messages: rule.messages,
    docs: `rules/${name}/README.md`,
  }));
  return `${JSON.stringify({ rules: rows }, null, 2)}\n`;
}

function table(sorted: Rules): string {
  const rows = [
    ['CODE', 'NAME', 'SEVERITY', 'FINDS'],
    ...sorted.map(({ name, rule }) => [
      rule.code,
      name,
      rule.severity + (rule.optIn ? ', opt-in' : ''),
      rule.summary,
    ]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}\n`).join('');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

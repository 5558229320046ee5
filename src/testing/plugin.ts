import { readFile } from 'node:fs/promises';
import { rulesOf } from '../house/guard.ts';
import { troubleWith } from '../house/judge-plugin.ts';
import type { Plugin } from '../sdk/plugin.ts';
import { headOf, type Severity } from '../sdk/rule.ts';
import type { Example } from './example.ts';
import { parsePage } from './pages.ts';
import { openExample } from './run-example.ts';
import { parseAttributes, settingsOf } from './settings.ts';

/** What is wrong with a plugin, as the command would refuse it; nothing when it can be used. */
export function checkPlugin(plugin: unknown): readonly string[] {
  const trouble = troubleWith(plugin);
  return trouble === undefined ? [] : [`The plugin ${trouble.what} ${trouble.help}`];
}

/** The examples below `## Bad` and `## Good` of a page. */
export async function readExamples(path: string): Promise<readonly Example[]> {
  return parsePage(path, await readFile(path, 'utf8')).examples;
}

/** One finding in short, to compare with what a test expects. */
export interface ShortFinding {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  /** `file:line:column` */
  readonly place: string;
}

/**
 * Runs all rules of a plugin, and no others, over manifests: one text, or texts by file name. `scene` says what the
 * words behind the fence of an example say, as `world=auto namespace=shop`; the world is closed otherwise.
 */
export async function judge(
  plugin: Plugin,
  manifests: string | Readonly<Record<string, string>>,
  scene = '',
): Promise<readonly ShortFinding[]> {
  const files = typeof manifests === 'string' ? { 'manifests.yaml': manifests } : manifests;
  const settings = settingsOf([parseAttributes(scene)]);
  const texts = Object.entries(files).map(([path, raw]) => ({ path, raw }));
  const session = await openExample(texts, settings);
  const rules = rulesOf(plugin);
  const optIn = rules.filter(({ rule }) => settings.requested || rule.optIn).map(({ name }) => name);
  const { report, crashes } = await session.analyze(rules.map(headOf), 'test', {
    selection: { enable: new Set(optIn) },
  });
  const [crash] = crashes;
  if (crash !== undefined) throw new Error(`${crash.rule} threw`, { cause: crash.error });
  return report.diagnostics.map(({ code, severity, message, location }) => ({
    code,
    severity,
    message,
    place: `${location?.file}:${location?.line}:${location?.column}`,
  }));
}

import { rules } from '../../rules/index.gen.ts';
import { findSettingsFile } from '../config/find-settings.ts';
import type { SettingsLayer } from '../config/settings.ts';
import type { AnalyzeOptions } from '../engine/analyze.ts';
import type { RuleHead } from '../sdk/rule.ts';
import type { SessionRequest } from '../session/session.ts';
import type { Worlds } from '../session/worlds.ts';
import { type Given, last } from './flags.ts';

/** What was given on the command line, and what the configuration adds to it. */
export interface Configured {
  /** The flags, those of the configuration among them where the command line has none. */
  readonly given: Given;
  /** What no flag can say. */
  readonly session: Partial<SessionRequest>;
  readonly analyze: AnalyzeOptions;
  /** Environments that are judged by themselves. */
  readonly worlds?: Worlds;
  /** All rules: those of meshlint, and those that the configuration brings. */
  readonly rules: readonly RuleHead[];
  /** The least important first; none when there is no configuration. */
  readonly layers: readonly SettingsLayer[];
}

/** Finds the configuration that holds here, and lays the flags over it. */
export async function applySettings(given: Given): Promise<Configured> {
  const file = settingsFile(given);
  if (file === undefined) return { given, session: {}, analyze: {}, rules, layers: [] };
  return (await import('./settings.ts')).configure(given, file);
}

/** The configuration file that `--config` names or that is found. */
function settingsFile(given: Given): string | undefined {
  if (given.flags.has('no-config')) return undefined;
  return last(given, 'config') ?? findSettingsFile(process.cwd());
}

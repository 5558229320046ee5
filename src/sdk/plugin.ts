import type { Rule } from './rule.ts';

/** Changes when rules that were written for the sdk before could no longer run. */
export const SDK_VERSION = 1;

/** A rule of a plugin: what `defineRule` gives, with a name. */
export interface PluginRule extends Omit<Rule, 'check' | 'checkClusters'> {
  readonly name: string;
}

/** Rules that somebody wrote for themselves or others, as a module's default export. */
export interface Plugin {
  /** Stands before the names of its rules: `acme/no-wildcard-host`. */
  readonly name: string;
  readonly rules: readonly (PluginRule & Rule)[];
  /** The sdk that it was made with. */
  readonly sdk: number;
}

/** What an author says of a plugin. */
export interface PluginDefinition {
  readonly name: string;
  readonly rules: readonly PluginRule[];
}

/** Declares a plugin: `export default definePlugin({ name: 'acme', rules: [defineRule(…)] })`. */
export function definePlugin({ name, rules }: PluginDefinition): Plugin {
  // The border where rules, each typed by what it reads and says, become rules among many: the engine hands them no
  // more kinds than they declare, and takes no message that they do not have.
  return { name, rules: rules as Plugin['rules'], sdk: SDK_VERSION };
}

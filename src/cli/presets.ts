import { rules } from '../../rules/index.gen.ts';
import type { Presets } from '../config/read-settings.ts';
import type { RuleLevel } from '../config/settings.ts';

/** Every rule that is off by default, switched on. */
function optInRules(isWanted: (name: string) => boolean = () => true): Record<string, RuleLevel> {
  return Object.fromEntries(
    rules.filter(({ name, optIn }) => optIn && isWanted(name)).map(({ name }) => [name, 'on']),
  );
}

/** What `extends` may name beside files. */
export const presets: Presets = {
  recommended: {},
  strict: { rules: optInRules(), failOn: 'warning' },
};

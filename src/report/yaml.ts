import { stringify } from 'yaml';
import type { Format } from './format.ts';

/** The same object as the JSON format writes. Words that YAML 1.1 takes for booleans are quoted. */
export const formatYaml: Format = function* ({ report }) {
  for (const [key, value] of Object.entries(report)) {
    if (!Array.isArray(value) || value.length === 0) yield toYaml({ [key]: value });
    else {
      yield `${key}:\n`;
      for (const item of value) yield toYaml([item]).replace(/^(?=.)/gm, '  ');
    }
  }
};

function toYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false, compat: 'yaml-1.1' });
}

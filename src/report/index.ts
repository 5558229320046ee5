import type { Format } from './format.ts';
import { formatJson } from './json.ts';
import { formatText } from './text.ts';

export type { Format, FormatOptions } from './format.ts';

/** The formats that exist. What is big is loaded when it is asked for. */
export const formats = {
  text: async () => formatText,
  json: async () => formatJson,
  yaml: async () => (await import('./yaml.ts')).formatYaml,
} as const satisfies Record<string, () => Promise<Format>>;

export type FormatName = keyof typeof formats;

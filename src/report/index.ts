import type { Format } from './format.ts';

export type { Format, FormatOptions, Reportable } from './format.ts';

/** The formats that exist, each loaded when it is asked for. */
export const formats = {
  text: async () => (await import('./text.ts')).formatText,
  json: async () => (await import('./json.ts')).formatJson,
  yaml: async () => (await import('./yaml.ts')).formatYaml,
} as const satisfies Record<string, () => Promise<Format>>;

export type FormatName = keyof typeof formats;

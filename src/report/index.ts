import type { Format } from './format.ts';
import { formatText } from './text.ts';

export type { Format, FormatOptions } from './format.ts';

/** The formats that exist. All but the common one are loaded when they are asked for. */
export const formats = {
  text: async () => formatText,
  compact: async () => (await import('./compact.ts')).formatCompact,
  json: async () => (await import('./json.ts')).formatJson,
  yaml: async () => (await import('./yaml.ts')).formatYaml,
  sarif: async () => (await import('./sarif.ts')).formatSarif,
  junit: async () => (await import('./junit.ts')).formatJunit,
  github: async () => (await import('./github.ts')).formatGithub,
  gitlab: async () => (await import('./gitlab.ts')).formatGitlab,
  checkstyle: async () => (await import('./checkstyle.ts')).formatCheckstyle,
  markdown: async () => (await import('./markdown.ts')).formatMarkdown,
} as const satisfies Record<string, () => Promise<Format>>;

export type FormatName = keyof typeof formats;

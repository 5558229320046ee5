// What is wrong with a broken document, in words of our own and at the place where it can be mended.
import type { YAMLParseError } from 'yaml';
import type { TextProblem } from './document.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const FORBIDDEN = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]/;

/** The first character that Kubernetes' YAML reader refuses wherever it stands. */
export function findForbiddenCharacter(slice: string): TextProblem | undefined {
  const at = slice.search(FORBIDDEN);
  if (at < 0) return undefined;
  const code = slice.charCodeAt(at).toString(16).toUpperCase().padStart(4, '0');
  return {
    message: `The control character U+${code} is not allowed in YAML: remove it.`,
    start: at,
    end: at + 1,
  };
}

/** Explains the first error that `yaml` found in the document `slice`. Offsets are into it. */
export function explainSyntaxError(_slice: string, error: YAMLParseError): TextProblem {
  return { message: error.message, start: error.pos[0], end: error.pos[1] };
}

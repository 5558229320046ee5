// Characters that need care wherever they stand: a text that has any goes to the slow path.

// Control characters, a lone CR, the line breaks that YAML 1.2 dropped and Kubernetes still has (NEL, LS, PS), and
// byte order marks inside the text.
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const UNUSUAL = /[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\u2028\u2029\ufeff\ufffe\uffff]/;

/** Reason of documents that the fast path leaves alone because of such characters. */
export const UNUSUAL_CHARACTER = 'unusual character';

export function hasUnusualCharacters(text: string): boolean {
  return UNUSUAL.test(text);
}

/**
 * The text with every character that is a line break to Kubernetes - a lone CR, NEL, LS, PS - made a line feed. No
 * offset changes.
 */
export function withPlainBreaks(text: string): string {
  return text.replace(/[\r\x85\u2028\u2029]/g, '\n');
}

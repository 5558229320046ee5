/** What stands for a secret in a message. */
const HIDDEN = '[hidden]';

/** Shapes of secrets: JSON Web Tokens, PEM, what stands after a telling word, long random texts. */
const shapes: readonly RegExp[] = [
  /-----BEGIN [^-]*-----[\s\S]*?(?:-----END [^-]*-----|$)/g,
  /\beyJ[\w-]{8,}(?:\.[\w-]*){0,4}/g,
  /(?<=\b(?:bearer|basic) )\S{8,}/gi,
  /(?<=(?:token|secret|password|passwd|api-?key|credential|authorization)["']?\s*[=:]\s*["']?)[^\s"',}]+/gi,
  /\b(?=[\w+=-]*\d)(?=[\w+=-]*[A-Za-z])[\w+=-]{28,}/g,
];

// biome-ignore lint/complexity/useRegexLiterals: control characters in a literal are refused
const steering = new RegExp(
  '\\u001b\\[[\\d;?]*[A-Za-z]|[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f]',
  'g',
);

/**
 * A text that somebody else wrote, such as what a plugin complains, without what is or looks like a secret, and without
 * what would steer the terminal.
 */
export function withoutSecrets(text: string, known: readonly string[] = []): string {
  let safe = text.replace(steering, '');
  // The longest first: one may be within another. Short values are words of every message, no secrets.
  for (const secret of known.filter((each) => each.length >= 6).sort((a, b) => b.length - a.length))
    safe = safe.replaceAll(secret, HIDDEN);
  for (const shape of shapes) safe = safe.replace(shape, HIDDEN);
  return safe;
}

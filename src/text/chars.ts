// Character codes of the YAML syntax.
export const TAB = 9;
export const LF = 10;
export const CR = 13;
export const SPACE = 32;
export const DOUBLE_QUOTE = 34;
export const HASH = 35;
export const PERCENT = 37;
export const SINGLE_QUOTE = 39;
export const PLUS = 43;
export const COMMA = 44;
export const DASH = 45;
export const DOT = 46;
export const ZERO = 48;
export const NINE = 57;
export const COLON = 58;
export const GREATER = 62;
export const QUESTION = 63;
export const OPEN_BRACKET = 91;
export const BACKSLASH = 92;
export const CLOSE_BRACKET = 93;
export const OPEN_BRACE = 123;
export const PIPE = 124;
export const CLOSE_BRACE = 125;

/** Space or line break: what must follow `-`, `?` and `:` for them to be indicators. */
export function isGap(code: number): boolean {
  return code === SPACE || code === LF;
}

/** `[`, `]`, `{`, `}` or `,`. */
export function isFlowIndicator(code: number): boolean {
  return (
    code === COMMA ||
    code === CLOSE_BRACKET ||
    code === CLOSE_BRACE ||
    code === OPEN_BRACKET ||
    code === OPEN_BRACE
  );
}

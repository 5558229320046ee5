import type { Code } from '../../rules/codes.ts';

type Capital =
  | ('A' | 'B' | 'C' | 'D' | 'E' | 'F' | 'G' | 'H' | 'I' | 'J' | 'K' | 'L' | 'M')
  | ('N' | 'O' | 'P' | 'Q' | 'R' | 'S' | 'T' | 'U' | 'V' | 'W' | 'X' | 'Y' | 'Z');
type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9';

type WithoutCapitals<C extends string> = C extends `${Capital}${infer Rest}` ? WithoutCapitals<Rest> : C;
type IsHouseCode<C extends string> = C extends `${Capital}${Capital}${string}`
  ? WithoutCapitals<C> extends `${Digit}${Digit}${Digit}${Digit}`
    ? true
    : false
  : false;

/**
 * The codes that a rule may have, judged by the one it has: one of the table, or in plugins a prefix of two or more
 * capitals and four digits, as `ACME0001`. What begins with IST is a code of the table or none.
 */
export type CodeOf<C extends string> = string extends C
  ? string
  : C extends `IST${string}`
    ? Code
    : IsHouseCode<C> extends true
      ? C
      : Code | 'two or more capitals, never IST, and four digits: ACME0001';

/** The same for those who write no types. */
export function isHouseCode(code: string): boolean {
  return /^(?!IST)[A-Z]{2,}[0-9]{4}$/.test(code);
}

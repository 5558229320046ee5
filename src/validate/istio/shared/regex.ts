import { type Fault, quoted } from './fault.ts';
import { findRegexProblem } from './re2.ts';

/** A regular expression for the proxy, which reads RE2 (`validateStringRegexp`, config/validation). */
export function regexFault(text: string): Fault | undefined {
  if (text === '')
    return { problem: 'The regular expression is empty', help: 'Write an expression, .* for everything' };
  // istiod counts bytes; a character has one at least.
  if (text.length > 256 && new TextEncoder().encode(text).length > 1024) {
    return {
      problem: `The regular expression has more than 1024 bytes`,
      help: 'Shorten it, or split the match',
    };
  }
  return regexSyntaxFault(text);
}

/** The syntax alone, for expressions that may be empty or long. */
export function regexSyntaxFault(text: string): Fault | undefined {
  const problem = findRegexProblem(text);
  if (problem === undefined) return undefined;
  return {
    problem: `The regular expression ${quoted(text)} is not valid: ${problem}`,
    help: 'Use the syntax of RE2, which has no lookaround and no backreferences',
  };
}

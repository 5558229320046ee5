import { isClaimKey } from '../../../model/claim-key.ts';
import { type Fault, quoted } from './fault.ts';

const token = /^[!#$%&'*+\-.^_`|~A-Za-z0-9]+$/;
const strict = /^[-_A-Za-z0-9]+$/;
const probe = /^[-A-Za-z0-9]+$/;
const pseudo: ReadonlySet<string> = new Set([':method', ':scheme', ':authority', ':path', ':status']);
const tokenHelp = 'Use letters, digits and dashes';

function named(name: string, right: boolean, help = tokenHelp): Fault | undefined {
  if (right) return undefined;
  return { problem: name === '' ? 'The header name is empty' : `${quoted(name)} is not a header name`, help };
}

/** A header to match by: a token, a pseudo header, or a claim of a JWT (`ValidateHTTPHeaderNameOrJwtClaimRoute`). */
export function matchedHeaderFault(name: string): Fault | undefined {
  return named(name, pseudo.has(name) || token.test(name) || isClaimKey(name));
}

/** A header of letters, digits, dashes and underscores only (`ValidateStrictHTTPHeaderName`). */
export function strictHeaderFault(name: string): Fault | undefined {
  return named(name, strict.test(name), 'Use letters, digits, dashes and underscores');
}

/** A header that a probe sends (`ValidateProbeHeaderName`). */
export function probeHeaderFault(name: string): Fault | undefined {
  return named(name, probe.test(name));
}

/** A header in the lists of a CORS policy; `*` stands for all (`ValidateCORSHTTPHeaderName`). */
export function corsHeaderFault(name: string): Fault | undefined {
  return named(name, token.test(name));
}

/** Whether a header is the one that names the host asked for. */
export function isAuthorityHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return lower === ':authority' || lower === 'host';
}

// Control characters other than the tab.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const control = /[\u0000-\u0008\u000a-\u001f\u007f]/;

/**
 * Text with `%%` for a percent sign, and variables: `%NAME%`, `%NAME(text)%` or `%NAME(["text", "text"])%`, with
 * backslashes before what is not to end a text (`validateHeaderValue`, config/validation). At each character only one
 * branch fits, so that matching takes one pass.
 */
const format =
  /^(?:[^%]|%%|%(?!%)[^%(]*(?:%|\( *(?:\[ *"|[^ [])(?:\\.|[^\\)"])*(?:" *, *"(?:\\.|[^\\)"])*)*(?:\)|" *\] *\)) *%))*$/;

/** A header value, in which the proxy fills in variables (`ValidateHTTPHeaderValue`, config/validation). */
export function headerValueFault(value: string): Fault | undefined {
  if (control.test(value)) {
    return {
      problem: `The header value ${quoted(value)} has a control character in it`,
      help: 'Take line breaks and other control characters out',
    };
  }
  if (!value.includes('%') || format.test(value)) return undefined;
  return {
    problem: `The header value ${quoted(value)} has a % that begins no whole variable`,
    help: 'Write %NAME% or %NAME(argument)% for a variable, and %% for a percent sign',
  };
}

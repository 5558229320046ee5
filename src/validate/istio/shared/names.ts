import { type Fault, quoted } from './fault.ts';

const label = /^[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?$/;
const wildcardLabel = /^\*(?:-?[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?)?$/;

/** Whether a text is a DNS label, in Istio's sense: capitals too (`IsDNS1123Label`, pkg/config/labels). */
export function isDnsLabel(text: string): boolean {
  return text.length <= 63 && label.test(text);
}

/** A DNS label, or one that begins with `*` or `*-` (`IsWildcardDNS1123Label`, pkg/config/labels). */
export function isWildcardLabel(text: string): boolean {
  return text.startsWith('*') ? text.length <= 63 && wildcardLabel.test(text) : isDnsLabel(text);
}

/** Checks a name that must be a DNS label; `what` names it: "subset name". */
export function labelNameFault(text: string, what: string): Fault | undefined {
  if (isDnsLabel(text)) return undefined;
  return {
    problem: text === '' ? `The ${what} is empty` : `${quoted(text)} is not a valid ${what}`,
    help: 'Use letters, digits and dashes only, at most 63, with a letter or digit at both ends',
  };
}

/** A value of an enum; `what` names the field. A missing value is right. */
export function enumFault(
  value: string | undefined,
  known: readonly string[],
  what: string,
): Fault | undefined {
  if (value === undefined || known.includes(value)) return undefined;
  return {
    problem: `${what} has no value ${quoted(value)}`,
    help: `Write ${known.length < 2 ? '' : 'one of '}${known.join(', ')}`,
  };
}

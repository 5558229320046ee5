import type { HttpMatch, StringMatch } from '../../model/kinds.gen.ts';
import type { ValueReport } from '../value-check.ts';
import { domainFault } from './shared/domains.ts';
import { type Fault, quoted, refuse } from './shared/fault.ts';
import { matchedHeaderFault } from './shared/headers.ts';
import { checkLabels } from './shared/labels.ts';
import { isDnsLabel, labelNameFault } from './shared/names.ts';
import { checkOneOf } from './shared/one-of.ts';
import { portFault } from './shared/ports.ts';
import { regexFault } from './shared/regex.ts';

/** `validateHTTPRouteMatchRequest` of config/validation. */
export function checkHttpMatch(report: ValueReport, match: HttpMatch): void {
  const { headers, withoutHeaders, uri, scheme, method, authority, queryParams } = match;
  for (const name in headers) {
    refuse(report, headers, name, matchedHeaderFault(name));
    checkStringMatch(report, headers[name]);
  }
  for (const name in withoutHeaders) {
    refuse(report, withoutHeaders, name, matchedHeaderFault(name));
    // `*` means that the header is there with any value.
    if (withoutHeaders[name]?.regex !== '*') checkStringMatch(report, withoutHeaders[name]);
  }
  checkStringMatch(report, uri, true);
  for (const text of [scheme, method, authority]) checkStringMatch(report, text);
  for (const name in queryParams) checkStringMatch(report, queryParams[name]);
  checkMatchSource(report, match);
  if (match.sourceNamespace) {
    refuse(report, match, 'sourceNamespace', labelNameFault(match.sourceNamespace, 'namespace'));
  }
}

interface MatchSource {
  readonly port?: number;
  readonly sourceLabels?: Readonly<Record<string, string>>;
  readonly gateways?: readonly string[];
}

/** What matches of all protocols have. */
export function checkMatchSource(report: ValueReport, match: MatchSource): void {
  // Zero is as good as no port.
  if (match.port) refuse(report, match, 'port', portFault(match.port));
  checkLabels(report, match.sourceLabels);
  checkGatewayNames(report, match.gateways ?? []);
}

/** A text to match; only of the path may the prefix be empty (`validateStringMatch`, config/validation). */
function checkStringMatch(
  report: ValueReport,
  match: StringMatch | undefined,
  prefixMayBeEmpty = false,
): void {
  if (match === undefined) return;
  checkOneOf(report, match, ['exact', 'prefix', 'regex']);
  if (match.prefix === '' && !prefixMayBeEmpty) {
    report.error(match, 'prefix', 'The prefix to match is empty', 'Write a prefix, or leave the match out');
  }
  if (match.regex !== undefined) refuse(report, match, 'regex', regexFault(match.regex));
}

/** `validateGatewayNames` of config/validation, which stops at the first name without a slash; this goes on. */
export function checkGatewayNames(report: ValueReport, gateways: readonly string[]): void {
  for (const [index, gateway] of gateways.entries()) {
    const slash = gateway.indexOf('/');
    if (slash === -1) {
      const right = refuse(report, gateways, index, domainFault(gateway));
      if (right && gateway.includes('.')) warnOfDots(report, gateways, index);
    } else {
      refuse(report, gateways, index, gatewayNameFault(gateway.slice(0, slash), gateway.slice(slash + 1)));
    }
  }
}

function warnOfDots(report: ValueReport, gateways: readonly string[], index: number): void {
  const [name = '', namespace = ''] = (gateways[index] ?? '').split('.');
  report.warning(
    gateways,
    index,
    `${quoted(gateways[index] ?? '')} names a gateway the old way, with dots`,
    `Write ${namespace}/${name}`,
  );
}

function gatewayNameFault(namespace: string, name: string): Fault | undefined {
  const written = quoted(`${namespace}/${name}`);
  const help = 'Write namespace/name, or the name alone for a Gateway of this namespace';
  if (namespace === '') return { problem: `${written} lacks a namespace before the slash`, help };
  if (name === '') return { problem: `${written} lacks a name after the slash`, help };
  if (!isDnsLabel(namespace))
    return { problem: `${quoted(namespace)} in ${written} is not a namespace`, help };
  if (!isDnsLabel(name))
    return { problem: `${quoted(name)} in ${written} is not the name of a Gateway`, help };
  return undefined;
}

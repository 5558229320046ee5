import type { VirtualServiceHttp } from '../../model/kinds.gen.ts';
import type { ValueReport } from '../value-check.ts';
import { type Fault, quoted, refuse } from './shared/fault.ts';
import { checkOneOf } from './shared/one-of.ts';
import { portFault } from './shared/ports.ts';
import { regexFault } from './shared/regex.ts';

/** `validateHTTPRedirect` of config/validation; all that is wrong at once. */
export function checkRedirect(report: ValueReport, { redirect, match = [] }: VirtualServiceHttp): void {
  if (redirect === undefined) return;
  const { uri, prefixRewrite, authority, port, derivePort, scheme, redirectCode } = redirect;
  if (uri && prefixRewrite) {
    report.error(
      redirect,
      'prefixRewrite',
      'uri and prefixRewrite are both set',
      'Keep uri or prefixRewrite',
    );
  }
  if (prefixRewrite && match.some((one) => one.uri !== undefined && one.uri.prefix === undefined)) {
    report.error(
      redirect,
      'prefixRewrite',
      'prefixRewrite replaces the prefix that was matched, and a match of this route has none',
      'Match uri by prefix in every match, or write uri',
    );
  }
  if (!uri && !prefixRewrite && !authority && !scheme && port === undefined && derivePort === undefined) {
    report.error(
      redirect,
      undefined,
      'The redirect changes nothing, so it would lead back to where it came from',
      'Set uri, prefixRewrite, authority, scheme or port',
    );
  }
  if (redirectCode && (redirectCode < 300 || redirectCode > 399)) {
    const help = 'Write 301, 302, 303, 307 or 308';
    report.error(redirect, 'redirectCode', `${redirectCode} is not the status of a redirect`, help);
  }
  if (scheme && scheme !== 'http' && scheme !== 'https') {
    report.error(
      redirect,
      'scheme',
      `${quoted(scheme)} is not a scheme to redirect to`,
      'Write http or https',
    );
  }
  checkOneOf(report, redirect, ['port', 'derivePort']);
  if (port) refuse(report, redirect, 'port', portFault(port));
}

/** `validateHTTPRewrite` of config/validation. */
export function checkRewrite(report: ValueReport, rewrite: VirtualServiceHttp['rewrite']): void {
  if (rewrite === undefined) return;
  const { uri, uriRegexRewrite, authority } = rewrite;
  if (uriRegexRewrite === undefined) {
    if (uri || authority) return;
    report.error(rewrite, undefined, 'The rewrite changes nothing', 'Set uri, uriRegexRewrite or authority');
    return;
  }
  if (uri) {
    report.error(
      rewrite,
      'uriRegexRewrite',
      'uri and uriRegexRewrite are both set',
      'Keep uri or uriRegexRewrite',
    );
  }
  for (const key of ['match', 'rewrite'] as const) {
    if (uriRegexRewrite[key]) continue;
    report.error(
      uriRegexRewrite,
      key,
      `uriRegexRewrite has no ${key}`,
      'Set match, the expression to look for, and rewrite, what to put there',
    );
  }
  if (uriRegexRewrite.match) refuse(report, uriRegexRewrite, 'match', regexFault(uriRegexRewrite.match));
}

const kibibyte = 1024;

/** `validateHTTPDirectResponse` of config/validation. */
export function checkDirectResponse(
  report: ValueReport,
  response: VirtualServiceHttp['directResponse'],
): void {
  if (response === undefined) return;
  const { body, status = 0 } = response;
  refuse(report, response, 'status', statusFault(status));
  if (body === undefined) return;
  checkOneOf(report, body, ['string', 'bytes']);
  const [key, size] =
    body.string === undefined
      ? (['bytes', Math.floor(((body.bytes ?? '').replace(/=+$/, '').length * 3) / 4)] as const)
      : (['string', new TextEncoder().encode(body.string).length] as const);
  const problem = `The body has ${Math.ceil(size / kibibyte)} KiB, which every proxy has to be sent`;
  if (size > kibibyte * kibibyte) {
    report.error(body, key, problem, 'Keep it below 1 MiB, or serve it from a workload');
  } else if (size > 100 * kibibyte) {
    report.warning(body, key, problem, 'Keep it below 100 KiB, or serve it from a workload');
  }
}

/** `validateHTTPStatus` of config/validation. */
export function statusFault(status: number): Fault | undefined {
  if (status >= 200 && status <= 600) return undefined;
  return {
    problem: status === 0 ? 'The status is missing' : `${status} is not a status to answer with`,
    help: 'Write an HTTP status from 200 to 599',
  };
}

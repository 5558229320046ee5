import type { VirtualServiceHttp } from '../../model/kinds.gen.ts';
import type { ValueReport } from '../value-check.ts';
import { checkDestination, checkTarget, checkWeights } from './shared/destination.ts';
import { durationFault } from './shared/durations.ts';
import { refuse } from './shared/fault.ts';
import { checkHeaderChanges } from './shared/header-changes.ts';
import { isAuthorityHeader } from './shared/headers.ts';
import { percentFault } from './shared/numbers.ts';
import { checkOneOf } from './shared/one-of.ts';
import { checkDirectResponse, checkRedirect, checkRewrite } from './virtual-service-answers.ts';
import { checkHttpMatch } from './virtual-service-match.ts';
import { checkCors, checkFault, checkRetries } from './virtual-service-policies.ts';

/** `validateHTTPRoute` of config/validation. */
export function checkHttpRoute(report: ValueReport, route: VirtualServiceHttp, isDelegate: boolean): void {
  if (route.delegate !== undefined && !isDelegate) checkDelegatingRoute(report, route);
  else checkAnswer(report, route, isDelegate);
  for (const match of route.match ?? []) checkHttpMatch(report, match);
  checkHeaderChanges(report, route.headers);
  checkCors(report, route.corsPolicy);
  checkFault(report, route, route.fault);
  checkMirroring(report, route);
  checkRedirect(report, route);
  checkDirectResponse(report, route.directResponse);
  checkRetries(report, route.retries);
  checkRewrite(report, route.rewrite);
  checkAuthority(report, route);
  for (const entry of route.route ?? []) {
    checkDestination(report, entry, entry.destination);
    checkHeaderChanges(report, entry.headers);
  }
  checkWeights(report, route.route ?? []);
  if (route.timeout !== undefined) refuse(report, route, 'timeout', durationFault(route.timeout));
}

/** A route that delegates leaves it to the other VirtualService where the requests go. */
function checkDelegatingRoute(report: ValueReport, route: VirtualServiceHttp): void {
  for (const key of ['redirect', 'route'] as const) {
    if (key === 'route' ? (route.route ?? []).length === 0 : route[key] === undefined) continue;
    report.error(
      route,
      key,
      `The route delegates, so it cannot have a ${key} of its own`,
      `Put the ${key} into the VirtualService it delegates to`,
    );
  }
}

/** A route has one answer to requests: destinations, a redirect or a response (`validateHTTPRouteConflict`). */
function checkAnswer(report: ValueReport, route: VirtualServiceHttp, isDelegate: boolean): void {
  if (isDelegate && route.delegate !== undefined) {
    report.error(
      route,
      'delegate',
      'A VirtualService that is delegated to cannot delegate again',
      'Take delegate away, and route to a destination',
    );
  }
  checkOneOf(report, route, ['mirror', 'mirrors']);
  const { redirect, directResponse, route: destinations = [] } = route;
  if (redirect === undefined && directResponse === undefined) {
    if (destinations.length > 0) return;
    report.error(route, 'route', 'The route leads nowhere', 'Add route, redirect or directResponse');
    return;
  }
  const answer = redirect === undefined ? 'directResponse' : 'redirect';
  const others = ['route', 'fault', 'rewrite', 'directResponse'] as const;
  for (const key of others) {
    if (key === answer || (key === 'route' ? destinations.length === 0 : route[key] === undefined)) continue;
    report.error(route, key, `${key} and ${answer} are both set`, `Keep ${key} or ${answer}`);
  }
}

function checkMirroring(report: ValueReport, route: VirtualServiceHttp): void {
  const { mirror, mirrors = [], mirrorPercentage } = route;
  for (const key of ['mirrorPercent', 'mirror_percent'] as const) {
    const percent = route[key];
    if (percent === undefined) continue;
    refuse(report, route, key, percentFault(percent));
    report.warning(
      route,
      key,
      `${key} is deprecated`,
      'Write mirrorPercentage, with the number as its value',
    );
  }
  if (mirrorPercentage?.value !== undefined) {
    refuse(report, mirrorPercentage, 'value', percentFault(mirrorPercentage.value));
  }
  if (mirror !== undefined) checkTarget(report, mirror);
  for (const entry of mirrors) {
    checkDestination(report, entry, entry.destination);
    const { percentage } = entry;
    if (percentage?.value !== undefined) refuse(report, percentage, 'value', percentFault(percentage.value));
  }
}

/** The host that is asked for can be written over once (`validateAuthorityRewrite`). */
function checkAuthority(report: ValueReport, { rewrite, headers }: VirtualServiceHttp): void {
  let first = rewrite?.authority ? 'rewrite.authority' : undefined;
  for (const part of ['set', 'add'] as const) {
    const changes = headers?.request?.[part];
    for (const name in changes) {
      if (!isAuthorityHeader(name)) continue;
      const field = `headers.request.${part}`;
      if (first !== undefined) {
        report.error(
          changes,
          name,
          `The host of the request is changed twice, by ${first} and by ${name} under ${field}`,
          'Keep one of them',
        );
      }
      first ??= `${name} under ${field}`;
    }
  }
}

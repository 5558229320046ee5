import type { HttpRetry, VirtualServiceHttp } from '../../model/kinds.gen.ts';
import type { ValueReport } from '../value-check.ts';
import { durationFault, parseDuration } from './shared/durations.ts';
import { type Fault, quoted, refuse, refuseEach } from './shared/fault.ts';
import { corsHeaderFault } from './shared/headers.ts';
import { fractionFault, negativeFault } from './shared/numbers.ts';
import { checkOneOf } from './shared/one-of.ts';
import { regexFault } from './shared/regex.ts';
import { statusFault } from './virtual-service-answers.ts';

const corsMethods: ReadonlySet<string> = new Set(
  'GET HEAD POST PUT PATCH DELETE CONNECT OPTIONS TRACE *'.split(' '),
);

/** `validateCORSPolicy` of config/validation. */
export function checkCors(report: ValueReport, policy: VirtualServiceHttp['corsPolicy']): void {
  if (policy === undefined) return;
  const { allowOrigins, allowMethods, allowHeaders, exposeHeaders, maxAge } = policy;
  for (const origin of allowOrigins ?? []) {
    checkOneOf(report, origin, ['exact', 'prefix', 'regex']);
    if (!origin.exact && !origin.prefix && !origin.regex) {
      report.error(origin, undefined, 'The allowed origin is empty', 'Set exact, prefix or regex');
    } else if (origin.regex) {
      refuse(report, origin, 'regex', regexFault(origin.regex));
    }
  }
  refuseEach(report, allowMethods, corsMethodFault);
  refuseEach(report, allowHeaders, corsHeaderFault);
  refuseEach(report, exposeHeaders, corsHeaderFault);
  if (maxAge === undefined) return;
  if (!refuse(report, policy, 'maxAge', durationFault(maxAge)) || (parseDuration(maxAge) ?? 0) % 1e9 === 0)
    return;
  report.error(policy, 'maxAge', `maxAge ${quoted(maxAge)} has a part of a second`, 'Use whole seconds');
}

function corsMethodFault(method: string): Fault | undefined {
  if (corsMethods.has(method)) return undefined;
  const upper = method.toUpperCase();
  return {
    problem: `${quoted(method)} is not an HTTP method that can be allowed`,
    help: corsMethods.has(upper) ? `Write ${upper}` : 'Write a method such as GET, in capitals',
  };
}

/** `validateHTTPFaultInjection` of config/validation. */
export function checkFault(report: ValueReport, owner: object, fault: VirtualServiceHttp['fault']): void {
  if (fault === undefined) return;
  const { abort, delay } = fault;
  if (abort === undefined && delay === undefined) {
    report.error(owner, 'fault', 'The fault is empty', 'Add abort, delay or both');
  }
  if (abort !== undefined) {
    checkPercentage(report, abort.percentage);
    checkAbort(report, fault, abort);
  }
  if (delay === undefined) return;
  checkPercentage(report, delay.percentage);
  checkOneOf(report, delay, ['fixedDelay', 'exponentialDelay']);
  if (delay.fixedDelay !== undefined) refuse(report, delay, 'fixedDelay', durationFault(delay.fixedDelay));
  if (delay.exponentialDelay !== undefined) {
    report.error(delay, 'exponentialDelay', 'Istio has no exponential delays', 'Write fixedDelay');
  }
}

type Abort = NonNullable<NonNullable<VirtualServiceHttp['fault']>['abort']>;

function checkAbort(report: ValueReport, owner: object, abort: Abort): void {
  const { grpcStatus, http2Error, httpStatus } = abort;
  checkOneOf(report, abort, ['httpStatus', 'grpcStatus', 'http2Error']);
  if (grpcStatus !== undefined) refuse(report, abort, 'grpcStatus', grpcStatusFault(grpcStatus));
  if (httpStatus !== undefined) refuse(report, abort, 'httpStatus', statusFault(httpStatus));
  if (http2Error !== undefined) {
    report.error(
      abort,
      'http2Error',
      'Istio cannot abort with errors of HTTP/2',
      'Write httpStatus or grpcStatus',
    );
  }
  if (grpcStatus === undefined && http2Error === undefined && httpStatus === undefined) {
    report.warning(
      owner,
      'abort',
      'The abort does not say what to answer with',
      'Set httpStatus or grpcStatus',
    );
  }
}

const grpcStatuses: ReadonlySet<string> = new Set(
  (
    'OK CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED ' +
    'RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS ' +
    'UNAUTHENTICATED'
  ).split(' '),
);

function grpcStatusFault(status: string): Fault | undefined {
  if (grpcStatuses.has(status)) return undefined;
  const upper = status.toUpperCase().replaceAll('-', '_');
  return {
    problem: `${quoted(status)} is not a status of gRPC`,
    help: grpcStatuses.has(upper) ? `Write ${upper}` : 'Write the name of a status, such as UNAVAILABLE',
  };
}

function checkPercentage(report: ValueReport, percentage: { readonly value?: number } | undefined): void {
  if (percentage?.value !== undefined) refuse(report, percentage, 'value', fractionFault(percentage.value));
}

const retryConditions: ReadonlySet<string> = new Set(
  (
    '5xx gateway-error reset reset-before-request connect-failure retriable-4xx refused-stream ' +
    'retriable-status-codes retriable-headers envoy-ratelimited http3-post-connect-failure ' +
    'cancelled deadline-exceeded internal resource-exhausted unavailable'
  ).split(' '),
);
/** Statuses that have a name (Go's `http.StatusText`). */
const status = /^(?:10[0-3]|20[0-8]|226|30[0-578]|40\d|41[0-8]|42[1-689]|431|451|50[0-8]|51[01])$/;

/** `ValidateHTTPRetry` of config/validation/agent. */
export function checkRetries(report: ValueReport, retries: HttpRetry | undefined): void {
  if (retries === undefined) return;
  const { attempts = 0, perTryTimeout, retryOn, retryRemoteLocalities, backoff } = retries;
  refuse(report, retries, 'attempts', negativeFault(attempts, 'The number of attempts'));
  if (attempts === 0 && (perTryTimeout !== undefined || retryOn || retryRemoteLocalities !== undefined)) {
    report.error(
      retries,
      retries.attempts === undefined ? undefined : 'attempts',
      'Without attempts there are no retries, and the other settings of retries have no place',
      'Set attempts to 1 or more, or leave nothing but attempts: 0',
    );
  }
  for (const key of ['perTryTimeout', 'backoff'] as const) {
    const value = key === 'backoff' ? backoff : perTryTimeout;
    if (value !== undefined) refuse(report, retries, key, durationFault(value));
  }
  for (const condition of retryOn ? retryOn.split(',') : []) {
    if (retryConditions.has(condition) || status.test(condition)) continue;
    refuse(report, retries, 'retryOn', conditionFault(condition));
  }
}

function conditionFault(condition: string): Fault {
  const known = condition.trim();
  if (known !== condition && (status.test(known) || retryConditions.has(known))) {
    return {
      problem: `retryOn has spaces around ${quoted(known)}`,
      help: 'Separate the conditions by commas alone',
    };
  }
  return {
    problem:
      known === '' ? 'retryOn has an empty condition' : `${quoted(known)} is not a condition to retry on`,
    help: 'Write conditions such as 5xx, connect-failure or a status, separated by commas',
  };
}

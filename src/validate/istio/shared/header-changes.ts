import type { HeaderChange, HeaderChanges } from '../../../model/kinds.gen.ts';
import type { ValueReport } from '../../value-check.ts';
import { type Fault, quoted, refuse, refuseEach } from './fault.ts';
import { headerValueFault, isAuthorityHeader } from './headers.ts';

/** Checks the headers that a route or destination adds, sets and removes. */
export function checkHeaderChanges(report: ValueReport, changes: HeaderChanges | undefined): void {
  if (changes === undefined) return;
  checkSide(report, changes.request, authorityOrPlainFault);
  checkSide(report, changes.response, plainHeaderFault);
}

function checkSide(
  report: ValueReport,
  change: HeaderChange | undefined,
  nameFault: (name: string) => Fault | undefined,
): void {
  if (change === undefined) return;
  for (const headers of [change.add, change.set]) {
    for (const name in headers) {
      refuse(report, headers, name, nameFault(name));
      refuse(report, headers, name, headerValueFault(headers[name] ?? ''));
    }
  }
  refuseEach(report, change.remove, plainHeaderFault);
}

/** Requests may be given another host (`ValidateHTTPHeaderWithAuthorityOperationName`, config/validation). */
function authorityOrPlainFault(name: string): Fault | undefined {
  return isAuthorityHeader(name) ? undefined : plainHeaderFault(name);
}

/** A header that may be changed at will (`ValidateHTTPHeaderOperationName`, config/validation). */
function plainHeaderFault(name: string): Fault | undefined {
  if (name === '') return { problem: 'The header name is empty', help: 'Name the header' };
  if (isAuthorityHeader(name)) {
    return {
      problem: `${quoted(name)} cannot be changed here`,
      help: 'Set it under headers.request.set, or use rewrite.authority',
    };
  }
  if (!name.startsWith(':')) return undefined;
  return {
    problem: `${quoted(name)} is a pseudo header, which cannot be changed`,
    help: 'Name an ordinary header',
  };
}

import type { ValueReport } from '../../value-check.ts';
import { ipFault, unixPathFault } from './addresses.ts';
import { refuse } from './fault.ts';

const unixScheme = 'unix://';

/** Whether an address is a Unix domain socket. */
export function isUnixSocket(address: string): boolean {
  return address.startsWith(unixScheme);
}

/** Checks `unix://` and a path under a key. */
export function checkUnixSocket(report: ValueReport, owner: object, key: string, address: string): void {
  refuse(report, owner, key, unixPathFault(address.slice(unixScheme.length)));
}

/** Checks the address that a listener binds to, if it has one. */
export function checkBindAddress(report: ValueReport, owner: object, bind: string | undefined): void {
  if (bind) refuse(report, owner, 'bind', ipFault(bind));
}

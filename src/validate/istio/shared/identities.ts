import type { ValueReport } from '../../value-check.ts';
import { type Fault, quoted, refuseEach } from './fault.ts';

/** A text of a list that must not be empty (`CheckEmptyValues`, pkg/config/security). */
export function emptyFault(value: string): Fault | undefined {
  if (value !== '') return undefined;
  return { problem: 'The value is empty', help: 'Write a value, or drop the entry' };
}

/** A service account, `name` or `namespace/name` (`CheckServiceAccount`, pkg/config/security). */
export function serviceAccountFault(value: string): Fault | undefined {
  if (value === '') return emptyFault(value);
  if (value.includes('*')) {
    return {
      problem: `The service account ${quoted(value)} has a wildcard`,
      help: 'Name each service account, or use `principals`, where * may stand at either end',
    };
  }
  if (value.length > 320) {
    return {
      problem: `The service account ${quoted(value)} is ${value.length} characters long`,
      help: 'A namespace and a service account have at most 320 characters together',
    };
  }
  const parts = value.split('/');
  if (parts.length <= 2 && !parts.includes('')) return undefined;
  return {
    problem: `${quoted(value)} is not a service account`,
    help: 'Write its name, or its namespace and name as namespace/name',
  };
}

/** Service accounts, of which a list has at most 16. */
export function checkServiceAccounts<K extends string>(
  owner: { readonly [key in K]?: readonly string[] },
  key: K,
  report: ValueReport,
): void {
  const values: readonly string[] | undefined = owner[key];
  refuseEach(report, values, serviceAccountFault);
  if (values === undefined || values.length <= 16) return;
  report.error(
    owner,
    key,
    `There are ${values.length} service accounts in one list, and it takes at most 16`,
    'Spread them over several `source` entries',
  );
}

/** A value with `*` at most at one end, or `*` alone (`CheckWildcardValues`, pkg/config/security). */
export function wildcardFault(value: string): Fault | undefined {
  if (value === '') return emptyFault(value);
  const stars = value.split('*').length - 1;
  if (stars === 0 || (stars === 1 && (value.startsWith('*') || value.endsWith('*')))) return undefined;
  return {
    problem: `${quoted(value)} has a wildcard that is not understood`,
    help: 'Write a single * at the start or at the end',
  };
}

/** A trust domain, with `*` at one end perhaps (`CheckTrustDomainValues`, pkg/config/security). */
export function trustDomainFault(value: string): Fault | undefined {
  const fault = wildcardFault(value);
  if (fault !== undefined || !value.includes('/')) return fault;
  return {
    problem: `${quoted(value)} is more than a trust domain`,
    help: `Write ${quoted(value.slice(0, value.indexOf('/')))}, or use \`principals\` for whole identities`,
  };
}

/** A port as a text of digits (`ValidatePorts`, pkg/config/security). */
export function portTextFault(value: string): Fault | undefined {
  if (/^\d+$/.test(value) && Number(value) <= 65535) return undefined;
  return {
    problem: value === '' ? 'The port is empty' : `${quoted(value)} is not a port number`,
    help: 'Write a number up to 65535, in quotes',
  };
}

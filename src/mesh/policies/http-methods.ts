import { nearestName } from '../../model/near.ts';
import { authorizationMatch } from './authorization-values.ts';

/** What is wrong with a method, and what to write instead. */
export interface MethodFault {
  readonly kind: 'case' | 'path' | 'misspelt' | 'unknown';
  readonly suggestion: string;
}

/** The methods of HTTP, those of WebDAV and of versioning included (IANA's registry of methods). */
const methods: readonly string[] = [
  ...['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY', 'PRI'],
  ...['ACL', 'BASELINE-CONTROL', 'BIND', 'CHECKIN', 'CHECKOUT', 'COPY', 'LABEL', 'LINK', 'LOCK', 'MERGE'],
  ...['MKACTIVITY', 'MKCALENDAR', 'MKCOL', 'MKREDIRECTREF', 'MKWORKSPACE', 'MOVE', 'ORDERPATCH', 'PROPFIND'],
  ...['PROPPATCH', 'REBIND', 'REPORT', 'SEARCH', 'UNBIND', 'UNCHECKOUT', 'UNLINK', 'UNLOCK', 'UPDATE'],
  ...['UPDATEREDIRECTREF', 'VERSION-CONTROL'],
];
/** Those that a slip of the hand is likely meant for. */
const common = methods.slice(0, 9);

/**
 * What is wrong with a value that is compared with the method of a request, which may begin or end with `*`
 * (`methodGenerator` in pilot/pkg/security/authz/model/generator.go; Envoy takes the letters as they are).
 */
export function methodFault(value: string): MethodFault | undefined {
  if (value === '' || methods.some(authorizationMatch(value))) return undefined;
  const bare = value.startsWith('*') ? value.slice(1) : value.replace(/\*$/, '');
  if (/[/.]/.test(bare)) return { kind: 'path', suggestion: asPath(value) };
  const upper = value.toUpperCase();
  if (upper !== value) return { kind: 'case', suggestion: nearestName(upper, common) ?? upper };
  const near = bare === value ? nearestName(value, common) : undefined;
  return near === undefined ? { kind: 'unknown', suggestion: '' } : { kind: 'misspelt', suggestion: near };
}

/** `shop.Orders/List` as the path of the request. */
function asPath(value: string): string {
  return value.startsWith('/') || value.startsWith('*') ? value : `/${value}`;
}

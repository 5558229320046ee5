import type { Resource } from '../../graph/resource.ts';

/** A value that stands for an issuer and a subject, which is written `issuer/subject`. */
export interface RequestPrincipal {
  /** The list as written, and the place in it. */
  readonly values: readonly string[];
  readonly index: number;
  readonly value: string;
}

/** What a policy has in it that compares such a value. */
export const requestPrincipalFields = [
  'requestPrincipals',
  'notRequestPrincipals',
  'request.auth.principal',
] as const;

/** Every value that is compared with the identity that a token gives. */
export function* requestPrincipals({ spec }: Resource<'AuthorizationPolicy'>): Iterable<RequestPrincipal> {
  for (const { from = [], when = [] } of spec.rules ?? []) {
    for (const { source } of from) {
      yield* listed(source?.requestPrincipals);
      yield* listed(source?.notRequestPrincipals);
    }
    for (const condition of when) {
      if (condition.key !== 'request.auth.principal') continue;
      yield* listed(condition.values);
      yield* listed(condition.notValues);
    }
  }
}

function* listed(values: readonly string[] = []): Iterable<RequestPrincipal> {
  for (const [index, value] of values.entries()) yield { values, index, value };
}

/** Why no token has such an identity. */
export type RequestPrincipalFault =
  /** There is no subject. */
  | 'subject'
  /** It is the identity of a workload, which comes from its certificate. */
  | 'workload';

/**
 * What is wrong with the value, if no token can match it. The last slash parts issuer and subject; a wildcard at either end
 * needs none (`requestPrincipalGenerator` in pilot/pkg/security/authz/model/generator.go).
 */
export function requestPrincipalFault(
  value: string,
  issuers: ReadonlySet<string>,
): RequestPrincipalFault | undefined {
  if (isWorkloadIdentity(value)) return 'workload';
  const slash = value.lastIndexOf('/');
  const isWildcard = value.startsWith('*') || value.endsWith('*');
  if (slash < 0) return isWildcard || value === '' ? undefined : 'subject';
  if (slash === value.length - 1) return 'subject';
  if (isWildcard) return undefined;
  // An URL whose last slash is part of `https://` or of its own path.
  return /^https?:\/\/[^/]*$/.test(value) || issuers.has(value) ? 'subject' : undefined;
}

/** Whether a value reads like the identity of a workload: `<trust domain>/ns/<namespace>/sa/<account>`. */
export function isWorkloadIdentity(value: string): boolean {
  return /(?:^|\/)ns\/[^/]+\/sa\/[^/]+$/.test(value);
}

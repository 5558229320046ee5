import type { AuthorizationRule, AuthorizationSource } from './kinds.gen.ts';

/** A rule that, in a policy that denies, takes every TCP connection for one that it means. */
export interface HttpDenial {
  /** What of the rule is about HTTP. */
  readonly field: 'to' | 'from';
  /** Whether its sources can be told by the connection, so that only theirs are denied. */
  readonly isBounded: boolean;
  readonly help: string;
}

/** What tells callers apart whatever they speak; the rest of a source needs HTTP. */
const ofConnections: readonly (keyof AuthorizationSource)[] = [
  'principals',
  'notPrincipals',
  'namespaces',
  'notNamespaces',
  'serviceAccounts',
  'notServiceAccounts',
  'trustDomains',
  'notTrustDomains',
  'ipBlocks',
  'notIpBlocks',
  'remoteIpBlocks',
  'notRemoteIpBlocks',
];

/**
 * A proxy leaves out of a rule what it cannot see of a TCP connection, and what is left of one that denies then fits
 * them all, unless a port bounds it (the warning of `ValidateAuthorizationPolicy`, config/validation).
 */
export function httpDenial({ from = [], to = [], when = [] }: AuthorizationRule): HttpDenial | undefined {
  const operations = to.flatMap(({ operation }) => operation ?? []);
  if (operations.some(({ ports = [], notPorts = [] }) => ports.length + notPorts.length > 0))
    return undefined;
  if (when.some(({ key }) => key === 'destination.port')) return undefined;
  const sources = from.flatMap(({ source }) => source ?? []);
  const visible = sources.filter((source) => ofConnections.some((list) => (source[list] ?? []).length > 0));
  if (operations.length === 0 && (sources.length === 0 || visible.length > 0)) return undefined;
  return {
    field: operations.length > 0 ? 'to' : 'from',
    isBounded: sources.length > 0 && visible.length === sources.length,
    help:
      operations.length > 0
        ? 'Name the HTTP ports in each operation'
        : 'Add `to` with the HTTP ports that are meant',
  };
}

import type { Resource } from '../../graph/resource.ts';
import { parseRange } from '../../model/addresses.ts';
import { type EntryTranslation, type L4Match, translateForZtunnel } from './ztunnel.ts';

/** A text that ztunnel compares: as a whole, by its beginning or end, or for being there at all. */
export type SentText =
  | { readonly exact: string }
  | { readonly prefix: string }
  | { readonly suffix: string }
  | { readonly presence: Readonly<Record<string, never>> };
export interface SentAddress {
  readonly address: readonly number[];
  readonly length: number;
}
export interface SentAccount {
  readonly namespace: string;
  readonly serviceAccount: string;
}

/** Values of one field are ORed, fields are ANDed; without any field it matches nothing. */
export interface SentMatch {
  readonly namespaces?: readonly SentText[];
  readonly notNamespaces?: readonly SentText[];
  readonly serviceAccounts?: readonly SentAccount[];
  readonly notServiceAccounts?: readonly SentAccount[];
  readonly principals?: readonly SentText[];
  readonly notPrincipals?: readonly SentText[];
  readonly sourceIps?: readonly SentAddress[];
  readonly notSourceIps?: readonly SentAddress[];
  readonly destinationIps?: readonly SentAddress[];
  readonly notDestinationIps?: readonly SentAddress[];
  readonly destinationPorts?: readonly number[];
  readonly notDestinationPorts?: readonly number[];
}

/** Its matches are ORed. */
export interface SentRule {
  readonly matches: readonly SentMatch[];
}
/** Its rules are ANDed. */
export interface SentGroup {
  readonly rules: readonly SentRule[];
}

/** A policy as ztunnel gets it (`Authorization` in pkg/workloadapi/security/authorization.proto); groups are ORed. */
export interface SentPolicy {
  readonly name: string;
  readonly namespace: string;
  readonly scope: 'GLOBAL' | 'NAMESPACE' | 'WORKLOAD_SELECTOR';
  readonly action: 'ALLOW' | 'DENY';
  readonly groups: readonly SentGroup[];
}

/**
 * What ztunnel is sent for an AuthorizationPolicy; undefined when that is nothing. Mirrors
 * `convertAuthorizationPolicy` in pilot/pkg/serviceregistry/ambient/authorization.go.
 */
export function sentPolicyOf(
  policy: Resource<'AuthorizationPolicy'>,
  rootNamespace: string,
): SentPolicy | undefined {
  const sent = translateForZtunnel(policy);
  if (sent.state === 'skipped') return undefined;
  const { name, namespace } = policy;
  const wide = namespace === rootNamespace ? 'GLOBAL' : 'NAMESPACE';
  return {
    name,
    namespace,
    scope: policy.spec.selector === undefined ? wide : 'WORKLOAD_SELECTOR',
    action: sent.action,
    groups: sent.rules
      .filter(({ effect }) => effect !== 'dropped')
      .map(({ clauses }) => ({
        rules: clauses.map((clause) => ({ matches: clause.map((entry) => sentMatchOf(entry, namespace)) })),
      })),
  };
}

function sentMatchOf({ match }: EntryTranslation, namespace: string): SentMatch {
  const all: SentMatch = {
    namespaces: match.namespaces?.map(sentText) ?? [],
    notNamespaces: match.notNamespaces?.map(sentText) ?? [],
    serviceAccounts: accountsOf(match.serviceAccounts, namespace),
    notServiceAccounts: accountsOf(match.notServiceAccounts, namespace),
    principals: match.principals?.map(sentText) ?? [],
    notPrincipals: match.notPrincipals?.map(sentText) ?? [],
    sourceIps: addressesOf(match.ipBlocks),
    notSourceIps: addressesOf(match.notIpBlocks),
    destinationIps: addressesOf(match.destinationIps),
    notDestinationIps: addressesOf(match.notDestinationIps),
    destinationPorts: match.ports?.map(Number) ?? [],
    notDestinationPorts: match.notPorts?.map(Number) ?? [],
  };
  return Object.fromEntries(Object.entries(all).filter(([, values]) => values.length > 0));
}

function sentText(text: string): SentText {
  if (text === '*') return { presence: {} };
  if (text.startsWith('*')) return { suffix: text.slice(1) };
  return text.endsWith('*') ? { prefix: text.slice(0, -1) } : { exact: text };
}

/** `namespace/name`; a bare name means one of the namespace of the policy. */
function accountsOf(names: L4Match['serviceAccounts'], namespace: string): readonly SentAccount[] {
  return (names ?? []).map((name) => {
    const slash = name.indexOf('/');
    return slash < 0
      ? { namespace, serviceAccount: name }
      : { namespace: name.slice(0, slash), serviceAccount: name.slice(slash + 1) };
  });
}

function addressesOf(blocks: L4Match['ipBlocks']): readonly SentAddress[] {
  return (blocks ?? []).flatMap((block) => {
    const range = parseRange(block);
    return range === undefined ? [] : [{ address: range.bytes, length: range.bits }];
  });
}

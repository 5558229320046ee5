import type { EntryTranslation, L4Match, RuleTranslation } from './ztunnel.ts';

/**
 * Whether ztunnel's translation of a rule matches a connection of which not everything is known. Mirrors `matches` in
 * src/rbac.rs of istio/ztunnel: fields are ANDed, values ORed, and what is negated must match none.
 */
export type Verdict = 'yes' | 'no' | 'unknown';

/** Who is the peer of a connection. */
export interface Peer {
  readonly namespace: string;
  /** Undefined: some account of the namespace. */
  readonly account: string | undefined;
}

/** What is known of a connection: who opens it, and the port of the container that it goes to. */
export interface Connection {
  readonly peer: Peer;
  readonly port?: number | undefined;
}

/** Whether the rule matches; `policyNamespace` completes accounts that name none. */
export function ruleMatches(rule: RuleTranslation, to: Connection, policyNamespace: string): Verdict {
  if (rule.effect === 'dropped') return 'no';
  return every(rule.clauses, (clause) => some(clause, (entry) => entryMatches(entry, to, policyNamespace)));
}

/** Whether an entry matches as ztunnel sees it, which skips one that it has nothing of. */
export function entryMatches(entry: EntryTranslation, to: Connection, policyNamespace: string): Verdict {
  return entry.fate === 'lost' ? 'no' : l4Matches(entry.match, to, policyNamespace);
}

function l4Matches(match: L4Match, { peer, port }: Connection, policyNamespace: string): Verdict {
  const is = {
    ports: (text: string): Verdict => (port === undefined ? 'unknown' : verdict(Number(text) === port)),
    namespaces: (text: string): Verdict => verdict(textMatches(text, peer.namespace)),
    serviceAccounts: (text: string): Verdict => accountMatches(text, peer, policyNamespace),
    principals: (text: string): Verdict => principalMatches(text, peer),
    // Nobody knows the addresses of pods before they run.
    addresses: (): Verdict => 'unknown',
  };
  return every(
    [
      [match.ports, match.notPorts, is.ports],
      [match.namespaces, match.notNamespaces, is.namespaces],
      [match.serviceAccounts, match.notServiceAccounts, is.serviceAccounts],
      [match.principals, match.notPrincipals, is.principals],
      [match.ipBlocks, match.notIpBlocks, is.addresses],
      [match.destinationIps, match.notDestinationIps, is.addresses],
    ] as const,
    ([positive = [], negative = [], test]) =>
      every([positive.length === 0 ? 'yes' : some(positive, test), not(some(negative, test))], (one) => one),
  );
}

/** `*` at one end stands for anything. */
function textMatches(pattern: string, text: string): boolean {
  if (pattern === '*') return text !== '';
  if (pattern.startsWith('*')) return text.endsWith(pattern.slice(1));
  return pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : text === pattern;
}

function accountMatches(text: string, { namespace, account }: Peer, policyNamespace: string): Verdict {
  const [first = '', second] = text.split('/', 2);
  const [inNamespace, name] = second === undefined ? [policyNamespace, first] : [first, second];
  if (inNamespace !== namespace) return 'no';
  return account === undefined ? 'unknown' : verdict(account === name);
}

/**
 * Trust domains are left to those who check the names of principals: the one that is written counts as that of the
 * mesh, so that a wrong one is not taken for a wrong account.
 */
export function principalMatches(pattern: string, { namespace, account }: Peer): Verdict {
  if (pattern === '*') return 'yes';
  const start = pattern.indexOf('/ns/');
  if (pattern.startsWith('*')) {
    const end = pattern.slice(1);
    if (account === undefined) return start < 0 || end.includes(`/ns/${namespace}/sa/`) ? 'unknown' : 'no';
    const rest = `/ns/${namespace}/sa/${account}`;
    return start < 0 ? verdict(rest.endsWith(end)) : verdict(rest === pattern.slice(start));
  }
  if (start < 0) return pattern.endsWith('*') ? 'unknown' : 'no';
  const written = pattern.slice(start);
  const known = `/ns/${namespace}/sa/`;
  if (account !== undefined) return verdict(textMatches(written, `${known}${account}`));
  const isWide = written.endsWith('*') && known.startsWith(written.slice(0, -1));
  return isWide ? 'yes' : written.startsWith(known) ? 'unknown' : 'no';
}

/** Namespace and account of a principal that is written out, save perhaps for its trust domain; undefined for anything else. */
export function peerOf(principal: string): { namespace: string; account: string } | undefined {
  const match = /^(?:\*|[^*]+)\/ns\/([^/*]+)\/sa\/([^/*]+)$/.exec(principal);
  const [, namespace, account] = match ?? [];
  return namespace === undefined || account === undefined ? undefined : { namespace, account };
}

function verdict(is: boolean): Verdict {
  return is ? 'yes' : 'no';
}

function not(one: Verdict): Verdict {
  return one === 'unknown' ? one : one === 'yes' ? 'no' : 'yes';
}

/** The weakest of the answers: `no` before `unknown` before `yes`. */
export function every<T>(all: readonly T[], test: (one: T) => Verdict): Verdict {
  let weakest: Verdict = 'yes';
  for (const one of all) {
    const answer = test(one);
    if (answer === 'no') return 'no';
    if (answer === 'unknown') weakest = 'unknown';
  }
  return weakest;
}

/** The strongest of the answers. */
export function some<T>(all: readonly T[], test: (one: T) => Verdict): Verdict {
  return not(every(all, (one) => not(test(one))));
}

import type { Resource } from '../../graph/resource.ts';
import type { At } from '../../model/paths.ts';
import { fieldAt, type NamedPeer, peersOf } from './waypoint-admission.ts';
import { type EntryTranslation, type L4Match, type RuleTranslation, translateRule } from './ztunnel.ts';

type Policy = Resource<'AuthorizationPolicy'>;

/** A client that a policy names, and where. */
export interface NamedClient extends NamedPeer {
  readonly at: At;
}

/** Whom an AuthorizationPolicy makes demands of, and so who gains where nobody enforces it. */
export interface PolicyAudience {
  /** Named clients who may do less, or are asked for more, than if there were no policy. */
  readonly named: readonly NamedClient[];
  /** Whether it makes demands of everybody, but for clients of some namespaces; undefined where it does not. */
  readonly everybody: { readonly spared: ReadonlySet<string> } | undefined;
}

const nobody: PolicyAudience = { named: [], everybody: undefined };

/**
 * Reads whom a policy is about. An ALLOW policy that only says who may call makes no demands of those; whether others
 * get past it is not asked here. Clients by their address are left out: nobody knows who they are.
 */
export function audienceOf(policy: Policy): PolicyAudience {
  const { action = 'ALLOW', rules = [] } = policy.spec;
  const isAllow = action === 'ALLOW';
  // Nobody is let in at all, or nothing ever matches.
  if (rules.length === 0) return isAllow ? { named: [], everybody: { spared: new Set() } } : nobody;
  const named: NamedClient[] = [];
  const spared: (readonly string[])[] = [];
  for (const [index, rule] of rules.entries()) {
    // As a rule of DENY, of which ztunnel's translation keeps what it can.
    const translation = translateRule(rule, index, 'DENY');
    const { clients, isOpen, exceptions } = sendersOf(translation, policy.namespace);
    const isLimited =
      (rule.to ?? []).length > 0 || translation.clauses.flat().some((entry) => entry.l7.length > 0);
    if (isAllow && !isLimited) {
      if (isOpen && exceptions.length === 0) return nobody;
      continue;
    }
    named.push(...clients);
    if (isOpen) spared.push(exceptions);
  }
  const [first, ...others] = spared;
  if (first === undefined) return { named, everybody: undefined };
  // Spared is only who is spared by every rule.
  const all = first.filter((namespace) => others.every((list) => list.includes(namespace)));
  return { named, everybody: { spared: new Set(all) } };
}

interface Senders {
  readonly clients: readonly NamedClient[];
  /** Whether the rule is for whoever calls. */
  readonly isOpen: boolean;
  /** Namespaces of those that it leaves out by name. */
  readonly exceptions: readonly string[];
}

function sendersOf({ rule, clauses }: RuleTranslation, namespace: string): Senders {
  const clients: NamedClient[] = [];
  const exceptions: string[] = [];
  let isOpen = true;
  for (const clause of clauses) {
    const standings = clause.map(standingOf);
    if (!standings.includes('open')) isOpen = false;
    for (const [index, entry] of clause.entries()) {
      if (standings[index] === 'unclear') continue;
      for (const peer of peersOf(entry, namespace))
        clients.push({ ...peer, at: fieldAt(rule, entry, peer.field) });
      exceptions.push(...peersOf(negated(entry), namespace).map((peer) => peer.namespace));
    }
  }
  return { clients, isOpen, exceptions };
}

/** Whether an entry is for named clients, for any, or for some of which nobody knows who they are. */
function standingOf({ part, match, l7, untranslated }: EntryTranslation): 'open' | 'named' | 'unclear' {
  if (part === 'to') return 'open';
  const isByAddress = l7.some(({ name }) => /^(?:remoteIpBlocks|remote\.ip)$/.test(name));
  if (isByAddress || match.ipBlocks !== undefined || untranslated.length > 0) return 'unclear';
  const lists = [match.principals, match.namespaces, match.serviceAccounts].filter((list) => list);
  return lists.every((list) => list?.includes('*')) ? 'open' : 'named';
}

/** The entry as if it named those that it spares. */
function negated(entry: EntryTranslation): EntryTranslation {
  const { notPrincipals, notNamespaces, notServiceAccounts } = entry.match;
  const match: L4Match = {
    ...(notPrincipals === undefined ? {} : { principals: notPrincipals }),
    ...(notNamespaces === undefined ? {} : { namespaces: notNamespaces }),
    ...(notServiceAccounts === undefined ? {} : { serviceAccounts: notServiceAccounts }),
  };
  return { ...entry, match };
}

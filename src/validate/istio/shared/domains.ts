import { isIp } from './addresses.ts';
import { type Fault, quoted } from './fault.ts';
import { isDnsLabel, isWildcardLabel } from './names.ts';

const LONGEST = 255;
const number = /^[-+]?\d+$/;

/** What nearly all hosts are like: small letters, digits and dashes, and no number at the end. */
const usual = /^(?:[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?\.)*[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

/** A domain name without wildcards, of one label or more; a trailing dot is fine (`ValidateFQDN`, config/validation/agent). */
export function domainFault(text: string): Fault | undefined {
  if (text.length <= LONGEST && usual.test(text)) return undefined;
  return lengthFault(text) ?? labelsFault(text, text);
}

/** A domain name whose first label may be `*` or begin with it (`ValidateWildcardDomain`, config/validation/agent). */
export function wildcardDomainFault(text: string): Fault | undefined {
  if (text.length <= LONGEST && usual.test(text)) return undefined;
  const fault = lengthFault(text);
  if (fault !== undefined) return fault;
  const dot = text.indexOf('.');
  const first = dot === -1 ? text : text.slice(0, dot);
  if (!isWildcardLabel(first)) return badLabel(text, first);
  return dot === -1 ? undefined : labelsFault(text, text.slice(dot + 1));
}

/**
 * A host that gateways pass on by SNI may also be a name that Istio makes: `outbound_.80_._.cart.shop.global`
 * (`ValidateWildcardDomainForVirtualServiceBoundToGateway`, config/validation/agent).
 */
export function sniDomainFault(host: string): Fault | undefined {
  if (!host.startsWith('outbound_') || host.length > LONGEST) return wildcardDomainFault(host);
  const [, port = '', , name = ''] = host.split('_');
  if (/\d/.test(port) && /[a-zA-Z]/.test(name)) return undefined;
  return {
    problem: `${quoted(host)} is not a name of the form outbound_.port_._.host`,
    help: 'Write outbound_.80_._.cart.shop.global, with your own port and host',
  };
}

/** `*` may only be all of the name or its first label (`ValidatePartialWildCard`, config/validation/agent). */
export function partialWildcardFault(text: string): Fault | undefined {
  if (!text.includes('*') || text === '*' || text.startsWith('*.')) return undefined;
  return {
    problem: `${quoted(text)} has a wildcard for a part of a name`,
    help: 'Write * for every host, or *. and a domain for everything below it',
  };
}

/**
 * A host as Gateways and Sidecars list it, `namespace/name` or, in Gateways, the name alone
 * (`ValidateNamespaceSlashWildcardHostname`, config/validation/agent).
 */
export function namespacedHostFault(text: string, kind: 'Gateway' | 'Sidecar'): Fault | undefined {
  const slash = text.indexOf('/');
  if (slash === -1) {
    if (kind === 'Gateway') return listedHostFault(text, kind);
    return {
      problem: `${quoted(text)} does not say in which namespace the host is`,
      help: `Write namespace/host: ./${text || '*'} for this namespace, */${text || '*'} for all`,
    };
  }
  const namespace = text.slice(0, slash);
  const host = text.slice(slash + 1);
  if (namespace === '' || host === '') {
    return {
      problem: `${quoted(text)} lacks ${namespace === '' ? 'a namespace before' : 'a host after'} the slash`,
      help: 'Write namespace/host, with . for this namespace and * for all',
    };
  }
  return namespaceFault(text, namespace, kind) ?? listedHostFault(host, kind);
}

function namespaceFault(text: string, namespace: string, kind: 'Gateway' | 'Sidecar'): Fault | undefined {
  // A leading ~ takes the host out of what the entries before it let in; `~` alone means none at all.
  const name = kind === 'Sidecar' && namespace.startsWith('~') ? namespace.slice(1) : namespace;
  if (name === '' || name === '*' || name === '.' || isDnsLabel(name)) return undefined;
  return {
    problem: `${quoted(namespace)} in ${quoted(text)} is not a namespace`,
    help: 'Write the name of a namespace before the slash, . for this one or * for all',
  };
}

function listedHostFault(host: string, kind: 'Gateway' | 'Sidecar'): Fault | undefined {
  if (kind === 'Gateway' && isIp(host)) return undefined;
  const partial = partialWildcardFault(host);
  if (partial !== undefined) return partial;
  const fault = wildcardDomainFault(host);
  if (fault !== undefined) return fault;
  if (host === '*' || host.includes('.')) return undefined;
  return {
    problem: `${quoted(host)} is a short name`,
    help:
      kind === 'Gateway'
        ? 'Write the full domain name that clients ask for'
        : `Write the full name, such as ${host}.default.svc.cluster.local`,
  };
}

function lengthFault(text: string): Fault | undefined {
  if (text === '') return { problem: 'The host is empty', help: 'Write a domain name' };
  if (text.length <= LONGEST) return undefined;
  return {
    problem: `${quoted(text)} is ${text.length} characters long`,
    help: `Use a domain name of at most ${LONGEST} characters`,
  };
}

function labelsFault(whole: string, text: string): Fault | undefined {
  const labels = text.split('.');
  const last = labels.at(-1) ?? '';
  if (number.test(last)) {
    return {
      problem: `${quoted(whole)} ends in ${quoted(last)}, and the last part of a domain name is never a number`,
      help: 'Write a domain name',
    };
  }
  if (last === '' && labels.length > 1) labels.pop();
  const bad = labels.find((part) => !isDnsLabel(part));
  return bad === undefined ? undefined : badLabel(whole, bad);
}

function badLabel(whole: string, part: string): Fault {
  if (part === '') {
    return {
      problem: `${quoted(whole)} has an empty part between its dots`,
      help: 'Write a domain name with single dots, and none in front',
    };
  }
  return {
    problem:
      part === whole
        ? `${quoted(whole)} is not a valid host name`
        : `${quoted(whole)} is not a valid host name, because of ${quoted(part)}`,
    help: part.includes('*')
      ? 'Use * only as the first part of the name'
      : 'Use letters, digits and dashes between the dots, at most 63 each',
  };
}

/** Whether some name is meant by both: equal, or one is a wildcard that fits the other (`Name.Matches`, pkg/config/host). */
export function domainsOverlap(a: string, b: string): boolean {
  const wildA = a.startsWith('*');
  const wildB = b.startsWith('*');
  if (wildA && wildB) {
    return a.length < b.length ? b.slice(1).endsWith(a.slice(1)) : a.slice(1).endsWith(b.slice(1));
  }
  if (wildA) return b.endsWith(a.slice(1));
  return wildB ? a.endsWith(b.slice(1)) : a === b;
}

/** Whether every name that `inner` means is meant by `outer` (`Name.SubsetOf`, pkg/config/host). */
export function domainCovers(outer: string, inner: string): boolean {
  if (outer === inner) return true;
  if (!outer.startsWith('*')) return false;
  const suffix = outer.slice(1);
  if (!inner.startsWith('*')) return inner.endsWith(suffix);
  return inner.length > outer.length && inner.slice(1).endsWith(suffix);
}

/**
 * Host names as istiod compares them: byte for byte, `*` only as the first character
 * (pkg/config/host/name.go).
 */

/** A host as it is looked up: a name without a dot belongs to its owner's namespace. Everything else stays. */
export function expandHost(host: string, namespace: string, domain: string): string {
  if (host.includes('.') || host.includes(':') || host.startsWith('*')) return host;
  return serviceHost(host, namespace, domain);
}

/** The fully qualified name of a Kubernetes Service. */
export function serviceHost(name: string, namespace: string, domain: string): string {
  return `${name}.${namespace}.svc.${domain}`;
}

/** The Service that a fully qualified name of the cluster's domain means. */
export function parseServiceHost(
  host: string,
  domain: string,
): { name: string; namespace: string } | undefined {
  const dot = host.indexOf('.');
  const end = host.indexOf('.', dot + 1);
  if (dot <= 0 || end <= dot + 1 || !host.startsWith('.svc.', end)) return undefined;
  if (host.length !== end + '.svc.'.length + domain.length || !host.endsWith(domain)) return undefined;
  return { name: host.slice(0, dot), namespace: host.slice(dot + 1, end) };
}

/**
 * The Service that someone meant who left away the end of its name, or the `svc` in it: `name.namespace`,
 * `name.namespace.svc`, `name.namespace.cluster.local`. istiod expands none of these.
 */
export function parsePartialHost(
  host: string,
  domain: string,
): { name: string; namespace: string } | undefined {
  const [name = '', namespace = '', ...rest] = host.split('.');
  if (name === '' || namespace === '') return undefined;
  const tail = rest.join('.');
  const full = `svc.${domain}`;
  const isPartial = tail === '' || tail === domain || full.startsWith(`${tail}.`);
  return isPartial && !host.endsWith('.') ? { name, namespace } : undefined;
}

/** The Service that a name of some cluster's domain means (`name.namespace.svc.…`), and that domain. */
export function parseForeignHost(
  host: string,
): { name: string; namespace: string; domain: string } | undefined {
  const [name = '', namespace = '', svc, ...domain] = host.split('.');
  if (svc !== 'svc' || name === '' || namespace === '' || domain.length === 0) return undefined;
  return { name, namespace, domain: domain.join('.') };
}

/** A host as DNS compares it: case and the dot at its end mean nothing. */
export function foldHost(host: string): string {
  const lower = host.toLowerCase();
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}

export function isWildcard(host: string): boolean {
  return host.startsWith('*');
}

/** Whether some name is meant by both (`Name.Matches`): equal, or one is a suffix wildcard that fits the other. */
export function hostsOverlap(a: string, b: string): boolean {
  if (isWildcard(a)) {
    if (!isWildcard(b)) return b.endsWith(a.slice(1));
    return a.length < b.length ? b.slice(1).endsWith(a.slice(1)) : a.slice(1).endsWith(b.slice(1));
  }
  return isWildcard(b) ? a.endsWith(b.slice(1)) : a === b;
}

/** Whether every name that `inner` means is meant by `outer` (`Name.SubsetOf`). */
export function hostCovers(outer: string, inner: string): boolean {
  if (outer === inner) return true;
  if (!isWildcard(outer)) return false;
  const suffix = outer.slice(1);
  return isWildcard(inner) ? inner.slice(1).endsWith(suffix) : inner.endsWith(suffix);
}

import { incomplete, type Lookup } from '../../graph/lookup.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { ensure, pushTo } from '../../model/collections.ts';
import { FLOATING, type Ref, showRef } from '../../model/names.ts';
import { nearestName } from '../../model/near.ts';

/** A Secret, or the object from which a controller in the cluster makes one. */
export type SecretSource = Resource<'Secret' | 'Certificate' | 'ExternalSecret' | 'SealedSecret'>;

export interface Secrets {
  /** Whether there is, or will be, a Secret of that name. */
  find(ref: Ref, from: Resource): Lookup<SecretSource>;
  /** Namespaces that have, or will have, a Secret of that name. */
  namespacesWith(name: string): readonly string[];
}

/** Secrets as they will stand in the cluster. */
export const secrets = view(
  { Secret: 'all', Certificate: 'all', ExternalSecret: 'all', SealedSecret: 'all' },
  (graph): Secrets => {
    const byNamespace = new Map<string, Map<string, SecretSource[]>>();
    const namespacesByName = new Map<string, Set<string>>();
    const withCertificates = new Set<string>();

    function add(source: SecretSource, name: string): void {
      pushTo(
        ensure(byNamespace, source.namespace, () => new Map()),
        name,
        source,
      );
      ensure(namespacesByName, name, () => new Set()).add(source.namespace);
    }
    for (const secret of graph.list('Secret')) {
      add(secret, secret.name);
      if (holdsCertificate(secret)) withCertificates.add(secret.namespace);
    }
    for (const certificate of graph.list('Certificate')) {
      add(certificate, certificate.spec.secretName ?? '');
    }
    for (const external of graph.list('ExternalSecret')) {
      add(external, external.spec.target?.name ?? external.name);
    }
    for (const sealed of graph.list('SealedSecret')) {
      add(sealed, sealed.spec.template?.metadata?.name ?? sealed.name);
    }
    const sources = (ref: Ref): readonly SecretSource[] =>
      byNamespace.get(ref.namespace)?.get(ref.name) ?? [];

    return {
      find(ref, from) {
        const [value, ...others] = graph.nearest(from, sources(ref));
        if (value !== undefined) return { state: 'found', value, all: [value, ...others] };
        const lookup = graph.find('Secret', ref, from);
        if (lookup.state !== 'absent' || graph.world === 'closed' || graph.world === 'live') return lookup;
        const suggestion =
          lookup.suggestion ?? nearestName(ref.name, byNamespace.get(ref.namespace)?.keys() ?? []);
        const unsure = (why: string): Lookup<SecretSource> =>
          graph.missing({ what: 'Secret', name: showRef(ref), knowledge: incomplete(why), suggestion }, from);
        if (sources({ ...ref, namespace: FLOATING }).length > 0)
          return unsure('only a manifest without a namespace makes a Secret of this name');
        // People who keep other Secrets in files rarely keep their private keys there.
        if (!withCertificates.has(ref.namespace))
          return unsure('no Secret with a certificate is loaded beside it');
        return lookup;
      },
      namespacesWith: (name) => [...(namespacesByName.get(name) ?? [])].sort(),
    };
  },
);

/** Keys under which istiod looks for a certificate (pilot/pkg/credentials/kube/secrets.go). */
const certificateKeys: readonly string[] = ['tls.crt', 'tls.key', 'cert', 'key'];

function holdsCertificate({ body }: Resource<'Secret'>): boolean {
  if (body.type === 'kubernetes.io/tls') return true;
  return [body.data, body.stringData].some(
    (data) => data !== undefined && certificateKeys.some((key) => Object.hasOwn(data, key)),
  );
}

/**
 * The Secret that a `credentialName` means for pods of `namespace` (`ToResourceName` and `ParseResourceName` in
 * pilot/pkg/model/credentials/resource.go). Undefined for what is no Secret: the certificate of the proxy itself,
 * a ConfigMap, or what only istiod may write.
 */
export function credentialRef(name: string, namespace: string): Ref | undefined {
  const bare = name.startsWith('kubernetes://') ? name.slice('kubernetes://'.length) : name;
  if (bare === '' || bare.includes('://')) return undefined;
  const [first = '', second] = bare.split('/');
  return second === undefined ? { namespace, name: first } : { namespace: first, name: second };
}

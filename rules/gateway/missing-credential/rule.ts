import {
  type At,
  at,
  credentialRef,
  defineRule,
  gateways,
  type Lookup,
  namedCredentials,
  type Resource,
  type SecretSource,
  type ServerTls,
  secrets,
  showList,
  showRef,
  terminatesTls,
} from '#sdk';

export default defineRule({
  code: 'IST0101',
  severity: 'error',
  since: '0.1.0',
  summary: 'A Gateway names a Secret that does not exist where its pods run.',
  reads: { ...gateways.reads, ...secrets.reads },
  messages: {
    missing: {
      what: 'Secret {secret} does not exist.',
      why: 'Gateway pods read their certificates from Secrets of their own namespace ({where}). Without this one they never open the port for {hosts}: TLS connections are refused or reset.',
      help: 'Create the Secret in namespace {where}, with the keys `tls.crt` and `tls.key`.',
    },
    elsewhere: {
      what: 'Secret {secret} does not exist; the one of that name is in namespace {owner}.',
      why: 'Gateway pods read their certificates from Secrets of their own namespace ({where}), not of that of the Gateway. They never open the port for {hosts}: TLS connections are refused or reset.',
      help: 'Create the Secret in namespace {where} too.',
    },
  },
  check({ graph, report }) {
    const store = secrets(graph);
    for (const gateway of graph.list('Gateway')) {
      if (graph.changedBy(gateway) !== undefined) continue;
      for (const { tls, hosts = [] } of gateway.spec.servers ?? []) {
        for (const { name, place } of credentials(tls)) {
          const found = look(gateway, name);
          if (found === undefined) continue;
          const { secret, where, lookup } = found;
          const owners = store.namespacesWith(name).filter((owner) => owner !== where);
          // Nobody loaded those pods: they may as well run where that Secret is.
          const isAssumed = !graph.isClosed('Pod') && gateways(graph).usesDefaultIngress(gateway);
          if (isAssumed && owners.length > 0) continue;
          const data = { secret, where, hosts: showList(hosts) };
          if (owners.length === 0) report(gateway, { at: place, message: 'missing', data, lookup });
          else {
            const owner = showList(owners);
            report(gateway, { at: place, message: 'elsewhere', data: { ...data, owner }, lookup });
          }
        }
      }
    }

    function look(
      gateway: Resource<'Gateway'>,
      name: string,
    ): { secret: string; where: string; lookup: Lookup<SecretSource> } | undefined {
      // Where no pods are found, their absence is the finding; where they span namespaces, one Secret is enough here.
      const lookups = gateways(graph)
        .namespacesOf(gateway)
        .flatMap((where) => {
          const ref = credentialRef(name, where);
          if (ref === undefined) return [];
          return [{ secret: showRef(ref), where: ref.namespace, lookup: store.find(ref, gateway) }];
        });
      const silent = lookups.some(({ lookup }) => lookup.state === 'found');
      return silent ? undefined : (lookups.find(({ lookup }) => lookup.state === 'unknown') ?? lookups[0]);
    }
  },
});

/** Every Secret that a server names for its own certificate, with its place. */
function credentials(tls: ServerTls | undefined): readonly { name: string; place: At }[] {
  if (!terminatesTls(tls)) return [];
  return namedCredentials(tls).map(({ name, index }) => ({
    name,
    place: index === undefined ? at(tls, 'credentialName') : at(tls.credentialNames ?? [], index),
  }));
}

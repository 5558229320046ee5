import {
  at,
  authorizers,
  defineRule,
  findProvider,
  hostRegistry,
  isForZtunnelsOnly,
  type NamedProvider,
  providerFault,
  providerName,
  providerRivals,
  type Related,
  showList,
  showRef,
  takeSuggestion,
} from '#sdk';

export default defineRule({
  code: 'IST1133',
  severity: 'error',
  since: '0.1.0',
  summary: 'An AuthorizationPolicy asks a provider that the mesh does not have, or cannot use.',
  reads: { ...hostRegistry.reads, ...providerRivals.reads, AuthorizationPolicy: 'some', MeshConfig: 'some' },
  needs: [['AuthorizationPolicy']],
  fixes: 'unsafe',
  messages: {
    unknown: {
      what: 'The mesh configuration has no extension provider {provider}.',
      why: 'Sidecars and gateways have nobody to ask and deny every request that the rules of this policy match.',
      help: 'Define the provider under `extensionProviders` of the mesh configuration, or name one that is there: {known}.',
    },
    other: {
      what: 'The extension provider {provider} is no authorizer.',
      why: 'Only `envoyExtAuthzHttp` and `envoyExtAuthzGrpc` can be asked about requests. With any other kind everything that the rules of this policy match is denied.',
      help: 'Name an authorizer: {known}.',
    },
    name: {
      what: 'The name of the extension provider {provider} is not accepted.',
      why: 'Since release 1.30 an authorizer is called by lower-case letters, digits and hyphens, 63 at most. One with another name is not used, and what the rules match is denied.',
      help: 'Rename the provider in the mesh configuration and here.',
    },
    port: {
      what: 'The extension provider {provider} has no valid port.',
      why: 'istiod refuses such a provider, so nobody is asked and every request that the rules of this policy match is denied.',
      help: 'Write the port of its Service, from 1 to 65535, in the mesh configuration.',
    },
    service: {
      what: 'The extension provider {provider} is served by {host}, which no Service and no ServiceEntry has.',
      why: 'Without the Service there is nobody to ask, so every request that the rules of this policy match is denied.',
      help: 'Write the full name of the Service in the mesh configuration, such as `auth.shop.svc.cluster.local`, or deploy it.',
    },
    rivals: {
      what: 'This policy asks {provider}, and {others} for the same requests of {where}.',
      why: 'By default a workload can ask one provider only. With several, whatever the rules of any of these policies match is denied, and nobody is asked.',
      help: 'Let all policies of the workload ask one provider, or, from release 1.30 on, set PILOT_ENABLE_MULTIPLE_CUSTOM_AUTHZ_PROVIDERS on istiod.',
    },
  },
  check({ graph, report }) {
    const known = showList(authorizers(graph).map((name) => `\`${name}\``)) || 'there is none yet';
    const [config] = graph.list('MeshConfig');
    const definition = ({ provider, service }: NamedProvider): Related[] =>
      config === undefined
        ? []
        : [{ resource: config, at: at(service ?? provider), note: 'defines the provider' }];
    for (const policy of graph.list('AuthorizationPolicy')) {
      const provider = providerName(policy);
      const owner = policy.spec.provider;
      if (provider === undefined || owner === undefined || graph.changedBy(policy) !== undefined) continue;
      if (isForZtunnelsOnly(graph, policy)) continue;
      const place = at(owner, 'name');
      const lookup = findProvider(graph, provider, policy);
      if (lookup.state !== 'found') {
        report(policy, {
          at: place,
          message: 'unknown',
          data: { provider, known },
          lookup,
          fix: () => takeSuggestion(place, lookup),
        });
        continue;
      }
      if (config !== undefined && graph.changedBy(config) !== undefined) continue;
      const found = providerFault(graph, lookup.value, policy);
      if (found === undefined) continue;
      const related = definition(lookup.value);
      if (found.fault === 'other') {
        report(policy, { at: place, message: 'other', data: { provider, known }, related });
      } else if (found.fault === 'service') {
        const host = found.service.service ?? '';
        const data = { provider, host };
        report(policy, { at: place, message: 'service', data, related, lookup: found.lookup });
      } else {
        report(policy, { at: place, message: found.fault, data: { provider }, related });
      }
    }
    for (const { policy, others, where } of providerRivals(graph)) {
      const names = [...new Set(others.flatMap((other) => providerName(other) ?? []))];
      report(policy, {
        at: at(policy.spec.provider ?? policy.spec, 'name'),
        message: 'rivals',
        data: {
          provider: providerName(policy) ?? '',
          others: `${showList(names)} ${names.length === 1 ? 'is' : 'are'} asked`,
          where: `${where.kind} ${showRef(where)}`,
        },
        related: others.slice(0, 5).map((resource) => ({
          resource,
          at: at(resource.spec.provider ?? resource.spec, 'name'),
          note: 'asks another provider',
        })),
      });
    }
  },
});

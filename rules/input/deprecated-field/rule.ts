import { at, defineRule, removeField, renameKey, setValue } from '#sdk';

/** Kinds of the RBAC that AuthorizationPolicy replaced in Istio 1.6. */
const removedKinds: ReadonlySet<string> = new Set([
  'ClusterRbacConfig',
  'RbacConfig',
  'ServiceRole',
  'ServiceRoleBinding',
]);

export default defineRule({
  code: 'IST0002',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A manifest uses a field, a provider or a kind that Istio has given up.',
  reads: { VirtualService: 'some', Sidecar: 'some', Telemetry: 'some', CustomResourceDefinition: 'some' },
  fixes: 'safe',
  messages: {
    percent: {
      what: '`fault.delay.percent` is deprecated.',
      why: 'It only takes whole numbers, and counts for nothing when `percentage` is there too.',
      help: 'Write `percentage.value: {percent}` instead.',
    },
    'egress-proxy': {
      what: '`outboundTrafficPolicy.egressProxy` is deprecated.',
      why: 'Istio keeps the field out of its documentation. With mode ALLOW_ANY istiod still sends all traffic to unknown hosts to the one host named here; nothing promises that it stays so.',
      help: 'Remove it, and lead such traffic through an egress gateway with ServiceEntries and VirtualServices.',
    },
    lightstep: {
      what: 'Tracing provider {provider} is of type lightstep, which Istio has given up.',
      why: 'istiod no longer sets up a tracer for it, so no spans are sent.',
      help: 'Define a provider of type `opentelemetry` in MeshConfig, and name that one.',
    },
    'removed-kind': {
      what: '{kind} of rbac.istio.io is not read by Istio any more.',
      why: 'The kind was removed in Istio 1.6: whatever it should allow or deny is neither allowed nor denied by it.',
      help: 'Write AuthorizationPolicies, then delete the CustomResourceDefinition with all its resources.',
    },
  },
  check({ graph, report }) {
    for (const service of graph.list('VirtualService')) {
      for (const { fault } of service.spec.http ?? []) {
        const percent = fault?.delay?.percent ?? 0;
        if (fault?.delay === undefined || percent <= 0) continue;
        const { delay } = fault;
        report(service, {
          at: at(delay, 'percent'),
          message: 'percent',
          data: { percent },
          fix: () => ({
            title: 'Write `percentage.value` instead of `percent`',
            safe: true,
            edits:
              delay.percentage === undefined
                ? [setValue(delay, 'percent', { value: percent }), renameKey(delay, 'percent', 'percentage')]
                : [removeField(delay, 'percent')],
          }),
        });
      }
    }
    for (const sidecar of graph.list('Sidecar')) {
      const policy = sidecar.spec.outboundTrafficPolicy;
      if (policy?.egressProxy === undefined) continue;
      report(sidecar, { at: at(policy, 'egressProxy', 'key'), message: 'egress-proxy' });
    }
    for (const crd of graph.list('CustomResourceDefinition')) {
      const { group, names = {} } = crd.spec;
      const kind = names.kind ?? '';
      if (group !== 'rbac.istio.io' || !removedKinds.has(kind)) continue;
      report(crd, { at: at(names, 'kind'), message: 'removed-kind', data: { kind } });
    }
    const lightstep = new Set(
      (graph.mesh.config.extensionProviders ?? [])
        .filter((provider) => provider.lightstep !== undefined)
        .map(({ name }) => name),
    );
    if (lightstep.size === 0) return;
    for (const telemetry of graph.list('Telemetry')) {
      for (const { providers = [] } of telemetry.spec.tracing ?? []) {
        for (const provider of providers) {
          if (provider.name === undefined || !lightstep.has(provider.name)) continue;
          const data = { provider: provider.name };
          report(telemetry, { at: at(provider, 'name'), message: 'lightstep', data });
        }
      }
    }
  },
});

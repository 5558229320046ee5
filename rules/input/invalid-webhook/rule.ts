import {
  at,
  defineRule,
  type InjectionWebhook,
  injectionWebhooks,
  type Labels,
  type Lookup,
  overlappingWebhooks,
  type Resource,
  showLabels,
  showList,
  showRef,
} from '#sdk';

export default defineRule({
  code: 'IST0139',
  severity: 'error',
  since: '0.1.0',
  summary: 'A sidecar injection webhook overlaps with another one, or calls a Service that does not exist.',
  reads: { ...injectionWebhooks.reads, Service: 'all' },
  messages: {
    overlap: {
      what: 'Webhook {name} overlaps with {others}: all of them are called for pods {example}.',
      why: 'Kubernetes calls every webhook whose selectors match, so such a pod is injected twice, by control planes that know nothing of each other; which sidecar it ends up with depends on their order.',
      help: 'Make the selectors exclude each other, or remove the webhook of the control plane or tag that is no longer used.',
    },
    repeated: {
      what: 'Webhook {name} overlaps with {others}: all of them are called for pods {example}.',
      why: 'They call the same control plane, so such a pod is injected twice by it: that costs time, and goes wrong where a template is not made for it.',
      help: 'Make the selectors exclude each other, or remove the webhook of the tag that is no longer used.',
    },
    service: {
      what: 'Service {service}, which webhook {name} calls, does not exist.',
      why: 'Kubernetes cannot ask the control plane about new pods: depending on the failure policy they are refused, or start without a sidecar.',
      help: 'Name the Service of the istiod that injects (`istiod`, or `istiod-` and its revision), or remove the webhook.',
    },
  },
  check({ graph, report }) {
    for (const overlap of overlappingWebhooks(graph)) {
      const { configuration, webhook, others, namespace, pod, callSame } = overlap;
      report(configuration, {
        at: at(webhook, 'name'),
        message: callSame ? 'repeated' : 'overlap',
        severity: callSame ? 'warning' : 'error',
        data: {
          name: webhook.name ?? '',
          others: showList(others.map((other) => nameOf(other, configuration))),
          example: `${withLabels(pod)} in namespaces ${withLabels(namespace)}`,
        },
        related: others.map((other) => ({
          resource: other.configuration,
          at: at(other.webhook, 'name'),
          note: 'is called too',
        })),
      });
    }

    for (const { configuration, webhook } of injectionWebhooks(graph)) {
      const { service } = webhook.clientConfig ?? {};
      if (service?.name === undefined || graph.changedBy(configuration) !== undefined) continue;
      const ref = { namespace: service.namespace ?? '', name: service.name };
      const lookup = look(configuration, ref);
      if (lookup.state === 'found') continue;
      const data = { name: webhook.name ?? '', service: showRef(ref) };
      report(configuration, { at: at(service, 'name'), message: 'service', data, lookup });
    }

    /** Outside a closed world the installation of Istio may bring the Services of its own namespace. */
    function look(from: Resource, ref: { namespace: string; name: string }): Lookup<Resource<'Service'>> {
      const lookup = graph.find('Service', ref, from);
      const isBrought = graph.world === 'auto' && ref.namespace === graph.mesh.rootNamespace;
      if (lookup.state !== 'absent' || !isBrought) return lookup;
      const why = 'the installation of Istio brings the Services of its namespace';
      const knowledge = { complete: false, why } as const;
      return graph.missing(
        { what: 'Service', name: showRef(ref), knowledge, suggestion: lookup.suggestion },
        from,
      );
    }
  },
});

function nameOf({ configuration, webhook }: InjectionWebhook, own: Resource): string {
  const name = webhook.name ?? '';
  return configuration === own ? name : `${name} of ${configuration.name}`;
}

function withLabels(labels: Labels): string {
  return Object.keys(labels).length === 0 ? 'without labels' : `labelled ${showLabels(labels)}`;
}

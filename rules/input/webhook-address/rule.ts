import { addressFault, at, controlPlaneWebhooks, defineRule } from '#sdk';

export default defineRule({
  code: 'IST0163',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A webhook of Istio has no address that Kubernetes could call.',
  reads: controlPlaneWebhooks.reads,
  messages: {
    blank: {
      what: 'Webhook {name} has neither a Service nor a URL to call.',
      why: 'Kubernetes cannot ask the control plane: depending on the failure policy requests are refused, or let through without injection or validation.',
      help: 'Set `clientConfig.service` to the istiod of this cluster, or `clientConfig.url` to the external control plane.',
    },
    both: {
      what: 'Webhook {name} has a Service and a URL.',
      why: 'Kubernetes refuses a webhook with two addresses.',
      help: 'Keep `clientConfig.service` for an istiod of this cluster, `clientConfig.url` for an external one.',
    },
    malformed: {
      what: '"{url}" is no URL that webhook {name} could call.',
      why: 'Kubernetes refuses it, or cannot reach the control plane by it.',
      help: 'Write it as `https://host:port/path`.',
    },
    insecure: {
      what: 'Webhook {name} is not called over HTTPS: {url}.',
      why: 'Kubernetes calls webhooks over HTTPS only, and refuses any other address.',
      help: 'Write it as `https://host:port/path`.',
    },
  },
  check({ graph, report }) {
    for (const { configuration, webhook } of controlPlaneWebhooks(graph)) {
      const { clientConfig = {}, name = '' } = webhook;
      const { url, service } = clientConfig;
      if (url === undefined) {
        if (service !== undefined) continue;
        report(configuration, { at: at(webhook, 'clientConfig', 'key'), message: 'blank', data: { name } });
      } else if (service !== undefined) {
        report(configuration, { at: at(clientConfig, 'url'), message: 'both', data: { name } });
      } else {
        const fault = addressFault(url);
        if (fault === undefined) continue;
        report(configuration, { at: at(clientConfig, 'url'), message: fault, data: { name, url } });
      }
    }
  },
});

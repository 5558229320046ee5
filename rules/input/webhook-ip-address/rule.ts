import { addressIp, at, controlPlaneWebhooks, defineRule } from '#sdk';

export default defineRule({
  code: 'IST0164',
  severity: 'info',
  since: '0.1.0',
  summary: 'A webhook of Istio calls an external control plane by its IP address.',
  reads: controlPlaneWebhooks.reads,
  messages: {
    ip: {
      what: 'Webhook {name} calls the control plane by the IP address {ip}.',
      why: 'The certificate of the control plane must name that very address, and nothing is injected or validated any more once it changes.',
      help: 'Give the control plane a host name, and call it by that.',
    },
  },
  check({ graph, report }) {
    for (const { configuration, webhook } of controlPlaneWebhooks(graph)) {
      const { clientConfig = {}, name = '' } = webhook;
      const ip = addressIp(clientConfig.url ?? '');
      if (ip === undefined) continue;
      report(configuration, { at: at(clientConfig, 'url'), message: 'ip', data: { name, ip } });
    }
  },
});

import { at, defineRule, droppedMtls, refusedClientReads, showRef } from '#sdk';

export default defineRule({
  code: 'IST1109',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A DestinationRule without TLS settings takes the place of one that asks for mutual TLS.',
  reads: { ...refusedClientReads, DestinationRule: 'some' },
  needs: [['DestinationRule'], ['Service', 'ServiceEntry']],
  messages: {
    plaintext: {
      what: 'Clients in namespace {client} lose the mutual TLS that DestinationRule {broader} asks for: for {host} they follow this rule alone.',
      why: 'DestinationRules of one host are not added up. This one says nothing about TLS and automatic mutual TLS is off, so what they send is plain text.',
      help: 'Add `tls` with mode ISTIO_MUTUAL to its trafficPolicy, or switch automatic mutual TLS on (`enableAutoMtls`).',
    },
    automatic: {
      what: 'ISTIO_MUTUAL of DestinationRule {broader} does not count for {host} in namespace {client}, where this rule is followed instead.',
      why: 'DestinationRules of one host are not added up. Here mutual TLS becomes automatic: clients use it with endpoints that have a sidecar, and plain text with those that have none.',
      help: 'Nothing has to change where automatic mutual TLS will do; else repeat the `tls` block here.',
    },
  },
  check({ graph, report }) {
    const isOff = graph.mesh.config.enableAutoMtls === false;
    for (const { rule, broader, host, client } of droppedMtls(graph).values()) {
      const policy = broader.spec.trafficPolicy;
      const finding = {
        at: at(rule.spec, rule.spec.trafficPolicy === undefined ? 'host' : 'trafficPolicy', 'key'),
        data: { host, client, broader: showRef(broader) },
        related: [
          {
            resource: broader,
            ...(policy === undefined ? {} : { at: at(policy, 'tls', 'key') }),
            note: 'asks for mutual TLS',
          },
        ],
      };
      if (isOff) report(rule, { ...finding, message: 'plaintext' });
      else report(rule, { ...finding, message: 'automatic', severity: 'info' });
    }
  },
});

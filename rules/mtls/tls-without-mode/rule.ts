import { at, defineRule, findModelessTls, modelessTlsReads, removeField, showList } from '#sdk';

export default defineRule({
  code: 'IST1110',
  severity: 'warning',
  since: '0.1.0',
  summary: 'TLS settings of a DestinationRule have no mode, which switches TLS off.',
  reads: { ...modelessTlsReads, DestinationRule: 'some' },
  needs: [['DestinationRule']],
  fixes: 'unsafe',
  messages: {
    empty: {
      what: 'The `tls` settings for {host} are empty, which switches TLS off.',
      why: 'A missing mode means DISABLE, not automatic: clients with a sidecar stop using mutual TLS and send plain text.',
      help: 'Remove `tls` to leave mutual TLS to the sidecars, or write down which mode is meant.',
    },
    unused: {
      what: 'The `tls` settings for {host} have {fields}, but no mode.',
      why: 'A missing mode means DISABLE, so nothing beside it is used and clients send plain text.',
      help: 'Add `mode: SIMPLE`, `MUTUAL` or `ISTIO_MUTUAL`; DISABLE, if plain text is what you want.',
    },
  },
  check({ graph, report }) {
    for (const { rule, holder, fields } of findModelessTls(graph)) {
      const place = { at: at(holder, 'tls', 'key') };
      const host = rule.spec.host ?? '';
      if (fields.length === 0)
        report(rule, {
          ...place,
          message: 'empty',
          data: { host },
          fix: () => ({ title: 'Remove the empty `tls`', safe: false, edits: [removeField(holder, 'tls')] }),
        });
      else report(rule, { ...place, message: 'unused', data: { host, fields: showList(fields) } });
    }
  },
});

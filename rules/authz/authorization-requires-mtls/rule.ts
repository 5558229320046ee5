import { blindChecks, defineRule, identityCheckReads, type Related, showList, showRef } from '#sdk';

export default defineRule({
  code: 'IST1120',
  severity: 'error',
  since: '0.1.0',
  summary: 'An AuthorizationPolicy asks who the caller is, where callers show no certificate.',
  reads: identityCheckReads,
  needs: [['AuthorizationPolicy']],
  messages: {
    disabled: {
      what: 'The policy asks for {fields}, and mutual TLS is switched off for {workloads}.',
      why: 'The identity of a caller is that of its certificate, and without mutual TLS nobody shows one. An ALLOW rule that asks for it admits nobody, a DENY rule stops nobody, and an exception excepts nobody.',
      help: 'Accept mutual TLS again (PERMISSIVE or STRICT), or tell callers apart by addresses or tokens.',
    },
    plaintext: {
      what: 'The policy asks for {fields}, and all clients send plain text to {workloads}.',
      why: 'The identity of a caller is that of its certificate, and clients that do not use mutual TLS show none. An ALLOW rule that asks for it admits nobody, a DENY rule stops nobody, and an exception excepts nobody.',
      help: 'Let clients use mutual TLS: remove the TLS settings of the DestinationRule or set ISTIO_MUTUAL, and leave automatic mutual TLS on.',
    },
    slips: {
      what: 'Whoever sends plain text to {workloads} is let through, whatever {fields} says here.',
      why: 'Plain text is accepted there (PERMISSIVE) and brings no identity. A DENY rule for named identities does not fit such a caller, an ALLOW rule that only leaves some out does.',
      help: 'Make mutual TLS STRICT, or turn the rule round: ALLOW the identities that may call, DENY what is not among them.',
    },
  },
  check({ graph, report }) {
    for (const { policy, why, fields, workloads, cause, lookup } of blindChecks(graph)) {
      const names = workloads.map(({ resource }) => `${resource.kind} ${showRef(resource)}`);
      const related: Related[] = [
        ...(cause === undefined ? [] : [{ ...cause, note: 'decides about mutual TLS' }]),
        ...workloads.slice(0, 3).map(({ resource }) => ({ resource, note: 'is protected by the policy' })),
      ];
      report(policy, {
        at: fields[0].at,
        message: why,
        ...(why === 'slips' ? { severity: 'info' } : {}),
        data: {
          fields: showList([...new Set(fields.map(({ name }) => `\`${name}\``))]),
          workloads: showList(names, 3),
        },
        related,
        ...(lookup === undefined ? {} : { lookup }),
      });
    }
  },
});

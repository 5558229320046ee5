import { at, defineRule, kinds, negativeConditions, showRef } from '#sdk';

export default defineRule({
  code: 'IST0171',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A resource carries a status by which Istio says that it could not do what the resource asks for.',
  reads: negativeConditions.reads,
  messages: {
    negative: {
      what: 'Istio says {type}={status} ({reason}) about {subject}.',
      why: 'The control plane wrote this when it last looked at the resource{said}.',
      help: 'Solve what it names. The condition changes as soon as the control plane has seen the change.',
    },
    partial: {
      what: 'Istio binds only part of {subject} ({reason}).',
      why: 'Some of its targets could not be bound when the control plane last looked at it{said}. Nothing enforces it there.',
      help: 'Remove the targets that do not exist, or create them.',
    },
  },
  check({ graph, report }) {
    for (const { resource, condition, part } of negativeConditions(graph)) {
      const { type = '', status = '', reason = '', message = '' } = condition;
      const name = `${kinds[resource.kind].kind} ${showRef(resource)}`;
      const data = {
        type,
        status,
        reason: reason === '' ? 'no reason given' : reason,
        subject: part === '' ? name : `${part} of ${name}`,
        said: message === '' ? '' : `, and explained: ${message.replace(/\.$/, '')}`,
      };
      const isPartial = reason === 'PartiallyInvalid' && status !== 'False';
      report(resource, { at: at(condition, 'status'), message: isPartial ? 'partial' : 'negative', data });
    }
  },
});

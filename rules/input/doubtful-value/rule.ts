import { defineRule } from '#sdk';

export default defineRule({
  code: 'IST0133',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A value of an Istio resource is accepted, and probably does not do what was meant.',
  reads: {},
  messages: {
    value: {
      what: '{problem}.',
      why: 'istiod takes the resource, and warns about it when it is applied.',
      help: '{help}.',
    },
  },
});

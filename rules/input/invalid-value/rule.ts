import { defineRule } from '#sdk';

export default defineRule({
  code: 'IST0106',
  severity: 'error',
  since: '0.1.0',
  summary: 'A value of an Istio resource is not valid.',
  reads: {},
  fixes: 'both',
  messages: {
    value: {
      what: '{problem}.',
      why: 'The webhook of istiod refuses the resource; where it is not asked, istiod ignores the resource or the part of it.',
      help: '{help}.',
    },
    limit: {
      what: '{problem}.',
      why: 'The API server refuses the resource: the schema of its kind does not allow it.',
      help: '{help}.',
    },
    type: {
      what: '{field} is {found}, where {expected} belongs.',
      why: 'The API server refuses the resource. It was analyzed as if the value were not there.',
      help: 'Write {expected}.',
    },
  },
});

import { defineRule } from '#sdk';

export default defineRule({
  code: 'IST1910',
  severity: 'error',
  since: '0.1.0',
  summary: 'A value of a Kubernetes or Gateway API resource is not valid.',
  reads: {},
  fixes: 'both',
  messages: {
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

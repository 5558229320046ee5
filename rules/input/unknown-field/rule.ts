import { defineRule } from '#sdk';

export default defineRule({
  code: 'IST1902',
  severity: 'error',
  since: '0.1.0',
  summary: 'A manifest has a field that its kind does not have.',
  reads: {},
  fixes: 'both',
  messages: {
    unknown: {
      what: '{owner} has no field {field}.',
      why: 'kubectl refuses the manifest; from other clients it is stored without the field, which then has no effect.',
      help: 'Remove it, or write one of: {known}.',
    },
    misspelt: {
      what: '{owner} has no field {field}.',
      why: 'kubectl refuses the manifest; from other clients it is stored without the field, which then has no effect.',
      help: 'Write {suggestion}.',
    },
    misplaced: {
      what: '{owner} has no field {field}.',
      why: 'kubectl refuses the manifest; from other clients it is stored without the field, which then has no effect.',
      help: 'This field belongs to {home}: mind the indentation.',
    },
  },
});

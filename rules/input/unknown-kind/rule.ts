import { defineRule } from '#sdk';

export default defineRule({
  code: 'IST1903',
  severity: 'error',
  since: '0.1.0',
  summary: 'A manifest names a kind that its API group does not have.',
  reads: {},
  fixes: 'both',
  messages: {
    unknown: {
      what: 'The API group {group} has no kind {kind}.',
      why: 'The API server refuses the manifest, and what it was meant to configure does not exist.',
      help: 'Kinds of this group: {known}.',
    },
    misspelt: {
      what: 'The API group {group} has no kind {kind}.',
      why: 'The API server refuses the manifest, and what it was meant to configure does not exist.',
      help: 'Write {suggestion}.',
    },
  },
});

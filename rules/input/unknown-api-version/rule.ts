import { defineRule } from '#sdk';

export default defineRule({
  code: 'IST1904',
  severity: 'error',
  since: '0.1.0',
  summary: 'A manifest names a version that its kind does not have.',
  reads: {},
  fixes: 'both',
  messages: {
    unknown: {
      what: '{kind} has no version {version} in {group}.',
      why: 'The API server refuses the manifest, and what it was meant to configure does not exist.',
      help: 'Write {preferred}; versions of this kind: {versions}.',
    },
  },
});

import { defineRule } from '#sdk';

export default defineRule({
  code: 'IST0001',
  severity: 'error',
  since: '0.1.0',
  summary: 'A rule of meshlint failed, so its verdicts are missing.',
  reads: {},
  messages: {
    crashed: {
      what: 'The rule {rule} failed: {error}',
      why: 'All other rules ran, but what this one would have found is missing from the report.',
      help: 'Report it with the manifest that is named here, and run with `--disable {rule}` until it is mended.',
    },
  },
});

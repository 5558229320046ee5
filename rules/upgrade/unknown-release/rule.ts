import { defineRule } from '#sdk';

export default defineRule({
  code: 'IST0168',
  severity: 'warning',
  since: '0.1.0',
  summary: 'An upgrade leads from or to a release of Istio whose changes are not known.',
  reads: {},
  messages: {
    unknown: {
      what: 'The upgrade from {from} to {to} leaves the releases whose changes are known, {first} to {last}.',
      why: 'Only what lies in between is judged: changes of other releases may concern this configuration, too.',
      help: 'Read the upgrade notes of the releases that are not covered, or ask a newer meshlint.',
    },
  },
});

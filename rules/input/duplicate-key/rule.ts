import { defineRule } from '#sdk';

export default defineRule({
  code: 'IST1914',
  severity: 'error',
  since: '0.1.0',
  summary: 'A mapping has the same key twice.',
  reads: {},
  messages: {
    twice: {
      what: 'The key "{key}" is written twice; the first time in line {line}.',
      why: 'The last value wins and the first is dropped without a word.',
      help: 'Remove one of the two, or merge their values.',
    },
  },
});

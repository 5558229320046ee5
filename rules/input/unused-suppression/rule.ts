import { defineRule } from '#sdk';

export default defineRule({
  code: 'IST1905',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A suppression silences nothing.',
  reads: {},
  messages: {
    code: {
      what: 'This {means} suppresses {word}, which is not found here.',
      why: 'What is left behind hides the next finding of this kind, which nobody has looked at.',
      help: 'Take {word} out of it.{note}',
    },
    all: {
      what: 'This {means} suppresses everything, and nothing is found here.',
      why: 'What is left behind hides the next finding, which nobody has looked at.',
      help: 'Remove it.{note}',
    },
  },
});

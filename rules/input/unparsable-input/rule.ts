import { defineRule } from '#sdk';

export default defineRule({
  code: 'IST1907',
  severity: 'error',
  since: '0.1.0',
  summary: 'A file or one of its documents cannot be read.',
  reads: {},
  messages: {
    syntax: {
      what: 'This document does not parse: {problem}',
      why: 'Nothing in this document was analyzed; the other documents of the file were.',
      help: 'Mend the YAML; if it is a template, render it first, or leave it out with --exclude.',
    },
    unreadable: {
      what: 'This file cannot be read: {problem}.',
      why: 'Nothing in it was analyzed, and nothing near it is called missing.',
      help: 'Make it readable, or leave it out with --exclude.',
    },
  },
});

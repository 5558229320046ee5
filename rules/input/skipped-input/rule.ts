import { defineRule } from '#sdk';

export default defineRule({
  code: 'IST1908',
  severity: 'info',
  since: '0.1.0',
  summary: 'A file or document was passed over because it is no Kubernetes manifest.',
  reads: {},
  messages: {
    skipped: {
      what: 'Passed over: {reason} (documents: {count}).',
      why: 'It was not analyzed; whatever it would put into the cluster is not known.',
      help: 'Nothing, when that is right. Render templates first; leave files out with --exclude to silence the note.',
    },
  },
});

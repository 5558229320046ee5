import { annotationFaults, annotationReads, at, defineRule } from '#sdk';

export default defineRule({
  code: 'IST0135',
  severity: 'info',
  since: '0.1.0',
  summary: 'An annotation of Istio is deprecated.',
  reads: annotationReads,
  messages: {
    replaced: {
      what: 'Annotation `{annotation}` is deprecated.',
      why: 'It still works, and a later release may drop it.',
      help: 'Use {instead}.',
    },
    retired: {
      what: 'Annotation `{annotation}` is deprecated, and nothing stands in for it.',
      why: 'It still works, and a later release may drop it.',
      help: 'Remove it.',
    },
  },
  check({ graph, report }) {
    for (const { resource, among, name: annotation, instead } of annotationFaults(graph).deprecated) {
      const place = at(among, annotation, 'key');
      if (instead === undefined) report(resource, { at: place, message: 'retired', data: { annotation } });
      else report(resource, { at: place, message: 'replaced', data: { annotation, instead } });
    }
  },
});

import { annotationFaults, annotationReads, at, defineRule } from '#sdk';

export default defineRule({
  code: 'IST0136',
  severity: 'info',
  since: '0.1.0',
  optIn: true,
  summary: 'An annotation belongs to a feature of Istio that is still alpha.',
  reads: annotationReads,
  messages: {
    alpha: {
      what: 'Annotation `{annotation}` belongs to an alpha feature.',
      why: 'Alpha features may change or go with any release, so look at it again before an upgrade.',
      help: 'Keep it if you need it, and read the notes of the release that you upgrade to.',
    },
  },
  check({ graph, report }) {
    for (const { resource, among, name: annotation } of annotationFaults(graph).alpha) {
      report(resource, { at: at(among, annotation, 'key'), message: 'alpha', data: { annotation } });
    }
  },
});

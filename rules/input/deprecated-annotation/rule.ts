import {
  annotationFaults,
  annotationReads,
  at,
  defineRule,
  type Fix,
  INJECT_KEY,
  moveToLabels,
  renameKey,
} from '#sdk';

export default defineRule({
  code: 'IST0135',
  severity: 'info',
  since: '0.1.0',
  summary: 'An annotation of Istio is deprecated.',
  reads: annotationReads,
  fixes: 'both',
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
    for (const { resource, among, value, name: annotation, instead, renamed } of annotationFaults(graph)
      .deprecated) {
      const place = at(among, annotation, 'key');
      const fix = (): Fix | undefined => {
        // By the label, unlike by the annotation, pods ask for a sidecar also where their namespace does not.
        if (annotation === INJECT_KEY) return moveToLabels(resource, among, annotation, value === 'false');
        if (renamed === undefined) return undefined;
        const edits = [renameKey(among, annotation, renamed)];
        return { title: `Rename ${annotation} to ${renamed}`, safe: false, edits };
      };
      if (instead === undefined) report(resource, { at: place, message: 'retired', data: { annotation } });
      else report(resource, { at: place, message: 'replaced', data: { annotation, instead }, fix });
    }
  },
});

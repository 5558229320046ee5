import {
  annotationFaults,
  annotationReads,
  at,
  defineRule,
  type Fix,
  matchesName,
  moveToLabels,
  renameKey,
} from '#sdk';

export default defineRule({
  code: 'IST0108',
  severity: 'warning',
  since: '0.1.0',
  summary: 'An annotation is named like those of Istio, which does not know it.',
  reads: annotationReads,
  fixes: 'both',
  options: {
    known: {
      type: 'strings',
      default: [],
      summary: 'Names below istio.io that something of your own reads; a `*` at the end stands for any rest.',
    },
  },
  messages: {
    misspelled: {
      what: 'Istio knows no annotation `{annotation}`.',
      why: 'It is ignored without a word, so what it asks for does not happen.',
      help: 'The {kind} `{meant}` looks like what was meant.',
    },
    label: {
      what: '`{annotation}` is a label, and stands here among the annotations.',
      why: 'Istio looks for it among the labels only, so what it asks for does not happen.',
      help: 'Move it from `annotations` to `labels`.',
    },
    unknown: {
      what: 'Istio knows no annotation `{annotation}`.',
      why: 'It is ignored: it has no effect, or no longer has.',
      help: 'Remove it, or check what wrote it. Names for uses of your own belong under a domain of your own.',
    },
  },
  check({ graph, report, options }) {
    for (const { resource, among, name: annotation, meant, fits } of annotationFaults(graph).unknown) {
      if (matchesName(options.known, annotation)) continue;
      const place = at(among, annotation, 'key');
      if (meant === undefined) {
        report(resource, { at: place, message: 'unknown', severity: 'info', data: { annotation } });
      } else if (meant.name === annotation) {
        report(resource, {
          at: place,
          message: 'label',
          data: { annotation },
          fix: () => moveToLabels(resource, among, annotation, false),
        });
      } else {
        const data = { annotation, kind: meant.is, meant: meant.name };
        const fix = (): Fix | undefined =>
          meant.is === 'annotation'
            ? {
                title: `Rename ${annotation} to ${meant.name}`,
                safe: fits,
                edits: [renameKey(among, annotation, meant.name)],
              }
            : undefined;
        report(resource, { at: place, message: 'misspelled', data, fix });
      }
    }
  },
});

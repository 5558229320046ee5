import { annotationFaults, annotationReads, at, defineRule, removeField, showList } from '#sdk';

export default defineRule({
  code: 'IST0107',
  severity: 'warning',
  since: '0.1.0',
  summary: 'An annotation of Istio stands on a kind on which Istio never reads it.',
  reads: annotationReads,
  fixes: 'safe',
  messages: {
    'on-controller': {
      what: 'Annotation `{annotation}` stands on the {kind} itself, and is only read on its pods.',
      why: 'Pods get the annotations of the template, not those of the {kind}, so it has no effect.',
      help: 'Move it to `{path}`.',
    },
    'on-other-kind': {
      what: 'Annotation `{annotation}` stands on a {kind}, where Istio never reads it.',
      why: 'It has no effect there.',
      help: 'It belongs on a {on}. Move it, or remove it.',
    },
  },
  check({ graph, report }) {
    for (const { resource, among, name, value, bearer, template, on } of annotationFaults(graph).misplaced) {
      const place = at(among, name, 'key');
      const data = { annotation: name, kind: bearer };
      if (template !== undefined && on.includes('Pod')) {
        report(resource, {
          at: place,
          message: 'on-controller',
          data: { ...data, path: template.path },
          // Where the pods have it too, nothing is missing.
          ...(Object.hasOwn(template.annotations, name) ? { severity: 'info' } : {}),
          fix: () =>
            template.annotations[name] === value
              ? {
                  title: `Remove ${name} here: the pods have it`,
                  safe: true,
                  edits: [removeField(among, name)],
                }
              : undefined,
        });
      } else {
        report(resource, {
          at: place,
          message: 'on-other-kind',
          data: { ...data, on: showList(on).replace(' and ', ' or ') },
        });
      }
    }
  },
});

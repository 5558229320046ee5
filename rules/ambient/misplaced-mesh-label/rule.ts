import { at, defineRule, labelReads, misplacedLabels, moveToLabels, showBearer, showList } from '#sdk';

export default defineRule({
  code: 'IST1002',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A label or annotation that should enrol, inject or lead to a waypoint stands where it does not.',
  reads: labelReads,
  fixes: 'unsafe',
  messages: {
    'on-controller': {
      what: 'Label `{label}` on {owner} itself does not reach its pods.',
      why: 'Pods get the labels of the template and no others, so {otherwise}.',
      help: 'Move it to `{path}.labels`, where the pods take theirs from.',
    },
    'on-other-kind': {
      what: 'Label `{label}` does nothing on {owner}.',
      why: 'Istio reads it on a {on} only, so {otherwise}.',
      help: 'Put it on the {on} that is meant, or remove it.',
    },
    label: {
      what: '`{annotation}` is an annotation here, on {owner}, and Istio looks for it among the labels.',
      why: 'Annotations of this name are read by nobody, so {otherwise}.',
      help: 'Move it from `annotations` to `labels`.',
    },
    captured: {
      what: 'Annotation `{annotation}: enabled` on {owner} claims that ztunnel has captured them, which only the CNI may say.',
      why: 'istiod believes it at once and tells everybody to connect through ztunnel. Where the CNI has not set this up, or not yet, connections to these pods fail.',
      help: 'Remove it, and enrol by the label `istio.io/dataplane-mode: ambient` on the template or the Namespace.',
    },
    'not-captured': {
      what: 'Annotation `{annotation}` on {owner} does not keep ztunnel away.',
      why: 'The CNI writes this annotation and does not ask it: pods in an ambient namespace are captured all the same.',
      help: 'Remove it. To opt out, add the label `istio.io/dataplane-mode: none` to the template.',
    },
    account: {
      what: 'Annotation `{annotation}` on {owner} no longer says whom this waypoint is for.',
      why: 'No release since 1.22 reads it: what uses a waypoint names it by a label, and without one traffic goes past it and its policies.',
      help: 'Remove it, and label the Namespace, the Services or the pods with `istio.io/use-waypoint`.',
    },
  },
  check({ graph, report }) {
    const { labels, annotations } = misplacedLabels(graph);
    for (const { bearing, key, facts } of labels) {
      const { resource, template } = bearing;
      const data = { label: key, owner: showBearer(bearing), otherwise: facts.otherwise };
      const place = at(bearing.labels, key, 'key');
      if (template !== undefined && facts.on.includes('Pod')) {
        report(resource, { at: place, message: 'on-controller', data: { ...data, path: template.path } });
      } else {
        const on = showList(facts.on).replace(' and ', ' or ');
        report(resource, { at: place, message: 'on-other-kind', data: { ...data, on } });
      }
    }
    for (const { bearing, key, fault, otherwise } of annotations) {
      report(bearing.resource, {
        at: at(bearing.annotations, key, 'key'),
        message: fault,
        data: { annotation: key, owner: showBearer(bearing), otherwise },
        ...(fault === 'captured' ? { severity: 'error' } : {}),
        fix: () =>
          fault === 'label' ? moveToLabels(bearing.resource, bearing.annotations, key, false) : undefined,
      });
    }
  },
});

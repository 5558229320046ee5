import { annotationFaults, annotationReads, at, defineRule } from '#sdk';

export default defineRule({
  code: 'IST0125',
  severity: 'warning',
  since: '0.1.0',
  summary: 'An annotation of Istio has a value that Istio cannot read.',
  reads: annotationReads,
  messages: {
    rejected: {
      what: 'Istio cannot read the value of annotation `{annotation}`: {problem}.',
      why: 'Where a sidecar is injected, the pod is rejected, and its controller tries again and again without getting one.',
      help: 'Put the value right, or remove the annotation.',
    },
    ignored: {
      what: 'Istio cannot read the value of annotation `{annotation}`: {problem}.',
      why: 'It goes on as if the annotation were not there.',
      help: 'Put the value right, or remove the annotation.',
    },
  },
  check({ graph, report }) {
    for (const { resource, among, name, problem, strict } of annotationFaults(graph).invalid) {
      report(resource, {
        at: at(among, name),
        message: strict ? 'rejected' : 'ignored',
        data: { annotation: name, problem },
      });
    }
  },
});

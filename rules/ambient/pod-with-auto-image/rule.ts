import { AUTO_IMAGE, at, defineRule, proxyContainer, recordedPods, workloadReads } from '#sdk';

export default defineRule({
  code: 'IST0147',
  severity: 'error',
  since: '0.1.0',
  summary: 'A Pod was created with the placeholder for the image of its proxy.',
  reads: { ...workloadReads, Pod: 'some' },
  messages: {
    placeholder: {
      what: 'The proxy of Pod {pod} has the image `auto`, so nothing was injected when the Pod was created.',
      why: '`auto` is a placeholder that the injector replaces. Kubernetes looks for an image of that name, and the Pod never starts.',
      help: 'Make sure that its namespace or its labels ask for injection and that istiod runs, then create it anew.',
    },
  },
  check({ graph, report }) {
    for (const pod of recordedPods(graph)) {
      const container = proxyContainer(pod.spec);
      if (container?.image !== AUTO_IMAGE) continue;
      report(pod, { at: at(container, 'image'), message: 'placeholder', data: { pod: pod.name } });
    }
  },
});

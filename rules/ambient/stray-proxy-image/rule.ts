import {
  at,
  defineRule,
  proxyImageReads,
  type Resource,
  type StrayProxy,
  showList,
  strayProxies,
} from '#sdk';

export default defineRule({
  code: 'IST0158',
  severity: 'warning',
  since: '0.1.0',
  summary: 'Pods of a Namespace run another image of the proxy than the injector gives now.',
  reads: proxyImageReads,
  messages: {
    stray: {
      what: 'In namespace {namespace}, {count} of the proxies that run are not `{expected}`: those of {owners}.',
      why: 'Sidecars are only replaced with their pods, so after an upgrade the old ones stay, with their old faults, until nothing supports them any more.',
      help: 'Restart what owns the pods, for example by `kubectl rollout restart deployment -n {namespace}`.',
    },
  },
  check({ graph, report }) {
    for (const [namespace, proxies] of strayProxies(graph)) {
      const [first] = proxies;
      if (first === undefined) continue;
      const owners = [...new Set(proxies.map(({ pod }) => ownerOf(pod)))];
      report(namespace, {
        at: at(namespace.metadata, 'name'),
        message: 'stray',
        data: {
          namespace: namespace.name,
          count: proxies.length,
          expected: first.expected,
          owners: showList(owners),
        },
        related: proxies.slice(0, 5).map(note),
      });
    }
  },
});

function note({ pod, container, image }: StrayProxy) {
  return { resource: pod, at: at(container, 'image'), note: `Pod ${pod.name} runs \`${image}\`.` };
}

/** Who brings the pod up again; the hash in the name of a ReplicaSet is not that of its Deployment. */
function ownerOf({ name, metadata }: Resource<'Pod'>): string {
  const [owner] = metadata.ownerReferences ?? [];
  if (owner?.kind === undefined || owner.name === undefined) return `Pod ${name}`;
  const hash = metadata.labels?.['pod-template-hash'];
  return owner.kind === 'ReplicaSet' && hash !== undefined && owner.name.endsWith(`-${hash}`)
    ? `Deployment ${owner.name.slice(0, -hash.length - 1)}`
    : `${owner.kind} ${owner.name}`;
}

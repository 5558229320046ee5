import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { pushTo } from '../../model/collections.ts';
import type { Container, PodSpec } from '../../model/kinds.gen.ts';
import { type Labels, matchesLabels } from '../../model/labels.ts';
import { PROXY_CONFIG_ANNOTATION } from '../../model/proxy-reading.ts';
import { workloadReads, workloads } from '../workloads/workloads.ts';
import { injector } from './injector.ts';
import { INJECTION_LABEL, membership, membershipReads, REVISION_LABEL } from './membership.ts';

/** The image that stands for "the injector knows": it puts its own in its place. */
export const AUTO_IMAGE = 'auto';

/** The proxy of a pod: a container, or an init container that keeps running. */
export function proxyContainer(pod: PodSpec | undefined): Container | undefined {
  return [...(pod?.containers ?? []), ...(pod?.initContainers ?? [])].find(
    ({ name }) => name === 'istio-proxy',
  );
}

/** Pods that a cluster recorded, those of loaded owners too; a Pod that is only written down is still to be injected. */
export const recordedPods = view({ ...workloadReads, Pod: 'some' }, (graph): readonly Resource<'Pod'>[] => {
  const manifests = new Set<Resource>();
  for (const { resource, recorded } of workloads(graph).all) if (!recorded) manifests.add(resource);
  return graph.list('Pod').filter((pod) => !manifests.has(pod));
});

/** A pod whose proxy is not the one that it would be given now. */
export interface StrayProxy {
  readonly pod: Resource<'Pod'>;
  readonly container: Container;
  readonly image: string;
  readonly expected: string;
}

export const proxyImageReads = {
  ...workloadReads,
  ...membershipReads,
  Pod: 'some',
  Namespace: 'some',
  ProxyConfig: 'some',
} as const;

/**
 * Running proxies that differ from the image of the injector that their namespace names, by Namespace
 * (pkg/config/analysis/analyzers/injection/injection-image.go). Where an image was pulled from does not matter:
 * mirrors hold the same images under another host and path.
 */
export const strayProxies = view(
  proxyImageReads,
  (graph): ReadonlyMap<Resource<'Namespace'>, readonly StrayProxy[]> => {
    const stray = new Map<Resource<'Namespace'>, StrayProxy[]>();
    const injectors = injector(graph);
    const members = membership(graph);
    const types = imageTypes(graph);
    for (const pod of recordedPods(graph)) {
      const container = proxyContainer(pod.spec);
      const image = container?.image ?? '';
      const labels = members.namespaceLabels(pod.namespace, pod) ?? {};
      const revision = revisionOf(labels);
      if (container === undefined || revision === undefined || !isComparable(pod, image)) continue;
      const expected = injectors.loaded(revision)?.proxyImage;
      if (expected === undefined || fits(image, expected, types(pod))) continue;
      const [namespace] = graph.nearest(
        pod,
        graph.copies('Namespace', { namespace: '', name: pod.namespace }),
      );
      if (namespace !== undefined) pushTo(stray, namespace, { pod, container, image, expected });
    }
    return stray;
  },
);

/** The revision that injects into a namespace, '' for the default one. */
function revisionOf(labels: Labels): string | undefined {
  const injection = labels[INJECTION_LABEL];
  if (injection !== undefined) return injection === 'enabled' ? '' : undefined;
  return labels[REVISION_LABEL];
}

/** Pods that choose their image, or that are through, say nothing about the injector. */
function isComparable({ metadata, body }: Resource<'Pod'>, image: string): boolean {
  const phase = body.status?.phase;
  if (phase === 'Succeeded' || phase === 'Failed' || metadata.deletionTimestamp !== undefined) return false;
  return (
    image !== '' &&
    image !== AUTO_IMAGE &&
    (metadata.annotations?.['sidecar.istio.io/proxyImage'] ?? '') === ''
  );
}

/** The types of image that Istio publishes beside the usual one, as suffixes of the tag. */
const publishedTypes = ['distroless', 'debug'];

/**
 * Which types of image a pod may have: the last of mesh, root namespace, namespace, workload and pod that names one
 * (pkg/config/analysis/analyzers/util/proxyconfig.go, `proxyImageURL` in pkg/kube/inject/inject.go).
 */
function imageTypes(graph: Graph<'ProxyConfig'>): (pod: Resource<'Pod'>) => readonly string[] {
  const { rootNamespace, config, configKnown } = graph.mesh;
  const usual = config.defaultConfig?.image?.imageType;
  return ({ namespace, metadata }) => {
    const { labels = {}, annotations = {} } = metadata;
    let type = usual ?? '';
    for (const scope of new Set([rootNamespace, namespace])) {
      const own = graph.list('ProxyConfig', scope).filter(({ spec }) => spec.image?.imageType !== undefined);
      const general = own.filter(({ spec }) => spec.selector === undefined);
      const special = own.filter(
        ({ spec }) =>
          spec.selector !== undefined &&
          scope === namespace &&
          matchesLabels(spec.selector.matchLabels ?? {}, labels),
      );
      for (const { spec } of [...general, ...special]) type = spec.image?.imageType ?? type;
    }
    type = graph.proxyReading(annotations[PROXY_CONFIG_ANNOTATION] ?? '')?.settings.image?.imageType ?? type;
    type = annotations['sidecar.istio.io/proxyImageType'] ?? type;
    if (type !== '') return [type];
    // What the mesh is set to is not known.
    return configKnown || graph.isClosed('ConfigMap', rootNamespace) ? [] : publishedTypes;
  };
}

/** An image without the host and path that it was pulled from. */
interface Image {
  readonly name: string;
  readonly tag?: string;
  readonly digest?: string;
}

function parse(image: string): Image {
  const [reference = '', digest] = image.split('@', 2);
  const last = reference.slice(reference.lastIndexOf('/') + 1);
  const [name = '', tag] = last.split(':', 2);
  return { name, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
}

/** Whether an image may be the expected one, of one of the types. */
function fits(image: string, expected: string, types: readonly string[]): boolean {
  const one = parse(image);
  const other = parse(expected);
  if (one.name !== other.name) return false;
  if (one.digest !== undefined && one.digest === other.digest) return true;
  // A tag and a digest cannot be compared.
  if (one.tag === undefined || other.tag === undefined) {
    return one.digest !== undefined || other.digest !== undefined;
  }
  if (one.tag === other.tag) return true;
  const plain = publishedTypes.reduce((tag, type) => tag.replace(new RegExp(`-${type}$`), ''), other.tag);
  return types.some((type) => one.tag === (type === 'default' ? plain : `${plain}-${type}`));
}

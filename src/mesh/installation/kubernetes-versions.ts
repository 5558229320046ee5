import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { pushTo } from '../../model/collections.ts';
import { folderOf } from '../../model/layout.ts';
import { isAtLeast } from '../../model/releases.ts';

/**
 * The oldest Kubernetes that a release of Istio asks for, by the release that raised it: `MinK8SVersion` in
 * istioctl/pkg/install/k8sversion/version.go of the release branches, 1.16 to 1.31. It is never lowered.
 */
export const kubernetesMinimums: readonly { readonly istio: string; readonly kubernetes: string }[] = [
  { istio: '1.16', kubernetes: '1.22' },
  { istio: '1.17', kubernetes: '1.23' },
  { istio: '1.18', kubernetes: '1.24' },
  { istio: '1.19', kubernetes: '1.25' },
  { istio: '1.21', kubernetes: '1.26' },
  { istio: '1.24', kubernetes: '1.28' },
  { istio: '1.25', kubernetes: '1.29' },
  { istio: '1.28', kubernetes: '1.30' },
  { istio: '1.30', kubernetes: '1.32' },
];

/** How many minor releases a kubelet may be older than its API server (the version skew policy of Kubernetes). */
const KUBELET_SKEW = 3;

/** The oldest Kubernetes that a release of Istio (`major.minor`) asks for; undefined before 1.16. */
export function minimumKubernetes(istio: string): string | undefined {
  return kubernetesMinimums.findLast((one) => isAtLeast(istio, one.istio))?.kubernetes;
}

/** The newest node of a cluster, which says how old its API server can be. */
export interface NewestNode {
  readonly node: Resource<'Node'>;
  /** `major.minor` of its kubelet. */
  readonly version: string;
  /** The newest API server that would still let it join, as `major.minor`. */
  readonly newestServer: string;
}

/**
 * The newest node of each cluster of the input; nodes in one folder count as one cluster. A kubelet is never newer
 * than its API server.
 */
export const newestNodes = view({ Node: 'some' }, (graph): readonly NewestNode[] => {
  const clusters = new Map<string, NewestNode[]>();
  for (const node of graph.list('Node')) {
    const found = /^v?(1)\.(\d+)/.exec(node.body.status?.nodeInfo?.kubeletVersion ?? '');
    if (found === null) continue;
    const [, major = '', minor = ''] = found;
    pushTo(clusters, folderOf(node.origin.source.path), {
      node,
      version: `${major}.${minor}`,
      newestServer: `${major}.${Number(minor) + KUBELET_SKEW}`,
    });
  }
  return [...clusters.values()].flatMap((nodes) =>
    nodes.reduce((newest, one) => (isAtLeast(newest.version, one.version) ? newest : one)),
  );
});

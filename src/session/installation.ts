// Which Istio runs in a cluster, as its objects say.
import { ConfigError } from '../config/config-error.ts';
import type { DataPlane } from '../engine/report.ts';
import type { LiveState } from '../model/live.ts';
import { defaultMesh } from '../model/mesh.ts';
import type { MeshRequest } from './session.ts';

const REVISION_LABEL = 'istio.io/rev';
const TAG_LABEL = 'istio.io/tag';
const MODE_LABEL = 'istio.io/dataplane-mode';

export interface Installation {
  /** What was asked for, and the revision whose settings count. */
  readonly mesh: MeshRequest;
  /** Revisions with an istiod, in order; the one without a name of its own is `default`. */
  readonly revisions: readonly string[];
  /** How workloads are, or are to be, taken into the mesh. */
  readonly dataPlane: readonly DataPlane[];
}

/**
 * Finds the revisions of Istio in a cluster. Without one that is asked for, the one counts whose settings have no
 * revision in their name, else that of the default tag, else the only one. Throws ConfigError for a revision or tag that
 * the cluster does not have, as far as its Deployments were read.
 */
export function findInstallation(
  { objects, cluster }: Pick<LiveState, 'objects' | 'cluster'>,
  asked: MeshRequest,
): Installation {
  const namespace = asked.istioNamespace ?? asked.rootNamespace ?? defaultMesh.rootNamespace;
  const revisions = new Set<string>();
  const tags = new Map<string, string>();
  const dataPlane = new Set<DataPlane>();
  let hasPlainConfig = false;
  for (const { value } of objects) {
    const { labels, annotations, name, namespace: own } = metadataOf(value);
    if (value.kind === 'Deployment' && labels.app === 'istiod')
      revisions.add(labels[REVISION_LABEL] ?? 'default');
    if (value.kind === 'MutatingWebhookConfiguration') {
      const tag = labels[TAG_LABEL];
      if (tag !== undefined) tags.set(tag, labels[REVISION_LABEL] ?? 'default');
    }
    if (value.kind === 'ConfigMap' && own === namespace && name === 'istio') hasPlainConfig = true;
    if (value.kind === 'Namespace' || value.kind === 'Pod') {
      if (labels[MODE_LABEL] === 'ambient') dataPlane.add('ambient');
      const isInjected =
        value.kind === 'Pod'
          ? annotations['sidecar.istio.io/status'] !== undefined
          : labels['istio-injection'] === 'enabled' || labels[REVISION_LABEL] !== undefined;
      if (isInjected) dataPlane.add('sidecar');
    }
  }
  const known = [...revisions].sort();
  const revision = asked.revision === undefined ? preferred() : (tags.get(asked.revision) ?? asked.revision);
  if (
    asked.revision !== undefined &&
    revision !== undefined &&
    known.length > 0 &&
    !revisions.has(revision)
  ) {
    throw new ConfigError(
      `Cluster ${cluster} has no revision "${asked.revision}" of Istio.`,
      `It has ${[...known, ...tags.keys()].join(', ')}.`,
    );
  }
  return {
    mesh: { ...asked, ...(revision === undefined ? {} : { revision }) },
    revisions: known,
    dataPlane: [...dataPlane].sort(),
  };

  function preferred(): string | undefined {
    if (hasPlainConfig) return undefined;
    const [only, ...others] = known;
    return tags.get('default') ?? (others.length === 0 ? only : undefined);
  }
}

interface Metadata {
  readonly name?: unknown;
  readonly namespace?: unknown;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** The border where an object of a cluster is any value. */
function metadataOf({ metadata }: Record<string, unknown>): Metadata {
  const given = (typeof metadata === 'object' && metadata !== null ? metadata : {}) as Partial<Metadata>;
  const textsOf = (map: Metadata['labels'] | undefined): Metadata['labels'] =>
    typeof map === 'object' && map !== null ? map : {};
  return {
    name: given.name,
    namespace: given.namespace,
    labels: textsOf(given.labels),
    annotations: textsOf(given.annotations),
  };
}

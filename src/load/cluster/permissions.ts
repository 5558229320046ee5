// What a reader of clusters must be allowed, by the plan that reading goes by.
import { compareText, ensure } from '../../model/collections.ts';
import { kinds } from '../../model/kinds.gen.ts';
import type { Served } from './discovery.ts';
import { type KindRead, planReads } from './plan.ts';
import type { ReadRequest } from './read-request.ts';

export interface Role {
  readonly kind: 'ClusterRole' | 'Role';
  readonly name: string;
  readonly namespace?: string;
  /** What it is for, and where it is to be bound. */
  readonly about: string;
  readonly rules: readonly RoleRule[];
}

export interface RoleRule {
  readonly group: string;
  /** As in paths: `virtualservices`. */
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

export interface RolesRequest extends Pick<ReadRequest, 'istioNamespace' | 'secrets'> {
  /** Where alone things may be read; empty for everywhere. */
  readonly namespaces: readonly string[];
  /** Whether the cluster is to be followed, not only read once. */
  readonly watch: boolean;
  /** Whether the clusters are to be found that the control plane reads. */
  readonly remotes?: boolean;
}

/** A cluster that serves all that we know. */
const everything: Served = {
  find(group, resource) {
    const kind = Object.values(kinds).find((one) => one.group === group && one.plural === resource);
    return kind && { kind: kind.kind, namespaced: kind.namespaced, versions: kind.versions };
  },
  unread: () => [],
};

/** The roles that reading needs, and nothing more; no two of them allow the same. */
export function rolesFor(request: RolesRequest): readonly Role[] {
  const { namespaces, istioNamespace, watch, remotes = false } = request;
  const { reads, secrets } = planReads(everything, request);
  const verbs = watch ? ['list', 'watch'] : ['list'];
  const bound = reads.filter(({ namespace }) => namespace !== undefined);
  const free = reads.filter(({ namespace }) => namespace === undefined);
  const certificates: RoleRule[] = secrets ? [{ group: '', resources: ['secrets'], verbs: ['get'] }] : [];
  const mesh: Role = {
    kind: 'Role',
    name: 'meshlint-mesh-config',
    namespace: istioNamespace,
    about: 'The configuration of the mesh, in the namespace of Istio only.',
    rules: rulesOf(bound, verbs),
  };
  // `resourceNames` cannot say it: labels choose these Secrets, and lists have no names.
  const remoteSecrets: Role[] = remotes
    ? [
        {
          kind: 'Role',
          name: 'meshlint-remotes',
          namespace: istioNamespace,
          about:
            'The Secrets that name the other clusters of the mesh (--discover-remotes). No role can tell them from others:\nit allows to read every Secret of this namespace, the keys of the mesh among them.',
          rules: [{ group: '', resources: ['secrets'], verbs: ['list'] }],
        },
      ]
    : [];
  if (namespaces.length > 0) {
    const inside = free.filter(({ namespaced }) => namespaced);
    return [
      ...namespaces.map(
        (namespace): Role => ({
          kind: 'Role',
          name: 'meshlint',
          namespace,
          about: `What stands in namespace ${namespace}.`,
          // A role in a namespace may allow to see that namespace itself.
          rules: [
            ...rulesOf(inside, verbs),
            { group: '', resources: ['namespaces'], verbs: ['get'] },
            ...certificates,
          ],
        }),
      ),
      mesh,
      ...remoteSecrets,
    ];
  }
  return [
    {
      kind: 'ClusterRole',
      name: 'meshlint',
      about: 'What is read in all namespaces.',
      rules: rulesOf(free, verbs),
    },
    mesh,
    ...(secrets
      ? [
          {
            kind: 'ClusterRole',
            name: 'meshlint-certificates',
            about:
              'The certificates that gateways name. Bind it with a RoleBinding in each namespace of gateways; bound by a\nClusterRoleBinding, it allows to read every Secret whose name is known.',
            rules: certificates,
          } as const,
        ]
      : []),
    ...remoteSecrets,
  ];
}

/** The kinds that stand in no namespace and that no Role can allow. */
export function beyondNamespaces(request: RolesRequest): readonly string[] {
  const outside = planReads(everything, request).reads.filter(({ namespaced }) => !namespaced);
  return outside.map(({ resource }) => resource).sort(compareText);
}

/** One rule a group. */
function rulesOf(reads: readonly KindRead[], verbs: readonly string[]): RoleRule[] {
  const groups = new Map<string, string[]>();
  for (const { group, resource } of reads) ensure(groups, group, () => []).push(resource);
  return [...groups]
    .sort(([a], [b]) => compareText(a, b))
    .map(([group, resources]) => ({ group, resources: resources.sort(compareText), verbs }));
}

// The resources a cluster serves: those of Kubernetes itself, and what CustomResourceDefinitions add.
import { kinds } from '../../../src/model/kinds.gen.ts';
import { asList, asObject, asText, asTexts, type Json } from './objects.ts';
import type { ClusterOptions } from './options.ts';

export interface ResourceType {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  /** Of a CustomResourceDefinition: its items keep kind and apiVersion in lists. */
  readonly custom: boolean;
  /** Sent as a warning with every answer. */
  readonly deprecation?: string;
  /** `additionalPrinterColumns`. */
  readonly columns: readonly Json[];
  readonly verbs: readonly string[];
}

const everyVerb = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** Group and version, plural, kind, short names; `cluster` for what is in no namespace. */
const builtIn: readonly (readonly [string, string, string, string?, 'cluster'?])[] = [
  ['v1', 'configmaps', 'ConfigMap', 'cm'],
  ['v1', 'endpoints', 'Endpoints', 'ep'],
  ['v1', 'events', 'Event', 'ev'],
  ['v1', 'namespaces', 'Namespace', 'ns', 'cluster'],
  ['v1', 'nodes', 'Node', 'no', 'cluster'],
  ['v1', 'persistentvolumeclaims', 'PersistentVolumeClaim', 'pvc'],
  ['v1', 'pods', 'Pod', 'po'],
  ['v1', 'replicationcontrollers', 'ReplicationController', 'rc'],
  ['v1', 'secrets', 'Secret'],
  ['v1', 'serviceaccounts', 'ServiceAccount', 'sa'],
  ['v1', 'services', 'Service', 'svc'],
  [
    'admissionregistration.k8s.io/v1',
    'mutatingwebhookconfigurations',
    'MutatingWebhookConfiguration',
    '',
    'cluster',
  ],
  [
    'admissionregistration.k8s.io/v1',
    'validatingwebhookconfigurations',
    'ValidatingWebhookConfiguration',
    '',
    'cluster',
  ],
  ['apiextensions.k8s.io/v1', 'customresourcedefinitions', 'CustomResourceDefinition', 'crd', 'cluster'],
  ['apps/v1', 'daemonsets', 'DaemonSet', 'ds'],
  ['apps/v1', 'deployments', 'Deployment', 'deploy'],
  ['apps/v1', 'replicasets', 'ReplicaSet', 'rs'],
  ['apps/v1', 'statefulsets', 'StatefulSet', 'sts'],
  ['autoscaling/v2', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', 'hpa'],
  ['batch/v1', 'cronjobs', 'CronJob', 'cj'],
  ['batch/v1', 'jobs', 'Job'],
  ['coordination.k8s.io/v1', 'leases', 'Lease'],
  ['discovery.k8s.io/v1', 'endpointslices', 'EndpointSlice'],
  ['events.k8s.io/v1', 'events', 'Event', 'ev'],
  ['networking.k8s.io/v1', 'ingressclasses', 'IngressClass', '', 'cluster'],
  ['networking.k8s.io/v1', 'ingresses', 'Ingress', 'ing'],
  ['networking.k8s.io/v1', 'networkpolicies', 'NetworkPolicy', 'netpol'],
  ['policy/v1', 'poddisruptionbudgets', 'PodDisruptionBudget', 'pdb'],
  ['rbac.authorization.k8s.io/v1', 'clusterrolebindings', 'ClusterRoleBinding', '', 'cluster'],
  ['rbac.authorization.k8s.io/v1', 'clusterroles', 'ClusterRole', '', 'cluster'],
  ['rbac.authorization.k8s.io/v1', 'rolebindings', 'RoleBinding'],
  ['rbac.authorization.k8s.io/v1', 'roles', 'Role'],
];

/** Every type the cluster serves before its objects are read. */
export function initialTypes(installed: ClusterOptions['installed'] = {}): readonly ResourceType[] {
  const own = builtIn.map(([groupVersion, plural, kind, shortName = '', scope]) => ({
    ...splitGroupVersion(groupVersion),
    plural,
    kind,
    namespaced: scope !== 'cluster',
    shortNames: shortName === '' ? [] : [shortName],
    categories: [],
    custom: false,
    columns: [],
    verbs: everyVerb,
  }));
  if (installed === 'none') return own;
  const owned = new Set(own.map(({ group }) => group));
  const known = Object.values(kinds).filter((info) => info.pseudo !== true && !owned.has(info.group));
  return [
    ...own,
    ...known.flatMap(({ group, kind, plural, versions, namespaced }) =>
      versionsOf(installed[group], versions).map((version) => ({
        group,
        version,
        plural,
        kind,
        namespaced,
        shortNames: [],
        categories: [],
        custom: true,
        columns: [],
        verbs: everyVerb,
      })),
    ),
  ];
}

function versionsOf(asked: readonly string[] | false | undefined, all: readonly string[]): readonly string[] {
  return asked === undefined ? all : asked === false ? [] : all.filter((version) => asked.includes(version));
}

/** The types that a CustomResourceDefinition declares, one for each version it serves. */
export function typesOfDefinition(definition: Json): readonly ResourceType[] {
  const spec = asObject(definition.spec);
  const names = asObject(spec.names);
  const group = asText(spec.group);
  const kind = asText(names.kind);
  return asList(spec.versions)
    .map(asObject)
    .filter(({ served }) => served === true)
    .map((version) => ({
      group,
      version: asText(version.name),
      plural: asText(names.plural),
      kind,
      namespaced: spec.scope === 'Namespaced',
      shortNames: asTexts(names.shortNames),
      categories: asTexts(names.categories),
      custom: true,
      ...(version.deprecated === true
        ? {
            deprecation:
              asText(version.deprecationWarning) || `${group}/${asText(version.name)} ${kind} is deprecated`,
          }
        : {}),
      columns: asList(version.additionalPrinterColumns).map(asObject),
      verbs: everyVerb,
    }));
}

/** `networking.istio.io/v1` taken apart; the core group's name is empty. */
export function splitGroupVersion(groupVersion: string): { group: string; version: string } {
  const slash = groupVersion.indexOf('/');
  return { group: groupVersion.slice(0, Math.max(slash, 0)), version: groupVersion.slice(slash + 1) };
}

export function groupVersionOf({ group, version }: Pick<ResourceType, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`;
}

/** As authorization and messages name it: `gateways.networking.istio.io`. */
export function resourceName({ group, plural }: Pick<ResourceType, 'group' | 'plural'>): string {
  return group === '' ? plural : `${plural}.${group}`;
}

// Which object of the input somebody means who writes its name on a command line.
import { ConfigError } from '../config/config-error.ts';
import type { WholeGraph } from '../graph/graph.ts';
import type { Resource } from '../graph/resource.ts';
import { ClusterError } from '../load/cluster/cluster-error.ts';
import { recordedPod } from '../mesh/membership/membership.ts';
import { workloadKinds } from '../mesh/workloads/workload.ts';
import { isKind } from '../mesh/workloads/workload-sources.ts';
import { type Workload, workloads } from '../mesh/workloads/workloads.ts';
import { type Kind, kinds } from '../model/kinds.gen.ts';
import { FLOATING, showRef } from '../model/names.ts';
import { nearestName } from '../model/near.ts';

/** What `kubectl` calls them for short. */
const shortNames: Readonly<Record<string, Kind>> = {
  svc: 'Service',
  po: 'Pod',
  ns: 'Namespace',
  deploy: 'Deployment',
  sts: 'StatefulSet',
  ds: 'DaemonSet',
  rs: 'ReplicaSet',
  rc: 'ReplicationController',
  cj: 'CronJob',
  se: 'ServiceEntry',
  we: 'WorkloadEntry',
  wg: 'WorkloadGroup',
};

const FORM = 'Write Kind/namespace/name, such as Service/shop/cart.';

/**
 * The resource that `Kind/namespace/name` names (`Kind/name` for what has no namespace, or none in the input). Kinds may
 * be written in any case, in the plural, or as `kubectl` shortens them. Throws a ConfigError that suggests the nearest.
 */
export function findResource(graph: WholeGraph, text: string): Resource {
  const [written = '', ...rest] = text.split('/');
  const [namespace, name] = rest.length === 1 ? [undefined, rest[0]] : rest;
  if (name === undefined || name === '' || rest.length > 2) {
    throw new ConfigError(`"${text}" names no object.`, FORM);
  }
  const meant = kindsNamed(written);
  if (meant.length === 0) {
    const near = nearestName(
      written,
      Object.values(kinds).map(({ kind }) => kind),
    );
    throw new ConfigError(
      `"${written}" is no kind that meshlint knows.`,
      near === undefined ? FORM : `Did you mean ${near}?`,
    );
  }
  const all = meant.flatMap((kind) => graph.list(kind));
  const found = all.filter(
    (one) => one.name === name && (namespace === undefined || namespace === one.namespace),
  );
  const [first, ...others] = found;
  if (first === undefined) throw unread(graph, text, meant, namespace) ?? missing(written, text, all);
  const places = new Set(others.map((one) => one.namespace).filter((one) => one !== first.namespace));
  if (places.size > 0) {
    const names = [first, ...others].map((one) => `${written}/${one.namespace}/${one.name}`);
    throw new ConfigError(
      `"${text}" may be any of ${[...new Set(names)].join(', ')}.`,
      'Name its namespace.',
    );
  }
  return first;
}

/**
 * The workload that `namespace/name` or `Kind/namespace/name` names: by its owner (a Deployment, say) or by a Pod.
 * Throws a ConfigError that suggests the nearest.
 */
export function findWorkload(graph: WholeGraph, text: string): Workload {
  if (text.split('/').length === 3) {
    const resource = findResource(graph, text);
    const workload = workloadOf(graph, resource);
    if (workload !== undefined) return workload;
    throw new ConfigError(`${resource.kind} ${showRef(resource)} runs nothing.`, 'Name a workload or a Pod.');
  }
  const [namespace = '', name = ''] = text.includes('/') ? text.split('/') : [FLOATING, text];
  const all = workloads(graph).all;
  const found = all.find((one) => one.namespace === namespace && one.resource.name === name);
  if (found !== undefined) return found;
  const pod = graph.list('Pod').find((one) => one.namespace === namespace && one.name === name);
  if (pod !== undefined) return recordedPod(pod);
  const unseen = unread(graph, text, workloadKinds, namespace);
  if (unseen !== undefined) throw unseen;
  const near = nearestName(
    text,
    all.map(({ resource }) => showRef(resource)),
  );
  throw new ConfigError(
    `There is no workload "${text}" in the input.`,
    near === undefined ? 'Write namespace/name of a workload or a Pod.' : `Did you mean ${near}?`,
  );
}

/** The workload that a resource is: a Pod stands for itself. */
export function workloadOf(graph: WholeGraph, resource: Resource): Workload | undefined {
  const known = workloads(graph).all.find((one) => one.resource === resource);
  return known ?? (isKind(resource, 'Pod') ? recordedPod(resource) : undefined);
}

/** The model's kinds that a word may mean: `Gateway` is one of Istio and one of the Gateway API. */
function kindsNamed(written: string): Kind[] {
  const word = written.toLowerCase();
  if (Object.hasOwn(shortNames, word)) return [shortNames[word] ?? 'Service'];
  return (Object.keys(kinds) as Kind[]).filter((kind) => {
    const { kind: name, plural, pseudo } = kinds[kind];
    return !pseudo && (name.toLowerCase() === word || plural === word || kind.toLowerCase() === word);
  });
}

/** What a cluster did not let be read is not missing. */
function unread(
  graph: WholeGraph,
  text: string,
  sought: readonly Kind[],
  namespace: string | undefined,
): ClusterError | undefined {
  const why = sought.map((kind) => graph.whyUnread(kind, namespace)).find((reason) => reason !== undefined);
  if (why === undefined) return undefined;
  return new ClusterError(
    'forbidden',
    `Whether there is ${text} is not known: ${why}.`,
    '"meshlint analyze" tells what could not be read, and "meshlint rbac" which roles that takes.',
  );
}

function missing(written: string, text: string, all: readonly Resource[]): ConfigError {
  const near = nearestName(
    text,
    all.map((one) => `${written}/${showRef(one)}`),
  );
  return new ConfigError(
    `There is no ${text} in the input.`,
    near === undefined ? FORM : `Did you mean ${near}?`,
  );
}

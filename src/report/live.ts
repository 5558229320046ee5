// What is told of clusters that were read.
import type { Coverage, LiveCoverage, UnreadKind } from '../engine/report.ts';
import type { Row } from './coverage.ts';
import { count } from './words.ts';

/** As many kinds are not told one by one. */
const MANY = 6;

/** The clusters that were read. */
export function liveClusters({ live, clusters = [] }: Pick<Coverage, 'live' | 'clusters'>): LiveCoverage[] {
  if (live !== undefined) return [live];
  return clusters.flatMap((cluster) => (cluster.live === undefined ? [] : [cluster.live]));
}

/** What the findings are in: files, clusters, or files over a cluster. */
export function showInput(coverage: Coverage): string {
  const clusters = liveClusters(coverage);
  const files = count(coverage.files, 'file');
  const [first, ...others] = clusters;
  if (first === undefined) return files;
  const live = others.length === 0 ? `cluster ${first.cluster}` : count(clusters.length, 'cluster');
  return coverage.files === 0 ? live : `${files} over ${live}`;
}

/** A row for each cluster, with what could not be read of it; the API's own words on request. */
export function liveRows(coverage: Coverage): Row[] {
  return liveClusters(coverage).map((live) => ({
    label: 'Cluster',
    text: showCluster(live),
    lines: [...unreadLines(live), ...(live.assumed ?? []).map(({ why }) => why)],
    names: [
      ...(unreadLines(live).length < live.unread.length ? live.unread.map(showUnread) : []),
      ...live.unread.flatMap(({ kind, detail }) => (detail === undefined ? [] : [`${kind}: ${detail}`])),
      ...(live.notInstalled.length === 0 ? [] : [`not installed: ${live.notInstalled.join(', ')}`]),
      ...live.warnings.map((warning) => `warning of the API server: ${warning}`),
    ],
  }));
}

function showCluster(live: LiveCoverage): string {
  const { cluster, server, kubernetesVersion, objects } = live;
  return [
    server === '' ? cluster : `${cluster} at ${server}`,
    ...(kubernetesVersion === undefined ? [] : [`Kubernetes ${kubernetesVersion.replace(/^v/, '')}`]),
    ...(live.hasIstio === false ? [] : [showIstio(live)]),
    `${count(objects, 'object')} read${live.hasIstio === false ? '; Istio is not installed here' : ''}`,
  ].join(', ');
}

function showIstio({ istioVersion, revisions, dataPlane }: LiveCoverage): string {
  const named = revisions.length > 1 || (revisions[0] ?? 'default') !== 'default';
  const which = named ? ` (${revisions.length > 1 ? 'revisions' : 'revision'} ${revisions.join(', ')})` : '';
  const modes = dataPlane.map((mode) => (mode === 'sidecar' ? 'sidecars' : 'ambient mode'));
  const how = modes.length === 0 ? '' : ` with ${modes.join(' and ')}`;
  return `Istio ${istioVersion ?? 'of an unknown release'}${which}${how}`;
}

/**
 * What could not be read of a cluster. Many kinds that fared alike, as they do for somebody who may read one namespace
 * only, are told in one line.
 */
export function unreadLines({ unread }: LiveCoverage): string[] {
  const alike = new Map<string, UnreadKind[]>();
  for (const one of unread) {
    const reason = one.why.replace(/^.*?(?= (?:of|outside of|could not be) )/, '');
    alike.set(reason, [...(alike.get(reason) ?? []), one]);
  }
  return [...alike].flatMap(([reason, kinds]) => {
    if (kinds.length < MANY) return kinds.map(showUnread);
    const help = kinds.every(({ state }) => state === 'forbidden')
      ? ['"meshlint rbac" prints the roles that reading needs']
      : [];
    return [[`${kinds.length} kinds${reason}`, ...help].join('; ')];
  });
}

function showUnread({ why, rules, permission }: UnreadKind): string {
  return [
    why,
    ...(rules === 0 ? [] : [`${count(rules, 'rule')} cannot judge all`]),
    ...(permission === undefined ? [] : [`a role would need ${asCode(permission)}`]),
  ].join('; ');
}

/** The same for formats that tell it like a file that could not be read. */
export function unreadKinds(coverage: Coverage): { readonly what: string; readonly help: string }[] {
  return liveClusters(coverage).flatMap(({ cluster, unread }) =>
    unread.map(({ why, permission }) => ({
      what: `In cluster ${cluster}, ${why}.`,
      help:
        permission === undefined
          ? 'Nothing of it is called missing.'
          : `Give the user a role with ${asCode(permission)}.`,
    })),
  );
}

/** A rule of a role without the dash that makes it one of several. */
function asCode(permission: string): string {
  return `\`${permission.replace(/^- /, '')}\``;
}

import type { ClusterLocation, Diagnostic, Location, ResourceId } from '../engine/diagnostic.ts';
import type { Coverage } from '../engine/report.ts';
import type { Path } from '../text/index.ts';

/** `1 file`, `2 files`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** `spec.http[0].route[1].destination.host`; keys that are no plain words are quoted. */
export function showPath(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[\w$-]+$/.test(step)) text += text === '' ? step : `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}

/** Which given path gave nothing, or which cluster, and why. */
export function sayFailure({ path, cluster, why }: Coverage['failures'][number]): string {
  if (path === '') return `Cluster ${cluster}: ${why}`;
  return `${path}${cluster === undefined ? '' : ` (--cluster ${cluster})`} was not read: ${why}`;
}

/** `Kind ns/name`, with its cluster where that is named; a floating manifest says so. */
export function showResource({ kind, namespace, name, floating, cluster }: ResourceId): string {
  const aside = [
    ...(floating ? ['no namespace'] : []),
    ...(cluster === undefined ? [] : [`cluster ${cluster}`]),
  ];
  const full = `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
  return aside.length === 0 ? full : `${full} (${aside.join(', ')})`;
}

/** The cluster that something was read from; undefined of what stands in a file. */
export function clusterOf(location: Location | ClusterLocation): string | undefined {
  return location.file === undefined ? location.cluster : undefined;
}

/** The same beside its place, which may name the cluster already. */
export function showOwner(resource: ResourceId, location: Location | ClusterLocation | undefined): string {
  const { cluster, ...rest } = resource;
  return showResource(location && clusterOf(location) === cluster ? rest : resource);
}

/** Which object of which cluster a finding is about, for formats that only know files; empty for those in files. */
export function liveOwner({ location, resource, path }: Diagnostic): string {
  const cluster = location && clusterOf(location);
  if (cluster === undefined || resource === undefined) return '';
  const field = path.length === 0 ? '' : `, ${showPath(path)}`;
  return `(${showOwner(resource, location)}${field} in cluster ${cluster})`;
}

/** A suggestion belongs to the help, unless the rule's own words hold it. */
export function helpOf({ help, suggestion }: Diagnostic): string {
  if (suggestion === undefined || help.includes('id you mean')) return help;
  return `Did you mean ${suggestion}?${help === '' ? '' : ` ${help}`}`;
}

/** The text itself, or with a number behind it when it was there before. */
export function createUnique(): (text: string) => string {
  const seen = new Map<string, number>();
  return (text) => {
    const times = (seen.get(text) ?? 0) + 1;
    seen.set(text, times);
    return times === 1 ? text : `${text} (${times})`;
  };
}

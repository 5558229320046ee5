import type { ArtifactLocation, LogicalLocation, PhysicalLocation } from 'sarif';
import type { ClusterLocation, Location, ResourceId } from '../engine/diagnostic.ts';
import type { Path } from '../text/index.ts';
import type { FormatOptions } from './format.ts';
import { clusterOf, showPath } from './words.ts';

/** What paths are relative to, by the name that GitHub and others know. */
export const REPOSITORY = '%SRCROOT%';

/** A file, and the region in it where one is known. */
export function physicalLocation(
  location: Location | ClusterLocation | { readonly file: string; readonly line?: never } | undefined,
  { placeOf }: FormatOptions,
): (PhysicalLocation & { readonly artifactLocation: ArtifactLocation }) | undefined {
  if (location?.file === undefined || location.file === '') return undefined;
  const path = placeOf(location.file);
  const absolute = /^(?:\/|[A-Za-z]:\/)/.test(path);
  const uri = encodePath(path);
  const artifactLocation = absolute
    ? { uri: `file://${uri.startsWith('/') ? uri : `/${uri.replace('%3A', ':')}`}` }
    : { uri, uriBaseId: REPOSITORY };
  if (location.line === undefined) return { artifactLocation };
  const { line: startLine, column: startColumn, endLine, endColumn } = location;
  return { artifactLocation, region: { startLine, startColumn, endLine, endColumn } };
}

function encodePath(path: string): string {
  return path
    .split('/')
    .map((name) => encodeURIComponent(name.replace(/\p{Surrogate}/gu, '\ufffd')))
    .join('/');
}

/** The resource and the field in it, as `VirtualService/shop/cart` and `VirtualService/shop/cart spec.hosts[0]`. */
export function logicalLocation(
  resource: ResourceId | undefined,
  path: Path,
  location?: Location | ClusterLocation,
): LogicalLocation | undefined {
  if (resource === undefined) return undefined;
  const { apiVersion, kind, namespace, name, cluster = location && clusterOf(location) } = resource;
  const owner = [
    ...(cluster === undefined ? [] : [cluster]),
    kind,
    ...(namespace === undefined ? [] : [namespace]),
    name,
  ];
  return {
    name,
    fullyQualifiedName: owner.join('/'),
    kind: 'resource',
    properties: { apiVersion, field: showPath(path) },
  };
}

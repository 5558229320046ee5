import type { Resource } from '../../graph/resource.ts';
import { compareVersions, isAtLeast, parseVersion } from '../../model/releases.ts';

type Crd = Resource<'CustomResourceDefinition'>;

export const GATEWAY_API_GROUP = 'gateway.networking.k8s.io';
export const BUNDLE_VERSION_ANNOTATION = 'gateway.networking.k8s.io/bundle-version';

/** The oldest release of the Gateway API of which istiod reads a kind, and the release of Istio that began to ask for it. */
export interface MinimumBundle {
  readonly bundle: string;
  readonly istio: string;
}

/** pkg/config/schema/gatewayapi/minimumversions.go, and its history in pkg/kube/kclient/crdwatcher.go. */
const minimumBundles: ReadonlyMap<string, MinimumBundle> = new Map([
  [`grpcroutes.${GATEWAY_API_GROUP}`, { bundle: '1.1.0', istio: '1.22' }],
  [`backendtlspolicies.${GATEWAY_API_GROUP}`, { bundle: '1.4.0', istio: '1.28' }],
  [`tlsroutes.${GATEWAY_API_GROUP}`, { bundle: '1.5.0', istio: '1.30' }],
  [`tcproutes.${GATEWAY_API_GROUP}`, { bundle: '1.6.0', istio: '1.31' }],
]);

/** What istiod asks of a definition that is too old for it; undefined where it is not, or does not say how old it is. */
export function missedBundle(crd: Crd): (MinimumBundle & { readonly installed: string }) | undefined {
  const minimum = minimumBundles.get(crd.name);
  const installed = crd.metadata.annotations?.[BUNDLE_VERSION_ANNOTATION];
  if (minimum === undefined || installed === undefined) return undefined;
  const version = parseVersion(installed);
  // What is built from a branch says nothing about its age.
  if (version === undefined || version.every((part) => part === 0)) return undefined;
  if (compareVersions(version, parseVersion(minimum.bundle) ?? []) >= 0) return undefined;
  return { ...minimum, installed };
}

/** The kinds that Istio reads as `v1beta1` up to one release, and as `v1` from the next (pkg/config/schema/gvk). */
const FIRST_ISTIO_WITH_V1 = '1.29';
const graduated: ReadonlySet<string> = new Set(['Gateway', 'GatewayClass', 'HTTPRoute']);

/** A version of a kind that istiod reads and that a definition does not serve. */
export interface UnservedVersion {
  readonly kind: string;
  readonly version: string;
  /** What is served instead. */
  readonly served: readonly string[];
  /** Which releases of Istio ask for it, in words. */
  readonly istio: string;
  /** Whether the Istio that is used asks for it, or every Istio; otherwise another release does. */
  readonly isNeeded: boolean;
}

/**
 * The versions that istiod would ask Kubernetes for and that a definition of the Gateway API does not serve. Asking in
 * vain, istiod never becomes ready.
 */
export function unservedVersions(crd: Crd, istio: string | undefined): readonly UnservedVersion[] {
  const { group, names, versions = [] } = crd.spec;
  const kind = names?.kind ?? '';
  if (group !== GATEWAY_API_GROUP) return [];
  const served = versions.filter((one) => one.served === true).map(({ name = '' }) => name);
  const needs = needsOf(kind);
  const unserved = needs.filter(({ version }) => !served.includes(version));
  return unserved.map(({ version, from, until }) => {
    const isUsed = istio === undefined ? undefined : isWithin(istio, from, until);
    const releases =
      from === undefined && until === undefined
        ? 'every release of Istio'
        : from === undefined
          ? `Istio before ${until}`
          : `Istio from ${from} on`;
    return { kind, version, served, istio: releases, isNeeded: isUsed ?? unserved.length === needs.length };
  });
}

interface Need {
  readonly version: string;
  readonly from?: string;
  readonly until?: string;
}

function needsOf(kind: string): readonly Need[] {
  if (kind === 'ReferenceGrant') return [{ version: 'v1beta1' }];
  if (!graduated.has(kind)) return [];
  return [
    { version: 'v1beta1', until: FIRST_ISTIO_WITH_V1 },
    { version: 'v1', from: FIRST_ISTIO_WITH_V1 },
  ];
}

function isWithin(istio: string, from: string | undefined, until: string | undefined): boolean {
  return (from === undefined || isAtLeast(istio, from)) && (until === undefined || !isAtLeast(istio, until));
}

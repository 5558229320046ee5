/** The numbers of a version; what comes before its release (`-rc.1`, `-dev`) counts as that release. */
export function parseVersion(text: string): readonly number[] | undefined {
  const match = /^v?(\d+)\.(\d+)(?:\.(\d+))?(?:[-+].*)?$/.exec(text);
  return match === null ? undefined : match.slice(1, 4).map((part) => Number(part ?? 0));
}

/** Below, at or above zero, as `a` is older than, the same as or newer than `b`. */
export function compareVersions(a: readonly number[], b: readonly number[]): number {
  for (const i of [0, 1, 2]) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether a release, as `1.29`, is another one or a later one. */
export function isAtLeast(version: string, release: string): boolean {
  return compareVersions(parseVersion(version) ?? [], parseVersion(release) ?? []) >= 0;
}

/** `1.28` of `1.28.3`, `v1.28-latest` or `1.28.0-distroless`. */
export function minorOf(version: string | undefined): string | undefined {
  return version === undefined ? undefined : /^v?([0-9]+\.[0-9]+)/.exec(version)?.[1];
}

/**
 * The releases of Istio whose changes are known, both included: an upgrade from the first or later to the last or
 * earlier can be judged (src/mesh/upgrades). Read from the release branches of istio/istio.
 */
export const knownReleases = { first: '1.20', last: '1.31' } as const;

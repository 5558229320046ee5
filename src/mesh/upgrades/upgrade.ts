import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import type { At } from '../../model/paths.ts';
import { isAtLeast, minorOf } from '../../model/releases.ts';
import { installers, isSwitchedOn, istiodEnvironment } from '../installation/istiod.ts';
import type { ReleaseChange } from './change.ts';
import { earlierChanges } from './earlier-changes.ts';
import { laterChanges } from './later-changes.ts';

/** Every change that configuration can show, by release. */
export const releaseChanges: readonly ReleaseChange[] = [...earlierChanges, ...laterChanges];

/** The oldest version that `compatibilityVersion` can name, by the release of Istio that began to refuse older ones. */
const oldestCompatibilities: readonly { readonly release: string; readonly oldest: string }[] = [
  { release: '1.21', oldest: '1.20' },
  { release: '1.24', oldest: '1.21' },
  { release: '1.25', oldest: '1.22' },
  { release: '1.26', oldest: '1.23' },
  { release: '1.27', oldest: '1.24' },
  { release: '1.28', oldest: '1.25' },
];

/** Whether a release knows how to behave as another, older one (files/profile-compatibility-version-*.yaml). */
export function canBehaveAs(release: string, older: string): boolean {
  const oldest = oldestCompatibilities.findLast((one) => isAtLeast(release, one.release))?.oldest;
  return oldest !== undefined && isAtLeast(older, oldest) && !isAtLeast(older, release);
}

/** A `compatibilityVersion`, where it is set. */
export interface Compatibility {
  readonly version: string;
  readonly resource: Resource;
  readonly at: At;
}

export const compatibilities = view({ ...installers.reads }, (graph): readonly Compatibility[] => {
  const found: Compatibility[] = [];
  const add = (resource: Resource, owner: { readonly compatibilityVersion?: string } | undefined): void => {
    const version = minorOf(owner?.compatibilityVersion);
    if (owner === undefined || version === undefined) return;
    found.push({ version, resource, at: { owner, key: 'compatibilityVersion', part: 'value' } });
  };
  for (const operator of graph.list('IstioOperator')) add(operator, operator.spec);
  for (const { resource, values } of installers(graph)) add(resource, values);
  return found;
});

/** The releases between which Istio is upgraded, and what keeps it from changing its ways. */
export interface Upgrade {
  readonly from: string;
  readonly to: string;
  /** Whether a change comes into force: the old release behaves as before, and the new one does not. */
  brings(change: ReleaseChange): boolean;
}

/** The upgrade that is asked about; undefined when none is. */
export const upgradeOf = view({ ...istiodEnvironment.reads }, (graph): Upgrade | undefined => {
  const { istioVersion: from, upgradeTo: to } = graph.mesh;
  if (from === undefined || to === undefined) return undefined;
  const environment = istiodEnvironment(graph);
  const versions = compatibilities(graph).map(({ version }) => version);
  /** Whether a release that has the change is told not to. */
  function isHeldBack({ release, setting, compatibility = [] }: ReleaseChange, at: string): boolean {
    if (setting !== undefined) {
      const { name, old, gone } = setting;
      if (gone !== undefined && isAtLeast(at, gone)) return false;
      if (environment.has(name)) return isSwitchedOn(environment, name, false) === (old === 'true');
    }
    return versions.some(
      (version) =>
        canBehaveAs(at, version) &&
        (compatibility === 'all' ? !isAtLeast(version, release) : compatibility.includes(version)),
    );
  }
  const isNew = (change: ReleaseChange, at: string): boolean =>
    isAtLeast(at, change.release) && !isHeldBack(change, at);
  return { from, to, brings: (change) => !isNew(change, from) && isNew(change, to) };
});

/** How to put a change off after an upgrade to `to`, as a sentence; empty where nothing does. */
export function postponement({ setting, compatibility = [], release }: ReleaseChange, to: string): string {
  const minor = Number(release.slice(release.indexOf('.') + 1));
  const older = compatibility === 'all' ? [`1.${minor - 1}`] : compatibility;
  const version = older.find((one) => canBehaveAs(to, one));
  const isThere = setting !== undefined && (setting.gone === undefined || !isAtLeast(to, setting.gone));
  const ways = [
    ...(isThere ? [`${setting.name}=${setting.old} in the environment of istiod`] : []),
    ...(version !== undefined && (isThere || setting === undefined)
      ? [`compatibilityVersion ${version}`]
      : []),
  ];
  return ways.length === 0 ? '' : ` Until then, ${ways.join(' or ')} keeps the old behaviour.`;
}

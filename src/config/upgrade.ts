import { isAtLeast, knownReleases } from '../model/releases.ts';
import type { Origin } from '../text/manifest.ts';
import type { Problem } from '../text/problem.ts';
import { ConfigError } from './config-error.ts';

/** Where an upgrade begins and ends, as `major.minor`. */
export interface Upgrade {
  readonly from: string;
  readonly to: string;
}

/**
 * The upgrade that is asked about. Throws ConfigError when nothing says where it begins, or when it leads nowhere.
 * `source` names what told the release that is in use, when no flag did.
 */
export function readUpgrade(from: string | undefined, to: string, source: string | undefined): Upgrade {
  if (from === undefined) {
    throw new ConfigError(
      `--upgrade-to ${to}: nothing says which release of Istio is in use.`,
      'Say it with --istio-version, as in --istio-version 1.28 --upgrade-to 1.30.',
    );
  }
  if (isAtLeast(from, to)) {
    throw new ConfigError(
      `--upgrade-to ${to} is not after ${from}, ${source === undefined ? 'which --istio-version names' : `which ${source} says is in use`}.`,
      'Say with --istio-version from which release the upgrade starts, and with --upgrade-to a later one.',
    );
  }
  return { from, to };
}

/**
 * What cannot be said about an upgrade (IST0168): it begins or ends outside of the releases whose changes are known.
 * `owner` is the configuration of the mesh, where one was found.
 */
export function upgradeProblems(
  { from, to }: Upgrade,
  owner: { readonly body: object; readonly origin: Origin } | undefined,
): readonly Problem[] {
  const { first, last } = knownReleases;
  if (isAtLeast(from, first) && isAtLeast(last, to)) return [];
  const data = { from, to, first, last };
  return [{ rule: 'upgrade/unknown-release', message: 'unknown', data, ...placeOf(owner) }];
}

function placeOf(
  owner: { readonly body: object; readonly origin: Origin } | undefined,
): Pick<Problem, 'place' | 'about'> {
  // No file is to blame when the input holds no configuration of the mesh.
  if (owner === undefined) return { place: { source: { path: '', text: '' } } };
  const { source, start, end, item = [] } = owner.origin;
  return { place: { source, field: { start, end, path: item, part: 'value' } }, about: owner.body };
}

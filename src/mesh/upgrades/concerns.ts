import { view } from '../../graph/view.ts';
import { isAtLeast } from '../../model/releases.ts';
import { istiodSettings } from '../installation/istiod.ts';
import type { ReleaseChange } from './change.ts';
import { meshFinders } from './mesh-concerns.ts';
import { type Concern, type Finder, upgradeReads } from './reads.ts';
import { type RemovedSetting, removedSettings } from './removed-settings.ts';
import { routeFinders } from './route-concerns.ts';
import { ruleFinders } from './rule-concerns.ts';
import { serviceFinders } from './service-concerns.ts';
import { canBehaveAs, compatibilities, releaseChanges, upgradeOf } from './upgrade.ts';
import { workloadFinders } from './workload-concerns.ts';

/** What tells, for each change, whom it concerns. */
export const finders: Readonly<Record<string, Finder>> = {
  ...meshFinders,
  ...routeFinders,
  ...ruleFinders,
  ...serviceFinders,
  ...workloadFinders,
};

/** A change that an upgrade brings, and something that it concerns. */
export interface ConcernedBy extends Concern {
  readonly change: ReleaseChange;
}

/** What the upgrade that is asked about changes for the input. */
export const upgradeConcerns = view(upgradeReads, (graph): readonly ConcernedBy[] => {
  const upgrade = upgradeOf(graph);
  if (upgrade === undefined) return [];
  return releaseChanges
    .filter((change) => upgrade.brings(change))
    .flatMap((change) => [...(finders[change.id]?.(graph) ?? [])].map((concern) => ({ ...concern, change })));
});

/** A switch of istiod that is set to something and gone after the upgrade. */
export interface LostSetting extends Concern {
  readonly setting: RemovedSetting;
  readonly value: string;
}

/** Switches that the upgrade takes away and that are set to another value than what stays in force. */
export const lostSettings = view(istiodSettings.reads, (graph): readonly LostSetting[] => {
  const upgrade = upgradeOf(graph);
  if (upgrade === undefined) return [];
  const { from, to } = upgrade;
  const gone = new Map(
    removedSettings
      .filter(({ release }) => isAtLeast(to, release) && !isAtLeast(from, release))
      .map((setting) => [setting.name, setting]),
  );
  return istiodSettings(graph).flatMap(({ name, value, resource, at }) => {
    const setting = gone.get(name);
    return setting === undefined || isSame(value, setting.fallback)
      ? []
      : [{ setting, value, resource, at, thing: name }];
  });
});

function isSame(value: string, fallback: string): boolean {
  const given = value.toLowerCase();
  if (fallback === 'true') return given === '1' || given === 't' || given === 'true';
  if (fallback === 'false') return given === '0' || given === 'f' || given === 'false' || given === '';
  return given === fallback;
}

/** Versions that are named as `compatibilityVersion` and that the new release cannot behave as. */
export const lostCompatibilities = view(istiodSettings.reads, (graph) => {
  const to = upgradeOf(graph)?.to;
  return to === undefined ? [] : compatibilities(graph).filter(({ version }) => !canBehaveAs(to, version));
});

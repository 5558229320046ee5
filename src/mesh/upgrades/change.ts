/** Something that Istio does differently from one release on, for configuration that can be told from others. */
export interface ReleaseChange {
  /** Name of the change, which its finder goes by. */
  readonly id: string;
  /** The first release that has it, as `major.minor`. */
  readonly release: string;
  /** What Istio does from then on: goes on after "Istio 1.28", without a full stop. */
  readonly change: string;
  /** What that means at run time. */
  readonly effect: string;
  /** What to do about it. */
  readonly remedy: string;
  /** Whether it is only worth knowing. */
  readonly isMinor?: true;
  /** The switch of istiod that keeps the old behaviour for a while. */
  readonly setting?: ChangeSetting;
  /** Whether `compatibilityVersion` keeps the old behaviour: with these versions, or with all before the release. */
  readonly compatibility?: 'all' | readonly string[];
  /** Where Istio says so: paths in istio/istio on the branch of that release. */
  readonly sources: readonly string[];
}

/** A variable in the environment of istiod. */
export interface ChangeSetting {
  readonly name: string;
  /** The value with which everything stays as before. */
  readonly old: 'true' | 'false';
  /** The first release that does not know it any more. */
  readonly gone?: string;
}

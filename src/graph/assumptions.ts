// What rests on defaults where Istio's own settings could not be read from a cluster.
import type { ensure } from '../model/collections.ts';
import type { Mesh } from '../model/mesh.ts';
import { showList } from '../model/names.ts';

/** Where Istio keeps settings that a cluster may refuse to show; `release` is what istiod's image tells. */
export const settingSources = ['mesh', 'injector', 'istiod', 'release'] as const;
export type SettingSource = (typeof settingSources)[number];

/** A setting whose default was taken because nobody could read what it is set to. */
export interface Assumed {
  readonly source: SettingSource;
  /** As Istio calls it. */
  readonly setting: string;
}

/** Notes what is assumed while something is worked out, and keeps that with the result. */
export interface Assumptions {
  /** Notes a default that was taken; nothing where its source was read. */
  assume(source: SettingSource, setting: string): void;
  /** As `ensure`: whoever gets a value assumes what was assumed when it was made. */
  readonly keep: typeof ensure;
  /** Forgets what was noted so far: something else begins. */
  begin(): void;
  /** What was assumed since. */
  noted(): ReadonlySet<Assumed>;
}

/** Follows what is assumed of settings that could not be read, but for those that somebody told all the same. */
export function createAssumptions(
  unread: ReadonlySet<SettingSource>,
  told: ReadonlySet<string> = new Set(),
): Assumptions {
  const all = new Map<string, Assumed>();
  const kept = new WeakMap<object, Map<unknown, ReadonlySet<Assumed>>>();
  let noted = new Set<Assumed>();

  function inherit(others: Iterable<Assumed>): void {
    for (const one of others) noted.add(one);
  }
  function made<T>(map: object, key: unknown, make: () => T): T {
    const outer = noted;
    const own = new Set<Assumed>();
    noted = own;
    try {
      return make();
    } finally {
      noted = outer;
      inherit(own);
      if (own.size > 0) {
        const answers = kept.get(map) ?? new Map();
        kept.set(map, answers.set(key, own));
      }
    }
  }

  return {
    assume(source, setting) {
      if (!unread.has(source) || told.has(setting)) return;
      const key = `${source} ${setting}`;
      const one = all.get(key) ?? { source, setting };
      all.set(key, one);
      noted.add(one);
    },
    keep(map, key, make) {
      const known = map.get(key);
      if (known !== undefined) {
        inherit(kept.get(map)?.get(key) ?? []);
        return known;
      }
      const value = made(map, key, make);
      map.set(key, value);
      return value;
    },
    begin() {
      noted = new Set();
    },
    noted: () => noted,
  };
}

/** Parts of the mesh beside its configuration that are settings. */
const parts: Readonly<Partial<Record<string | symbol, Assumed>>> = {
  trustDomain: { source: 'mesh', setting: 'trustDomain' },
  trustDomainAliases: { source: 'mesh', setting: 'trustDomainAliases' },
  istioVersion: { source: 'release', setting: 'release' },
};

/**
 * The same mesh, which notes each setting that is asked for. Its root namespace is left to who knows that it matters:
 * almost everything asks for that, and almost everybody has it where Istio is installed.
 */
export function assumingMesh(mesh: Mesh, { assume }: Pick<Assumptions, 'assume'>): Mesh {
  const config = new Proxy(mesh.config, {
    get(target, key) {
      assume('mesh', String(key));
      return Reflect.get(target, key);
    },
  });
  return new Proxy(mesh, {
    get(target, key) {
      if (key === 'config') return config;
      const part = parts[key];
      if (part !== undefined) assume(part.source, part.setting);
      return Reflect.get(target, key);
    },
  });
}

/** As many settings are named. */
const MANY = 6;

/** What the sources are called, and what hides them. */
const words: Readonly<Record<SettingSource, string>> = {
  mesh: 'the mesh configuration',
  injector: 'the configuration of the sidecar injector',
  istiod: "istiod's Deployment",
  release: "istiod's Deployment",
};

/**
 * What is assumed, a phrase for each source: "Istio's default for enableAutoMtls, since the mesh configuration could not
 * be read".
 */
export function sayAssumed(assumed: Iterable<Assumed>): readonly string[] {
  const all = [...assumed];
  return settingSources.flatMap((source) => {
    const settings = new Set(all.filter((one) => one.source === source).map(({ setting }) => setting));
    if (settings.size === 0) return [];
    const what =
      source === 'release'
        ? 'a recent release of Istio'
        : `Istio's ${settings.size === 1 ? 'default' : 'defaults'} for ${showList([...settings].sort(), MANY)}`;
    return [`${what}, since ${words[source]} could not be read`];
  });
}

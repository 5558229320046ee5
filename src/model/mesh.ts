import type { MeshConfig } from './kinds.gen.ts';

/** What the mesh as a whole is set to, with Istio's defaults where nothing says otherwise. */
export interface Mesh {
  /** MeshConfig.rootNamespace; where mesh-wide policies live. */
  readonly rootNamespace: string;
  /** DNS domain of the cluster, `cluster.local` unless set. */
  readonly clusterDomain: string;
  readonly trustDomain: string;
  readonly trustDomainAliases: readonly string[];
  /** `major.minor` of the Istio release that the configuration is for; undefined when nothing says. */
  readonly istioVersion?: string;
  /** `major.minor` of the release that Istio is about to be upgraded to (`--upgrade-to`). */
  readonly upgradeTo?: string;
  /** The MeshConfig that was found, or an empty one. */
  readonly config: MeshConfig;
  /** Whether a MeshConfig was found: its lists (extension providers) are unknown when not. */
  readonly configKnown: boolean;
  /** Where these settings came from, for the coverage part of the report. */
  readonly source?: string;
}

export const defaultMesh: Omit<Mesh, 'config' | 'configKnown'> = {
  rootNamespace: 'istio-system',
  clusterDomain: 'cluster.local',
  trustDomain: 'cluster.local',
  trustDomainAliases: [],
};

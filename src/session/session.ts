import type { Analysis, AnalyzeOptions } from '../engine/analyze.ts';
import type { World } from '../graph/evidence.ts';
import type { WholeGraph } from '../graph/graph.ts';
import type { LoadRequest, Loaded } from '../load/index.ts';
import type { NamedRule } from '../sdk/rule.ts';

/** What is to be read, and how the world around it is to be taken. */
export interface SessionRequest extends LoadRequest {
  readonly world?: World;
  /** Where manifests without a namespace stand (`-n`). */
  readonly namespace?: string;
  readonly mesh?: MeshRequest;
}

/** Mesh-wide settings as given on the command line; they win over what the input says. */
export interface MeshRequest {
  readonly meshConfigFile?: string;
  readonly meshNetworksFile?: string;
  readonly istioVersion?: string;
  readonly rootNamespace?: string;
  readonly clusterDomain?: string;
  readonly trustDomain?: string;
}

/** One input, loaded once; commands ask it for what they show. */
export interface Session {
  readonly loaded: Loaded;
  readonly graph: WholeGraph;
  analyze(rules: readonly NamedRule[], toolVersion: string, options?: AnalyzeOptions): Promise<Analysis>;
}

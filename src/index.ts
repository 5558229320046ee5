/** meshlint as a library: read an input, build its graph, run rules, get a report. */
export { rules } from '../rules/index.gen.ts';
export { ConfigError } from './config/config-error.ts';
export { type Analysis, type AnalyzeOptions, exitCode } from './engine/analyze.ts';
export type {
  ClusterLocation,
  Diagnostic,
  Location,
  RelatedPlace,
  ResourceId,
  SuppressedDiagnostic,
} from './engine/diagnostic.ts';
export type { Coverage, Report, Summary } from './engine/report.ts';
export type { World } from './graph/evidence.ts';
export type { WholeGraph } from './graph/graph.ts';
export type { Loaded, LoadRequest } from './load/index.ts';
export { headOf, type NamedRule, type Rule, type RuleHead, type Severity } from './sdk/rule.ts';
export { type ClusterRequest, type Clusters, openClusters } from './session/clusters.ts';
export {
  type MeshRequest,
  openSession,
  openTexts,
  type Session,
  type SessionRequest,
} from './session/session.ts';

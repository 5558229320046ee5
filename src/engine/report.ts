import type { World } from '../graph/evidence.ts';
import type { VariantGroup } from '../graph/variants.ts';
import type { KindState } from '../model/live.ts';
import type { Rendered } from '../model/rendered.ts';
import type { BaselineCoverage } from './baseline.ts';
import type { Diagnostic, ResourceId, SuppressedDiagnostic } from './diagnostic.ts';
import type { SkippedRule } from './run.ts';

/** Version of the report's shape (`schemas/report.schema.json`); raised when a reader could break. */
export const REPORT_VERSION = '1';

/** Everything that one analysis found, and how much it could see. */
export interface Report {
  readonly version: typeof REPORT_VERSION;
  readonly tool: { readonly name: 'meshlint'; readonly version: string };
  readonly summary: Summary;
  readonly diagnostics: readonly Diagnostic[];
  readonly suppressed: readonly SuppressedDiagnostic[];
  /** What became of the baseline; absent without one. */
  readonly baseline?: BaselineCoverage;
  readonly coverage: Coverage;
}

export interface Summary {
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
  readonly suppressed: number;
  /** Findings left out by `--show`, and by `-n`, `--changed` and `--staged`; only the first still count for the exit code. */
  readonly hidden: number;
  /** Whether something that should have been read was not, or a rule crashed: exit code 3. */
  readonly incomplete: boolean;
}

/** What was read, what ran, and what could not be judged. */
export interface Coverage {
  readonly world: World;
  readonly files: number;
  readonly documents: number;
  readonly resources: number;
  /** Resources that meshlint knows, by kind. */
  readonly kinds: Readonly<Record<string, number>>;
  /** Manifests of kinds that no rule reads, by `group/Kind`. */
  readonly otherKinds: Readonly<Record<string, number>>;
  readonly skipped: readonly { readonly path: string; readonly reason: string; readonly documents: number }[];
  readonly failures: readonly {
    /** Empty where a whole cluster of several was not read. */
    readonly path: string;
    /** The cluster that it was given for, where it was given for one; or the cluster that was not read. */
    readonly cluster?: string;
    readonly why: string;
    readonly help: string;
  }[];
  /** Kustomizations and charts, and what became of them; absent where there were none or nothing was to be rendered. */
  readonly rendered?: readonly Rendered[];
  readonly floating: number;
  readonly variants: readonly VariantGroup[];
  readonly rules: {
    readonly ran: readonly string[];
    readonly skipped: readonly SkippedRule[];
    readonly crashed: readonly string[];
  };
  /** References that could be neither found nor called missing. */
  readonly unresolved: {
    readonly count: number;
    readonly references: readonly UnresolvedReference[];
  };
  /** Rules of CustomResourceDefinitions that could not be applied; absent when all could. */
  readonly uncheckedRules?: readonly UncheckedRule[];
  /** Where a cluster was read: what it let us see; of several, each has its own (`clusters`). */
  readonly live?: LiveCoverage;
  /** Of several clusters: that of the first. */
  readonly mesh: MeshCoverage;
  /** Where clusters are named: what was read of each; the rest of the coverage is of all together. */
  readonly clusters?: readonly ClusterCoverage[];
  /** Where the configuration names worlds: what was read of each. */
  readonly worlds?: readonly ClusterCoverage[];
}

export interface MeshCoverage {
  readonly rootNamespace: string;
  readonly clusterDomain: string;
  readonly trustDomain: string;
  readonly source?: string;
}

export type DataPlane = 'ambient' | 'sidecar';

/** What was seen of a cluster itself. */
export interface LiveCoverage {
  /** The context of the kubeconfig by which it was read. */
  readonly cluster: string;
  /** URL of its API server. */
  readonly server: string;
  readonly kubernetesVersion?: string;
  /** `major.minor`, where istiod's image or somebody tells. */
  readonly istioVersion?: string;
  /** The revisions of Istio that run in it; empty where none was found. */
  readonly revisions: readonly string[];
  /** How its workloads are taken into the mesh, by the labels of Namespaces and Pods. */
  readonly dataPlane: readonly DataPlane[];
  /** Whether it has any CustomResourceDefinition of Istio; absent where that could not be told. */
  readonly hasIstio?: boolean;
  readonly objects: number;
  /** Kinds that could not be read, so that nothing of them is called missing. */
  readonly unread: readonly UnreadKind[];
  /** What rules assumed of Istio's settings that could not be read; absent when none did. */
  readonly assumed?: readonly AssumedSettings[];
  /** Kinds that the cluster does not have. */
  readonly notInstalled: readonly string[];
  /** What the API server warned of. */
  readonly warnings: readonly string[];
}

export interface AssumedSettings {
  /** In a sentence without a full stop: "1 rule assumes Istio's default for trustDomain, since …". */
  readonly why: string;
  /** How many rules did, whether they found something or not. */
  readonly rules: number;
}

export interface UnreadKind {
  readonly kind: string;
  readonly resource: string;
  /** API group; empty for the core group. */
  readonly group: string;
  readonly state: KindState;
  readonly namespaces: 'all' | readonly string[];
  /** The line of a role's rules that would allow to read it. */
  readonly permission?: string;
  /** What the server said. */
  readonly detail?: string;
  /** In a sentence without a full stop: "Pods could not be read: forbidden". */
  readonly why: string;
  /** How many rules could not judge all there is. */
  readonly rules: number;
}

export interface ClusterCoverage {
  readonly live?: LiveCoverage;
  readonly name: string;
  readonly files: number;
  readonly documents: number;
  readonly resources: number;
  readonly mesh: MeshCoverage;
}

export interface UncheckedRule {
  readonly kind: string;
  /** The field that it is about; empty for the resource as a whole. */
  readonly field: string;
  readonly rule: string;
  readonly why: string;
  /** The file of the definition. */
  readonly file: string;
}

export interface UnresolvedReference {
  readonly what: string;
  readonly name: string;
  readonly from: ResourceId;
  /** Empty where the one who names it was read from a cluster. */
  readonly file: string;
  readonly why: string;
}

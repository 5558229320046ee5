// What was read from a live cluster, as far as several rooms speak of it.
import type { Kind } from './kinds.gen.ts';

/** How reading one kind of object from a cluster ended. */
export type KindState =
  | 'ok'
  | 'not-installed'
  | 'version-unsupported'
  | 'forbidden'
  | 'throttled'
  | 'server-error'
  | 'timeout'
  | 'network'
  | 'bad-body'
  | 'expired';

/** What became of reading one kind; a kind of which only some namespaces could be read has one outcome for each state. */
export interface KindOutcome {
  /** One of our kinds, or the name of a kind that we have no rules for. */
  readonly kind: Kind | string;
  /** As in the API's paths: `virtualservices`. */
  readonly resource: string;
  /** API group; empty for the core group. */
  readonly group: string;
  readonly version?: string;
  readonly state: KindState;
  /** The namespaces that this outcome is about. */
  readonly namespaces: 'all' | readonly string[];
  /**
   * `namespace/name`, or the name alone of what has no namespace: what was asked for one by one. Of these it is known
   * whether they are there, of others it is not.
   */
  readonly names?: readonly string[];
  /** How many objects were read. */
  readonly count: number;
  /** The line of a role's rules that would allow it. */
  readonly permission?: string;
  /** What the server said, in its words, free of secrets. */
  readonly detail?: string;
}

/** An object of a cluster: apiVersion and kind stamped, cut down to what rules read, Secrets without keys. */
export interface LiveObject {
  readonly value: Record<string, unknown>;
}

/** How many requests one resource took, and the bytes that they brought. */
export interface LiveRequests {
  readonly resource: string;
  readonly count: number;
  readonly bytes: number;
}

/** What one reading of a cluster gave. */
export interface LiveState {
  /** Name of the kubeconfig context. */
  readonly cluster: string;
  /** Namespace of the context, where it names one: what names none itself belongs there. */
  readonly namespace?: string;
  /** URL of the API server; empty where a snapshot leaves it out. */
  readonly server: string;
  /** As the server says: `v1.33.1`. */
  readonly kubernetesVersion?: string;
  readonly objects: readonly LiveObject[];
  readonly outcomes: readonly KindOutcome[];
  readonly requests: readonly LiveRequests[];
  /** What the server warned of, each once. */
  readonly warnings: readonly string[];
}

/** A cluster of which nothing was read, or of which it is not known what it names; in words for people. */
export interface UnreadCluster {
  readonly name: string;
  readonly why: string;
  readonly help: string;
}

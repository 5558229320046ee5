import type { Kind } from '../../model/kinds.gen.ts';
import type { LiveObject } from '../../model/live.ts';
import type { OnProgress } from '../../model/progress.ts';

/** What to read of one cluster, and how hard to try. */
export interface ReadRequest {
  /** Name that the cluster goes by, usually that of its kubeconfig context. */
  readonly cluster: string;
  /** Where to read what may not be read in all namespaces: those asked for, or that of the context. */
  readonly namespaces?: readonly string[];
  /** Where Istio is installed: the only namespace whose ConfigMaps are read. */
  readonly istioNamespace: string;
  /** The revision whose settings are asked for by name where ConfigMaps may not be listed. */
  readonly revision?: string;
  /** Milliseconds for all of it: whatever has not been read by then stays unread. */
  readonly timeout: number;
  /** How many requests are under way at once; 6 by default. */
  readonly concurrency?: number;
  /** Objects in one answer; 500 by default. */
  readonly pageSize?: number;
  /** Whether the certificates that gateways name are fetched. */
  readonly secrets: 'referenced' | 'off';
  /** What will be laid over the cluster: the certificates that it names are fetched too. */
  readonly overlay?: readonly LiveObject[];
  /** Kinds to read, of those that a cluster can have; all that rules read by default. */
  readonly wanted?: readonly Kind[];
  /** Kinds that are wanted with the fields that no rule of ours reads. Secrets are cut down in any case. */
  readonly whole?: readonly Kind[];
  /** Whether CustomResourceDefinitions are wanted with their schemas, to check other manifests by. */
  readonly definitions?: boolean;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

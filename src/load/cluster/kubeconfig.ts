import type { ClusterAccess } from './access.ts';

export type { ClusterAccess } from './access.ts';

export interface AccessRequest {
  /** The file of `--kubeconfig`. */
  readonly kubeconfig?: string;
  /** The name of `--context`. */
  readonly context?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/** How to reach the cluster that a person means, as kubectl would find it. Throws a `ClusterError`. */
export async function readAccess(_request: AccessRequest): Promise<ClusterAccess> {
  throw new Error('not yet');
}

/**
 * How to reach the cluster of a kubeconfig that was found in a cluster (`origin` names where, for messages). Such a text
 * is data of others: nothing in it is run, no file it names is read. Throws a `ClusterError` naming what is refused.
 */
export function readAccessOf(_text: string, origin: string): ClusterAccess {
  throw new Error(`not yet: ${origin}`);
}

// Finds the kubeconfig and the context that a person means, as kubectl would (client-go: tools/clientcmd).
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { nearestName } from '../../model/near.ts';
import { codeOf, explainFailure } from '../file-system.ts';
import type { ClusterAccess, Environment } from './access.ts';
import { accessTo, foundAccessTo } from './access-of.ts';
import { ClusterError } from './cluster-error.ts';
import { inClusterAccess } from './in-cluster.ts';
import {
  isEmptyKubeconfig,
  type Kubeconfig,
  mergeKubeconfigs,
  readKubeconfigText,
} from './kubeconfig-file.ts';

export type { ClusterAccess } from './access.ts';

export interface AccessRequest {
  /** The file of `--kubeconfig`. */
  readonly kubeconfig?: string;
  /** The name of `--context`. */
  readonly context?: string;
  readonly environment: Environment;
  readonly cwd: string;
  /** Milliseconds that a plugin may take, where that is more than the usual. */
  readonly patience?: number;
  /** Where a pod finds its service account; tests have it elsewhere. */
  readonly serviceAccount?: string;
}

/**
 * How to reach the cluster that a person means: `--kubeconfig`, else the files of `KUBECONFIG`, else `~/.kube/config`,
 * else the service account of the pod that meshlint runs in. Throws a `ClusterError`; connects to nothing.
 */
export async function readAccess(request: AccessRequest): Promise<ClusterAccess> {
  const { context, environment, patience } = request;
  const paths = kubeconfigPaths(request);
  const reread = async (): Promise<Kubeconfig> => {
    const files = await Promise.all(paths.map(readKubeconfigFile));
    return mergeKubeconfigs(files.filter((file) => file !== undefined));
  };
  const merged = await reread();
  if (isEmptyKubeconfig(merged) && request.kubeconfig === undefined) {
    if (context === undefined) {
      const found = await inClusterAccess(environment, request.serviceAccount);
      if (found !== undefined) return found;
    }
    throw noKubeconfig(paths, merged);
  }
  if (merged.origins.length === 0) throw noKubeconfig(paths, merged);
  const chosen = context ?? merged.currentContext;
  return accessTo(merged, chooseContext(merged, chosen), {
    environment,
    reread,
    ...(patience !== undefined && { patience }),
  });
}

/**
 * How to reach the cluster of a kubeconfig that was found in a cluster (`origin` names where, for messages). Such a text
 * is data of others: nothing in it is run, no file it names is read. Throws a `ClusterError` naming what is refused.
 */
export async function readAccessOf(
  text: string,
  origin: string,
  environment: Environment = process.env,
): Promise<ClusterAccess> {
  const kubeconfig = await readKubeconfigText(text, origin);
  return foundAccessTo(kubeconfig, chooseContext(kubeconfig, kubeconfig.currentContext), environment);
}

function kubeconfigPaths({ kubeconfig, environment, cwd }: AccessRequest): readonly string[] {
  if (kubeconfig !== undefined) return [resolve(cwd, kubeconfig)];
  const listed = environment.KUBECONFIG ?? '';
  if (listed !== '') {
    const paths = listed.split(delimiter).filter((path) => path !== '');
    return [...new Set(paths.map((path) => resolve(cwd, path)))];
  }
  return [join(environment.HOME ?? environment.USERPROFILE ?? homedir(), '.kube', 'config')];
}

/** Undefined when there is no such file: in a list, those are passed over. */
async function readKubeconfigFile(path: string): Promise<Kubeconfig | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new ClusterError(
      'kubeconfig',
      `The kubeconfig ${path} cannot be read: ${explainFailure(error)}.`,
      'Make it readable, or name another one with --kubeconfig.',
    );
  }
  return readKubeconfigText(text, path, dirname(path));
}

function noKubeconfig(paths: readonly string[], { origins }: Kubeconfig): ClusterError {
  const [path] = paths;
  const message =
    origins.length > 0
      ? `Nothing is in the kubeconfig: ${origins.join(', ')}.`
      : path === undefined
        ? 'KUBECONFIG names no file.'
        : paths.length === 1
          ? `There is no kubeconfig at ${path}.`
          : `None of the kubeconfigs of KUBECONFIG exists: ${paths.join(', ')}.`;
  const help =
    'Name one with --kubeconfig FILE or in KUBECONFIG. To analyze files instead, name them: meshlint analyze PATH.';
  return new ClusterError('kubeconfig', message, help);
}

/** Contexts that a message names; more would hide what it says. */
const MOST_LISTED = 20;

/** The name of the context to use, which exists. */
function chooseContext({ contexts, origins }: Kubeconfig, name: string | undefined): string {
  if (name !== undefined && contexts.has(name)) return name;
  const names = [...contexts.keys()].sort();
  const listed = names.slice(0, MOST_LISTED).join(', ') + (names.length > MOST_LISTED ? ', …' : '');
  const there = names.length === 0 ? 'It has no contexts.' : `Contexts there: ${listed}.`;
  const where = origins.join(', ');
  if (name === undefined) {
    const message = `The kubeconfig ${where} has no current-context.`;
    throw new ClusterError('context', message, `Choose one with --context NAME. ${there}`);
  }
  const near = nearestName(name, names);
  const hint = near === undefined ? '' : `Did you mean "${near}"? `;
  throw new ClusterError('context', `There is no context "${name}" in ${where}.`, `${hint}${there}`);
}

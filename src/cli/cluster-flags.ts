import { ConfigError } from '../config/config-error.ts';
import { type Flag, type Given, isOn } from './flags.ts';

/** What to do where there is nothing to read. */
export const NAME_FILES =
  'Give files, folders or globs, or "-" for standard input: meshlint analyze ./manifests';

const CLUSTER = 'Which cluster is read (docs/clusters.md), without paths or with --use-kube:';

const kubeconfig: Flag = {
  name: 'kubeconfig',
  short: 'c',
  value: 'FILE',
  group: CLUSTER,
  help: 'kubeconfig to use (default: what KUBECONFIG names, else ~/.kube/config, else the service account of the pod)',
};
const istioNamespace: Flag = {
  name: 'istio-namespace',
  aliases: ['istioNamespace'],
  value: 'NAMESPACE',
  group: CLUSTER,
  help: 'where Istio is installed (default: istio-system)',
};
const secrets: Flag = {
  name: 'secrets',
  value: 'WHICH',
  choices: ['referenced', 'off'],
  group: CLUSTER,
  help: 'referenced: fetch the certificates that gateways name, and no other Secret; off: none at all (default: referenced)',
};

/** Flags of every command that can read a cluster. */
export const clusterFlags: readonly Flag[] = [
  kubeconfig,
  {
    name: 'context',
    value: 'NAME',
    group: CLUSTER,
    help: 'context of the kubeconfig (default: its current one)',
  },
  istioNamespace,
  {
    name: 'revision',
    short: 'r',
    value: 'REVISION',
    group: CLUSTER,
    help: 'revision of the control plane whose mesh configuration holds (default: that of the istio ConfigMap)',
  },
  secrets,
  {
    name: 'timeout',
    value: 'DURATION',
    group: CLUSTER,
    help: 'how long reading may take in all, as 90s or 2m (default: 60s)',
  },
  {
    name: 'request-timeout',
    value: 'DURATION',
    group: CLUSTER,
    help: 'how long the cluster may stay silent (default: 15s)',
  },
  {
    name: 'use-kube',
    short: 'k',
    group: CLUSTER,
    help: 'read the cluster, and lay the paths over it where there are any; =false is --offline',
  },
];

/** Flags of commands that can judge several clusters beside each other. */
export const severalFlags: readonly Flag[] = [
  {
    name: 'contexts',
    value: 'NAME,…',
    group: CLUSTER,
    help: 'the clusters of these contexts, which make one mesh',
  },
  {
    name: 'remote-contexts',
    value: 'NAME,…',
    group: CLUSTER,
    help: 'the same for the current context (or --context) and these, as istioctl has it',
  },
  {
    name: 'discover-remotes',
    group: CLUSTER,
    help: 'read also the clusters that remote Secrets of the control plane name; no command in them is ever run',
  },
];

/** Whether several clusters are asked for. */
export function wantsSeveral(given: Given): boolean {
  const { flags } = given;
  return flags.has('contexts') || flags.has('remote-contexts') || isOn(given, 'discover-remotes') === true;
}

/** Flags of a command that is about reading a cluster, and reads none. */
export const planFlags: readonly Flag[] = [istioNamespace, secrets];

/** Flags that say nothing about files; a note tells so. */
export const clusterOnly: readonly string[] = [...clusterFlags, ...severalFlags]
  .map(({ name }) => name)
  .filter((name) => name !== 'use-kube');

/** Flags that say nothing about a cluster. */
export const pathsOnly: readonly string[] = [
  'world',
  'exclude',
  'ignore-unknown',
  'render',
  'render-timeout',
];

/** Whether somebody asks for a cluster by name. */
export function namesCluster({ flags }: Given): boolean {
  return namingFlags.some((name) => flags.has(name)) || flags.has('remote-contexts');
}

/** Those that make no sense beside files alone; istioctl lets `--remote-contexts` stand there. */
const namingFlags = ['context', 'contexts', 'kubeconfig', 'discover-remotes'];

/**
 * Whether a cluster is read: where there are no files to read, or somebody wants it beside them. Throws ConfigError
 * where what was given contradicts itself.
 */
export function readsCluster(given: Given, hasFiles: boolean): boolean {
  if (isOn(given, 'changed-only') === true && !(hasFiles && isOn(given, 'use-kube') === true)) {
    throw new ConfigError(
      '--changed-only has a meaning only where files are laid over a cluster.',
      'Give paths and --use-kube, as meshlint analyze ./manifests --use-kube --changed-only.',
    );
  }
  if (isOn(given, 'offline') === true || isOn(given, 'use-kube') === false) {
    if (hasFiles) return false;
    throw new ConfigError('No path was given, and --offline reads no cluster.', NAME_FILES);
  }
  if (wantsSeveral(given) && !hasFiles && isOn(given, 'watch') === true) {
    throw new ConfigError('--watch follows one cluster.', 'Name it with --context.');
  }
  if (isOn(given, 'use-kube') === true) {
    if (hasFiles && wantsSeveral(given)) {
      throw new ConfigError('Files are laid over one cluster.', 'Name it with --context.');
    }
    const other = ['cluster', 'changed', 'staged'].find((name) => given.flags.has(name));
    if (other === undefined) return true;
    throw new ConfigError(`--use-kube cannot be combined with --${other}.`, 'Leave one of them out.');
  }
  const name = namingFlags.find((flag) => given.flags.has(flag));
  if (hasFiles && name !== undefined) {
    throw new ConfigError(
      `--${name} names a cluster, but with paths files alone are read.`,
      'Add --use-kube to lay the files over the cluster, or leave out the paths to read the cluster alone.',
    );
  }
  const repairs = ['fix', 'fix-unsafe', 'fix-dry-run'].find((name) => isOn(given, name) === true);
  if (!hasFiles && repairs !== undefined) {
    throw new ConfigError(`--${repairs} repairs files, and none is named.`, NAME_FILES);
  }
  return !hasFiles;
}

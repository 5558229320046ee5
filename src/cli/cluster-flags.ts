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
    help: 'context of the kubeconfig (default: its current one), or a cluster of a snapshot of several',
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

/** All that are about clusters. */
export const aboutClusters = [...clusterFlags, ...severalFlags];

/** Whether several clusters are asked for. */
export function wantsSeveral(given: Given): boolean {
  const { flags } = given;
  return flags.has('contexts') || flags.has('remote-contexts') || isOn(given, 'discover-remotes') === true;
}

/** Flags of a command that is about reading a cluster, and reads none. */
export const planFlags: readonly Flag[] = [istioNamespace, secrets];

/** Flags that may ask for a cluster where paths are given: what they mean together is weighed then. */
export const askingFlags = [
  'use-kube',
  'offline',
  'changed-only',
  'context',
  'contexts',
  'kubeconfig',
  'discover-remotes',
] as const;

// What of flags and clusters goes together: the table of docs/clusters.md, each line of it a test.

export interface Combination {
  readonly what: string;
  /** Behind `meshlint`. There are a file `a.yaml`, a snapshot `one` of cluster east, and one of east and west, `two`. */
  readonly args: string;
  readonly happens: string;
  readonly code: number;
  /** Said on standard error; `''` where nothing is. */
  readonly says: string;
  /** In the report. */
  readonly shows?: string;
  /** `meshlint.yaml`. */
  readonly configuration?: string;
}

const ofFiles = 'noted: it has no meaning for files';
const ofClusters = 'noted: it has no meaning for a cluster';
const ofSnapshots = 'noted: it has no meaning for a snapshot';
const refused = 'refused';
const isNone = (flag: string, what: string): string =>
  `note: --${flag} has no meaning for ${what} and is ignored\n`;
const apart = (one: string, other: string): string => `error: --${one} cannot be combined with --${other}.`;
const noPath = 'names a cluster, but with paths files alone are read.';
const worlds = 'worlds: { a: [a.yaml], b: [b.yaml] }\n';

export const combinations: readonly Combination[] = [
  // Files alone.
  {
    what: 'paths and `--kubeconfig`',
    args: 'analyze a.yaml --kubeconfig x',
    happens: refused,
    code: 2,
    says: `error: --kubeconfig ${noPath}`,
  },
  {
    what: 'paths and `--context` or `--contexts`, where no path is a snapshot',
    args: 'analyze a.yaml --context main',
    happens: refused,
    code: 2,
    says: `error: --context ${noPath}`,
  },
  {
    what: 'the same, of several',
    args: 'analyze a.yaml --contexts main,east',
    happens: refused,
    code: 2,
    says: `error: --contexts ${noPath}`,
  },
  {
    what: 'the same, of another command',
    args: 'world a.yaml --context main',
    happens: refused,
    code: 2,
    says: `error: --context ${noPath}`,
  },
  {
    what: 'paths and `--discover-remotes`',
    args: 'analyze a.yaml --discover-remotes',
    happens: refused,
    code: 2,
    says: `error: --discover-remotes ${noPath}`,
  },
  {
    what: 'the same with `--offline`',
    args: 'analyze a.yaml --discover-remotes --offline',
    happens: refused,
    code: 2,
    says: `error: --discover-remotes ${noPath}`,
  },
  {
    what: 'paths, and any of `--kubeconfig` and `--context` with `--offline` or `--use-kube=false`, as scripts for istioctl have it',
    args: 'analyze a.yaml --kubeconfig x --offline',
    happens: ofFiles,
    code: 0,
    says: isNone('kubeconfig', 'files'),
  },
  {
    what: 'the same of a context',
    args: 'analyze a.yaml --context x --use-kube=false',
    happens: ofFiles,
    code: 0,
    says: isNone('context', 'files'),
  },
  {
    what: 'paths and `--timeout`, `--request-timeout`, `--secrets`, `--revision`, `--istio-namespace` or `--remote-contexts`',
    args: 'analyze a.yaml --timeout 3s --request-timeout 3s --secrets off --revision x --istio-namespace x --remote-contexts x',
    happens: ofFiles,
    code: 0,
    says: ['istio-namespace', 'revision', 'secrets', 'timeout', 'request-timeout', 'remote-contexts']
      .map((flag) => isNone(flag, 'files'))
      .join(''),
  },
  {
    what: 'the same in the configuration',
    args: 'analyze a.yaml',
    configuration: 'cluster: { timeout: 3s, revision: x }\n',
    happens: 'nothing is said: it is there for clusters',
    code: 0,
    says: '',
  },
  {
    what: 'any of these notes, with `--quiet`',
    args: 'analyze a.yaml --timeout 3s -q',
    happens: 'left out',
    code: 0,
    says: '',
  },
  {
    what: 'any of these notes, of another command',
    args: 'graph a.yaml --timeout 3s',
    happens: ofFiles,
    code: 0,
    says: isNone('timeout', 'files'),
  },
  {
    what: 'a page of `explain`, and any flag about clusters',
    args: 'explain IST0101 --context x',
    happens: 'noted: it has no meaning for a page',
    code: 0,
    says: isNone('context', 'a page'),
  },
  // A cluster.
  {
    what: '`--world` and a cluster',
    args: 'analyze --context main --world closed',
    happens: refused,
    code: 2,
    says: 'error: --world says how much of reality files are; a cluster is all there is.',
  },
  {
    what: '`--world` and `--use-kube`',
    args: 'analyze a.yaml -k --world open',
    happens: refused,
    code: 2,
    says: 'error: --world says',
  },
  {
    what: '`world` in the configuration, and a cluster',
    args: 'analyze --context main',
    configuration: 'world: open\n',
    happens: 'it holds for files, and nothing is said',
    code: 0,
    says: '',
    shows: 'in cluster main',
  },
  {
    what: '`--exclude`, `--ignore-unknown`, `--render` or `--render-timeout`, and a cluster without files',
    args: 'analyze --exclude x --ignore-unknown --render never --render-timeout 3s',
    happens: ofClusters,
    code: 0,
    says: ['exclude', 'ignore-unknown', 'render', 'render-timeout']
      .map((flag) => isNone(flag, 'a cluster'))
      .join(''),
  },
  {
    what: '`--crds` and a cluster',
    args: 'analyze --crds crd.yaml',
    happens: 'its resources are checked against these',
    code: 0,
    says: '',
    shows: 'in cluster main',
  },
  {
    what: '`--context` and `--contexts`',
    args: 'analyze --context main --contexts main,east',
    happens: refused,
    code: 2,
    says: apart('contexts', 'context'),
  },
  {
    what: '`--offline` and no path',
    args: 'analyze --offline',
    happens: refused,
    code: 2,
    says: 'error: No path was given, and --offline reads no cluster.',
  },
  {
    what: '`--offline` and `--use-kube`',
    args: 'analyze a.yaml --offline -k',
    happens: refused,
    code: 2,
    says: apart('offline', 'use-kube'),
  },
  {
    what: '`--fix`, `--fix-unsafe` or `--fix-dry-run`, and no path',
    args: 'analyze --context main --fix',
    happens: refused,
    code: 2,
    says: 'error: --fix repairs files, and none is named.',
  },
  {
    what: 'the same with files over a cluster',
    args: 'analyze a.yaml -k --fix-dry-run',
    happens: 'the files are repaired',
    code: 0,
    says: 'Nothing would be fixed.\n',
  },
  {
    what: '`-n` and `-A`',
    args: 'analyze -n books -A',
    happens: 'the report is about all namespaces',
    code: 0,
    says: '',
    shows: 'in cluster main',
  },
  {
    what: '`--cluster` and `--use-kube`',
    args: 'analyze --cluster a=a.yaml -k',
    happens: refused,
    code: 2,
    says: apart('use-kube', 'cluster'),
  },
  {
    what: '`--cluster` and `--context` or `--contexts`',
    args: 'analyze --cluster a=a.yaml --contexts main',
    happens: refused,
    code: 2,
    says: apart('cluster', 'contexts'),
  },
  {
    what: '`--changed` or `--staged`, and `--use-kube`',
    args: 'analyze -k --staged',
    happens: refused,
    code: 2,
    says: apart('use-kube', 'staged'),
  },
  {
    what: '`--changed-only` without `--use-kube` or without paths',
    args: 'analyze a.yaml --changed-only',
    happens: refused,
    code: 2,
    says: 'error: --changed-only has a meaning only where files are laid over a cluster.',
  },
  {
    what: 'several clusters, and files over them',
    args: 'analyze a.yaml -k --contexts main,east',
    happens: refused,
    code: 2,
    says: 'error: Files are laid over one cluster.',
  },
  {
    what: 'several clusters and `--watch`',
    args: 'analyze --watch --contexts main,east',
    happens: refused,
    code: 2,
    says: 'error: --watch follows one cluster.',
  },
  {
    what: 'several clusters and `--interactive`',
    args: 'analyze -i --contexts main,east',
    happens: refused,
    code: 2,
    says: 'error: --interactive cannot be combined with --contexts.',
  },
  {
    what: '`worlds` in the configuration, a cluster, and no path',
    args: 'analyze --context main',
    configuration: worlds,
    happens: 'the cluster is read',
    code: 0,
    says: '',
    shows: 'in cluster main',
  },
  {
    what: '`worlds` in the configuration, `--use-kube`, and no path',
    args: 'analyze -k',
    configuration: worlds,
    happens: refused,
    code: 2,
    says: 'error: Files are laid over one cluster, and the configuration names several worlds.',
  },
  {
    what: '`inputs` in the configuration, `--use-kube`, and no path',
    args: 'analyze -k',
    configuration: 'inputs: [a.yaml]\n',
    happens: 'these are laid over the cluster',
    code: 0,
    says: '',
    shows: 'in 1 file over cluster main',
  },
  // A snapshot.
  {
    what: 'a snapshot of several clusters, and a command about one',
    args: 'world two',
    happens: 'refused with their names',
    code: 2,
    says: 'error: The snapshot holds 2 clusters (east, west), and this answers for one.\n  help: Choose one: --context east.\n',
  },
  {
    what: 'the same with `--context`',
    args: 'world two --context west',
    happens: 'that cluster is taken',
    code: 0,
    says: '',
    shows: 'World live',
  },
  {
    what: 'a snapshot, and `--context` or `--contexts`',
    args: 'analyze two --context west',
    happens: 'these of its clusters are judged',
    code: 0,
    says: '',
    shows: 'in cluster west',
  },
  {
    what: 'the same with `--offline`',
    args: 'analyze two --context west --offline',
    happens: 'so they are',
    code: 0,
    says: '',
    shows: 'in cluster west',
  },
  {
    what: 'the same of a cluster that it does not hold',
    args: 'analyze two --context vest',
    happens: refused,
    code: 2,
    says: 'error: There is no cluster "vest" in the snapshot.\n  help: It holds east, west.\n',
  },
  {
    what: 'a snapshot of several clusters, and files',
    args: 'analyze two a.yaml',
    happens: 'refused with their names',
    code: 2,
    says: 'error: The snapshot holds 2 clusters (east, west), and files are laid over one.',
  },
  {
    what: 'the same with `--context`',
    args: 'analyze two a.yaml --context west',
    happens: 'the files are laid over that one',
    code: 0,
    says: '',
    shows: 'over cluster west',
  },
  {
    what: 'a snapshot of several clusters in `--cluster`',
    args: 'analyze --cluster a=two',
    happens: refused,
    code: 2,
    says: 'error: The snapshot holds 2 clusters (east, west), and this answers for one.\n  help: Take a snapshot of that cluster alone',
  },
  {
    what: 'a snapshot, and `--use-kube`',
    args: 'analyze one -k',
    happens: 'the snapshot is the cluster',
    code: 1,
    says: '',
    shows: 'cluster east',
  },
  {
    what: 'a snapshot, and `--kubeconfig` or `--discover-remotes`',
    args: 'analyze one -k --kubeconfig x',
    happens: refused,
    code: 2,
    says: 'error: --kubeconfig cannot be combined with a snapshot of a cluster.',
  },
  {
    what: 'a snapshot, and `--world`',
    args: 'analyze one --world open',
    happens: refused,
    code: 2,
    says: 'error: --world says',
  },
  {
    what: 'a snapshot, and `--fix`, `--fix-unsafe` or `--fix-dry-run`',
    args: 'analyze one --fix',
    happens: refused,
    code: 2,
    says: 'error: --fix repairs files, and a snapshot of a cluster is none.',
  },
  {
    what: 'a snapshot, and `--changed` or `--staged`',
    args: 'analyze one --changed',
    happens: refused,
    code: 2,
    says: 'error: --changed',
  },
  {
    what: 'a snapshot, and `--revision` or `--istio-namespace`',
    args: 'analyze one --revision x --istio-namespace istio-system',
    happens: 'they choose among what it holds',
    code: 1,
    says: '',
  },
  {
    what: '`--istio-namespace` of another namespace than the snapshot was taken with',
    args: 'analyze one --istio-namespace mesh',
    happens: refused,
    code: 2,
    says: 'error: The snapshot was taken of Istio in namespace istio-system, and holds no settings of one in mesh.',
  },
  {
    what: 'a snapshot, and `--timeout`, `--request-timeout`, `--secrets` or `--remote-contexts`',
    args: 'analyze one --timeout 3s --secrets off',
    happens: ofSnapshots,
    code: 1,
    says: isNone('secrets', 'a snapshot') + isNone('timeout', 'a snapshot'),
  },
  {
    what: 'a snapshot, and `--render` or `--ignore-unknown`',
    args: 'analyze one --render never',
    happens: ofSnapshots,
    code: 1,
    says: isNone('render', 'a snapshot'),
  },
  {
    what: 'a snapshot where the configuration names `worlds`',
    args: 'analyze one',
    configuration: worlds,
    happens: 'the snapshot is judged, by itself',
    code: 1,
    says: '',
    shows: 'cluster east',
  },
  {
    what: 'a snapshot alone, and `diff-impact`',
    args: 'diff-impact one',
    happens: refused,
    code: 2,
    says: 'error: No path was given, so nothing would change.',
  },
  {
    what: 'a snapshot, and `init`',
    args: 'init --print one',
    happens: refused,
    code: 2,
    says: 'error: meshlint init looks at files, and a snapshot of a cluster is none.',
  },
];

/** The table of docs/clusters.md. */
export function combinationTable(): string {
  const rows = combinations.map(
    ({ what, args, happens, code }) => `| ${what} | \`${args}\` | ${happens} | ${code} |`,
  );
  return ['| together | for example | what happens | exit code |', '|---|---|---|---|', ...rows, ''].join(
    '\n',
  );
}

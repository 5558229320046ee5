// What is read where flags have a say in it, and which of them do not go together.
import { ConfigError } from '../config/config-error.ts';
import type { Coverage } from '../engine/report.ts';
import { aboutClusters, NAME_FILES, wantsSeveral } from './cluster-flags.ts';
import { type Given, isOn } from './flags.ts';
import type { InputRequest } from './options.ts';
import { printError } from './terminal.ts';

/** What there is to read beside clusters. */
export interface Files {
  /** Whether paths were given, or stand in the configuration. */
  readonly hasPaths: boolean;
  /** Whether the configuration names several worlds. */
  readonly hasWorlds: boolean;
  /** Whether these can be judged; most commands show one graph. */
  readonly judgesWorlds: boolean;
}

/** Whether somebody asks for a cluster by name. */
export function namesCluster({ flags }: Given): boolean {
  return ['context', 'contexts', 'kubeconfig', 'discover-remotes', 'remote-contexts'].some((name) =>
    flags.has(name),
  );
}

/**
 * Whether a cluster is read: where there are no files to read, or somebody wants it beside them. `written` is what stands on
 * the command line. Throws ConfigError where what was given contradicts itself.
 */
export function readsCluster(
  given: Given,
  written: Given,
  { hasPaths, hasWorlds, judgesWorlds }: Files,
): boolean {
  const { flags } = given;
  const lays = isOn(given, 'use-kube') === true;
  const isOffline = isOn(given, 'offline') === true;
  const wantsWorlds = hasWorlds && !hasPaths;
  if (wantsWorlds && lays && !flags.has('deleted')) {
    throw new ConfigError(
      'Files are laid over one cluster, and the configuration names several worlds.',
      'Give the paths of one of them; the cluster alone is read with --context, and without --use-kube.',
    );
  }
  if (wantsWorlds && !namesCluster(given) && !judgesWorlds) {
    throw new ConfigError('No path was given, and the configuration names several worlds.', NAME_FILES);
  }
  const hasFiles = hasPaths || (hasWorlds && !namesCluster(given));
  if (isOn(given, 'changed-only') === true && !(hasFiles && lays)) throw changedOnly();
  exclude(flags, 'contexts', 'context', 'Name all of them with --contexts, or one with --context.');
  if (isOffline && lays) exclude(flags, 'offline', 'use-kube');
  if (isOffline || isOn(given, 'use-kube') === false) {
    if (!hasFiles) throw new ConfigError('No path was given, and --offline reads no cluster.', NAME_FILES);
    refuseNames(given, ['discover-remotes']);
    return false;
  }
  if (!lays && hasFiles) {
    refuseNames(given, ['kubeconfig', 'discover-remotes']);
    for (const name of ['context', 'contexts']) exclude(flags, 'cluster', name);
    return false;
  }
  refuseWorld(written);
  if (wantsSeveral(given)) {
    if (hasFiles) throw new ConfigError('Files are laid over one cluster.', 'Name it with --context.');
    if (isOn(given, 'watch') === true) {
      throw new ConfigError('--watch follows one cluster.', 'Name it with --context.');
    }
  }
  for (const name of lays ? ['cluster', 'changed', 'staged'] : []) exclude(flags, 'use-kube', name);
  const repairs = repairsOf(given);
  if (!hasFiles && repairs !== undefined) {
    throw new ConfigError(`--${repairs} repairs files, and none is named.`, NAME_FILES);
  }
  return true;
}

/** Refuses what makes no sense for a snapshot, which is known to be one only when it is read. */
export function refuseForSnapshot(written: Given, hasFiles: boolean): void {
  const { flags } = written;
  // Beside a snapshot, other clusters may be files.
  if (!flags.has('cluster')) refuseWorld(written);
  const repairs = repairsOf(written);
  if (repairs !== undefined && !hasFiles) {
    throw new ConfigError(
      `--${repairs} repairs files, and a snapshot of a cluster is none.`,
      'Repair the files that its objects were made from.',
    );
  }
  if (isOn(written, 'changed-only') === true && !hasFiles) throw changedOnly();
  const other = ['kubeconfig', 'discover-remotes', 'changed', 'staged'].find((name) => flags.has(name));
  if (other === undefined || (other === 'kubeconfig' && isOn(written, 'use-kube') !== true)) return;
  throw new ConfigError(
    `--${other} cannot be combined with a snapshot of a cluster.`,
    'Leave one of them out.',
  );
}

/** Tells of flags of the command line that had no say in what was read. */
export function tellIgnored(written: Given, request: Pick<InputRequest, 'readsSnapshot'>, read: Read): void {
  if (isOn(written, 'quiet') === true) return;
  for (const [name, what] of ignored(written, request.readsSnapshot?.() ?? false, read)) {
    if (written.flags.has(name)) printError(`note: --${name} has no meaning ${what} and is ignored\n`);
  }
}

/** What was read, of one cluster or of several. */
type Read = Pick<Coverage, 'files' | 'live'> & {
  readonly clusters?: readonly { readonly live?: unknown }[];
};

function* ignored(
  written: Given,
  isSnapshot: boolean,
  { files, live, clusters = [] }: Read,
): Iterable<readonly [name: string, what: string]> {
  const isLive = live !== undefined || clusters.some((one) => one.live !== undefined);
  if (!isLive) {
    for (const name of clusterOnly) yield [name, 'for files'];
    return;
  }
  const what = isSnapshot ? 'for a snapshot' : 'for a cluster';
  if (isSnapshot) for (const name of whileReading) yield [name, what];
  if (files === 0) for (const name of filesOnly) yield [name, what];
  if (!isSnapshot && isOn(written, 'watch') === true) yield ['timeout', 'with --watch'];
}

/** Flags that say nothing about files. */
const clusterOnly: readonly string[] = aboutClusters
  .map(({ name }) => name)
  .filter((name) => name !== 'use-kube');
/** Those that say how a cluster is reached, and nothing of what was read. */
const whileReading = ['kubeconfig', 'remote-contexts', 'secrets', 'timeout', 'request-timeout'];
/** Flags that say nothing about a cluster. */
const filesOnly = ['exclude', 'ignore-unknown', 'render', 'render-timeout'];

function refuseWorld({ flags }: Given): void {
  if (!flags.has('world')) return;
  throw new ConfigError(
    '--world says how much of reality files are; a cluster is all there is.',
    'Leave it out.',
  );
}

function refuseNames({ flags }: Given, names: readonly string[]): void {
  const name = names.find((flag) => flags.has(flag));
  if (name !== undefined) throw namedBesideFiles(name);
}

/** With paths, files alone are read, unless they are to be laid over a cluster. */
function namedBesideFiles(name: string): ConfigError {
  return new ConfigError(
    `--${name} names a cluster, but with paths files alone are read.`,
    'Add --use-kube to lay the files over the cluster, or leave out the paths to read the cluster alone.',
  );
}

function exclude(flags: Given['flags'], one: string, other: string, help = 'Leave one of them out.'): void {
  if (!flags.has(one) || !flags.has(other)) return;
  throw new ConfigError(`--${one} cannot be combined with --${other}.`, help);
}

function changedOnly(): ConfigError {
  return new ConfigError(
    '--changed-only has a meaning only where files are laid over a cluster.',
    'Give paths and --use-kube, as meshlint analyze ./manifests --use-kube --changed-only.',
  );
}

function repairsOf(given: Given): string | undefined {
  return ['fix', 'fix-unsafe', 'fix-dry-run'].find((name) => isOn(given, name) === true);
}

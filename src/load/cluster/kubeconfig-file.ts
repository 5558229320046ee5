// Kubeconfigs as they are written, and several of them read as one.
import { createSource, readDocuments } from '../../text/index.ts';
import { isMapping } from '../classify.ts';
import { ClusterError } from './cluster-error.ts';
import { createFields, type Fields } from './fields.ts';

/** One kubeconfig, or several merged. */
export interface Kubeconfig {
  /** What it was read from, for messages. */
  readonly origins: readonly string[];
  readonly currentContext?: string;
  readonly contexts: ReadonlyMap<string, Entry>;
  readonly clusters: ReadonlyMap<string, Entry>;
  readonly users: ReadonlyMap<string, Entry>;
}

/** A named cluster, user or context. */
export interface Entry {
  readonly fields: Fields;
  /** Paths in it start here; undefined where it was in no file. */
  readonly folder?: string;
}

/**
 * Reads the text of one kubeconfig, YAML or JSON. `origin` names it in messages. Throws a `ClusterError` for what kubectl
 * would not read either: broken YAML, another kind, wrong types, one name twice in a list.
 */
export async function readKubeconfigText(text: string, origin: string, folder?: string): Promise<Kubeconfig> {
  const source = createSource(origin, text);
  // kubectl reads the first document and no more.
  const [document] = await readDocuments(source);
  if (document?.error !== undefined) {
    const line = source.text.slice(0, document.error.start).split('\n').length;
    // What is wrong is not told: it could quote a secret.
    throw broken(`The kubeconfig ${origin} is no valid YAML (line ${line}).`);
  }
  const value = document?.value ?? {};
  if (!isMapping(value))
    throw broken(`The kubeconfig ${origin} is no mapping of clusters, users and contexts.`);
  const fields = createFields(value, `the kubeconfig ${origin}`);
  const [kind, version] = [fields.text('kind') ?? 'Config', fields.text('apiVersion') ?? 'v1'];
  if (kind !== 'Config' || version !== 'v1')
    throw broken(`The kubeconfig ${origin} is none: it is of another kind than Config, version v1.`);
  const currentContext = fields.text('current-context');
  return {
    origins: [origin],
    ...(currentContext !== undefined && { currentContext }),
    contexts: entriesOf(fields, 'context', origin, folder),
    clusters: entriesOf(fields, 'cluster', origin, folder),
    users: entriesOf(fields, 'user', origin, folder),
  };
}

function entriesOf(
  fields: Fields,
  what: 'context' | 'cluster' | 'user',
  origin: string,
  folder: string | undefined,
): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const item of fields.list(`${what}s`)) {
    const name = item.text('name') ?? '';
    const place = `${what} "${name}" in ${origin}`;
    if (entries.has(name)) throw broken(`${origin} has two ${what}s with the name "${name}".`);
    const content = createFields(item.raw(what) ?? {}, place);
    entries.set(name, { fields: content, ...(folder !== undefined && { folder }) });
  }
  return entries;
}

function broken(message: string): ClusterError {
  return new ClusterError('kubeconfig', message, 'Repair it, or name another one with --kubeconfig.');
}

/**
 * Reads several as one, as client-go does (tools/clientcmd/loader.go): whoever names something first has it whole, and
 * the first `current-context` counts.
 */
export function mergeKubeconfigs(files: readonly Kubeconfig[]): Kubeconfig {
  const currentContext = files.find((file) => file.currentContext !== undefined)?.currentContext;
  const merge = (part: 'contexts' | 'clusters' | 'users'): Map<string, Entry> =>
    new Map(files.toReversed().flatMap((file) => [...file[part]]));
  return {
    origins: files.flatMap((file) => file.origins),
    ...(currentContext !== undefined && { currentContext }),
    contexts: merge('contexts'),
    clusters: merge('clusters'),
    users: merge('users'),
  };
}

/** Nothing is in it: kubectl then looks for a service account. */
export function isEmptyKubeconfig({ contexts, clusters, users, currentContext }: Kubeconfig): boolean {
  return currentContext === undefined && contexts.size + clusters.size + users.size === 0;
}

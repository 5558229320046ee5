import { kinds } from '../../model/kinds.gen.ts';
import type { KindOutcome, LiveObject } from '../../model/live.ts';
import { asObject } from './json.ts';
import { askOr, type Listed, listAll } from './list.ts';
import { type KindRead, pathOf, permissionFor, resourceName } from './plan.ts';
import { project } from './project.ts';
import type { ReadRequest } from './read-request.ts';
import type { Asker } from './retry.ts';

/** What reading one kind gave. */
export interface KindResult {
  readonly objects: readonly LiveObject[];
  /** Several where only some namespaces could be read. */
  readonly outcomes: readonly KindOutcome[];
  /** Where a watch of the same path may go on; absent when there is no such list. */
  readonly resourceVersion?: string;
}

type How = Pick<ReadRequest, 'namespaces' | 'pageSize' | 'revision'> & {
  /** Told of each Pod that is kept. */
  readonly onPod?: (pod: Record<string, unknown>) => void;
  /** Told of each object that is kept. */
  readonly onObject?: () => void;
};

const PAGE_SIZE = 500;

/** Reads all of a kind that may be read, the namespaces of the request where not all are. */
export async function readKind(asker: Asker, read: KindRead, request: How): Promise<KindResult> {
  const everywhere = await listIn(asker, read, request, read.namespace);
  if (everywhere.state !== 'forbidden') return resultOf(read, everywhere);
  const { namespaces = [] } = request;
  const failed = outcomeOf(read, everywhere);
  const partly = await readPartly(asker, read, request, namespaces);
  const outcomes = partly.outcomes.length === 0 ? [failed] : [...partly.outcomes, failed];
  return { objects: partly.objects, outcomes };
}

/** What one who may not list a kind may still get to see of it. */
function readPartly(
  asker: Asker,
  read: KindRead,
  request: How,
  namespaces: readonly string[],
): Promise<KindResult> {
  // Who has a role in a namespace may usually see that namespace itself.
  if (read.kind === 'Namespace') return readNamed(asker, read, undefined, namespaces);
  if (read.namespace !== undefined) return readNamed(asker, read, read.namespace, settingNames(request));
  return read.namespaced ? readIn(asker, read, request, namespaces) : Promise.resolve(nothing);
}

const nothing: KindResult = { objects: [], outcomes: [] };

async function readIn(
  asker: Asker,
  read: KindRead,
  request: How,
  namespaces: readonly string[],
): Promise<KindResult> {
  const lists = await Promise.all(
    namespaces.map(async (namespace) => ({ namespace, list: await listIn(asker, read, request, namespace) })),
  );
  const objects = lists.flatMap(({ list }) => list.items ?? []);
  const outcomes: KindOutcome[] = [];
  const whole = lists.filter(({ list }) => list.state === 'ok');
  if (whole.length > 0) {
    const count = whole.reduce((sum, { list }) => sum + (list.items?.length ?? 0), 0);
    outcomes.push({
      ...about(read),
      state: 'ok',
      namespaces: whole.map(({ namespace }) => namespace).sort(),
      count,
    });
  }
  for (const { namespace, list } of lists) {
    // Where that is forbidden too, the outcome for all of them says so.
    if (list.state === 'ok' || list.state === 'forbidden') continue;
    outcomes.push({ ...outcomeOf(read, list), namespaces: [namespace] });
  }
  return { objects, outcomes };
}

/** Objects that are asked for one by one. */
async function readNamed(
  asker: Asker,
  read: KindRead,
  namespace: string | undefined,
  names: readonly string[],
): Promise<KindResult> {
  const objects: LiveObject[] = [];
  const known: string[] = [];
  const answers = await Promise.all(
    names.map(async (name) => ({ name, answer: await readOne(asker, read, namespace, name) })),
  );
  for (const { name, answer } of answers) {
    if (answer === undefined) continue;
    known.push(namespace === undefined ? name : `${namespace}/${name}`);
    if (answer !== 'absent') objects.push(answer);
  }
  if (known.length === 0) return nothing;
  const outcome = {
    ...about(read),
    state: 'ok',
    namespaces: [],
    names: known,
    count: objects.length,
  } as const;
  return { objects, outcomes: [outcome] };
}

async function readOne(
  asker: Asker,
  read: KindRead,
  namespace: string | undefined,
  name: string,
): Promise<LiveObject | 'absent' | undefined> {
  const path = `${pathOf(read, namespace)}/${encodeURIComponent(name)}`;
  const response = await askOr(asker, path, { resource: resourceName(read) });
  if ('state' in response) return undefined;
  const body = asObject(response.body);
  if (response.status === 404 && body?.kind === 'Status') return 'absent';
  if (response.status !== 200 || body?.kind !== kinds[read.kind].kind) return undefined;
  const value = project(read, body);
  return value === undefined ? undefined : { value };
}

/** The ConfigMaps of an installation and of a revision of it. */
function settingNames({ revision }: How): readonly string[] {
  const names = ['istio', 'istio-sidecar-injector'];
  return revision === undefined ? names : [...names, ...names.map((name) => `${name}-${revision}`)];
}

function listIn(
  asker: Asker,
  read: KindRead,
  { pageSize = PAGE_SIZE, onPod, onObject }: How,
  namespace: string | undefined,
): Promise<Listed<LiveObject>> {
  return listAll(asker, {
    path: pathOf(read, namespace),
    resource: resourceName(read),
    pageSize,
    isBare: read.shape === 'metadata',
    labelSelector: read.labelSelector,
    take(object) {
      const value = project(read, object);
      if (value === undefined) return undefined;
      if (read.kind === 'Pod') onPod?.(value);
      onObject?.();
      return { value };
    },
  });
}

function resultOf(read: KindRead, list: Listed<LiveObject>): KindResult {
  const { items = [] } = list;
  const outcomes = [{ ...outcomeOf(read, list), count: items.length }];
  const version = 'resourceVersion' in list ? list.resourceVersion : undefined;
  return { objects: items, outcomes, ...(version === undefined ? {} : { resourceVersion: version }) };
}

function outcomeOf(read: KindRead, list: Listed<LiveObject>): KindOutcome {
  return {
    ...about(read),
    state: list.state,
    count: 0,
    ...(list.detail === undefined ? {} : { detail: list.detail }),
    ...(list.state === 'forbidden' ? { permission: permissionFor(read, 'list') } : {}),
  };
}

function about(read: KindRead): Pick<KindOutcome, 'kind' | 'resource' | 'group' | 'version' | 'namespaces'> {
  const { kind, resource, group, version, namespace } = read;
  return { kind, resource, group, version, namespaces: namespace === undefined ? 'all' : [namespace] };
}

import type { KindState } from '../../model/live.ts';
import { ClusterError } from './cluster-error.ts';
import { asList, asObject, asText, objectAt } from './json.ts';
import { type Asker, JSON_ONLY } from './retry.ts';
import type { ApiResponse } from './transport.ts';

export interface ListRequest<T> {
  /** Path of the collection, without a query. */
  readonly path: string;
  /** What requests are counted under. */
  readonly resource: string;
  readonly pageSize: number;
  /** Asks for labels and annotations alone. */
  readonly isBare: boolean;
  readonly labelSelector?: string | undefined;
  /** What is kept of an object, page by page; undefined for nothing. */
  take(object: Record<string, unknown>): T | undefined;
}

/** A whole list, or why there is none: a page that is lost takes the others with it. */
export type Listed<T> = FullList<T> | Failure;

export interface FullList<T> {
  readonly state: 'ok' | 'expired';
  readonly items: readonly T[];
  /** Where a watch may go on; absent for a list that was put together from two moments. */
  readonly resourceVersion?: string;
  readonly detail?: string;
}

/** An answer about one kind that is none of its objects. */
export interface Failure {
  readonly state: Exclude<KindState, 'ok'>;
  readonly items?: undefined;
  readonly status?: number;
  readonly detail: string;
}

/** Labels and annotations alone, or all of it from servers that do not know the difference. */
const BARE = `application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,${JSON_ONLY}`;
/** How often a list that expired is begun anew before its pieces are put together. */
const RESTARTS = 2;
/** Gone: the version that a continue token goes by has been forgotten. */
const GONE = 410;

/**
 * Reads a collection page by page ("Retrieving large results sets in chunks" of Kubernetes' API concepts). No
 * `resourceVersion` is asked for: with 0 servers ignore the limit. Throws what stands against all other requests too,
 * such as rejected credentials, and the reason of the signal.
 */
export async function listAll<T>(asker: Asker, request: ListRequest<T>): Promise<Listed<T>> {
  let items: T[] = [];
  let token: string | undefined;
  let restarts = 0;
  /** Answers 410 since the last page. */
  let goneInRow = 0;
  let isConsistent = true;
  for (;;) {
    const response = await askFor(asker, request, token);
    if ('state' in response) return response;
    if (response.status === GONE && token !== undefined) {
      const next = tokenOf(response.body);
      if (restarts < RESTARTS) {
        restarts++;
        items = [];
        token = undefined;
        continue;
      }
      // The server hands out a token to go on with, from the state of now.
      goneInRow++;
      if (next === undefined || goneInRow > RESTARTS) return failureOf(response);
      isConsistent = false;
      token = next;
      continue;
    }
    if (response.status !== 200) return failureOf(response);
    const page = pageOf(response.body);
    if (page === undefined) return notAList(response);
    goneInRow = 0;
    for (const object of page) {
      const taken = request.take(object);
      if (taken !== undefined) items.push(taken);
    }
    const next = tokenOf(response.body);
    if (next === undefined) return finished(items, response.body, isConsistent);
    if (next === token) return { state: 'bad-body', detail: 'the server goes on with the same page' };
    token = next;
  }
}

function finished<T>(items: readonly T[], body: unknown, isConsistent: boolean): FullList<T> {
  if (!isConsistent) {
    const detail =
      'the list expired again and again while it was read, so its pages are of different moments';
    return { state: 'expired', items, detail };
  }
  const resourceVersion = asText(objectAt(body, 'metadata')?.resourceVersion);
  return { state: 'ok', items, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
}

async function askFor<T>(
  asker: Asker,
  { path, resource, pageSize, isBare, labelSelector }: ListRequest<T>,
  token: string | undefined,
): Promise<ApiResponse | Failure> {
  const query = new URLSearchParams({ limit: String(pageSize) });
  if (labelSelector !== undefined) query.set('labelSelector', labelSelector);
  if (token !== undefined) query.set('continue', token);
  return askOr(asker, `${path}?${query}`, { resource, accept: isBare ? BARE : JSON_ONLY });
}

/** The answer, or what became of asking. Throws what concerns more than this one request. */
export async function askOr(
  asker: Asker,
  path: string,
  options: { readonly resource: string; readonly accept?: string },
): Promise<ApiResponse | Failure> {
  try {
    return await asker.ask(path, options);
  } catch (error) {
    const state = error instanceof ClusterError ? states[error.code] : undefined;
    if (!(error instanceof ClusterError) || state === undefined) throw error;
    return { state, detail: error.message };
  }
}

/** What trouble on the way means for one kind; with any other there is no point in asking for the rest. */
const states: Readonly<Partial<Record<ClusterError['code'], Failure['state']>>> = {
  network: 'network',
  proxy: 'network',
  tls: 'network',
  timeout: 'timeout',
  'not-kubernetes': 'bad-body',
  forbidden: 'forbidden',
};

/** What an answer says that is not the one that was asked for. */
export function failureOf(response: ApiResponse): Failure {
  const { status } = response;
  return { state: stateOf(status), status, detail: wordsOf(response) };
}

function stateOf(status: number): Failure['state'] {
  if (status === 403) return 'forbidden';
  if (status === GONE) return 'expired';
  if (status === 429) return 'throttled';
  return status >= 500 ? 'server-error' : 'bad-body';
}

/** What a Status says in its message; never more of the answer. */
function wordsOf({ status, body }: ApiResponse): string {
  const fields = asObject(body);
  const message = fields?.kind === 'Status' ? asText(fields.message) : undefined;
  return message === undefined || message === '' ? `the server answered ${status}` : message.slice(0, 500);
}

/** The objects of a page; undefined for what is no list, such as the login page of a proxy. */
function pageOf(body: unknown): readonly Record<string, unknown>[] | undefined {
  const { kind, items } = asObject(body) ?? {};
  if (asText(kind)?.endsWith('List') !== true) return undefined;
  // Go writes an empty list as null where nobody made one.
  if (!Array.isArray(items) && items !== null) return undefined;
  const objects = asList(items).map(asObject);
  return objects.every((object) => object !== undefined) ? objects : undefined;
}

function notAList({ contentType, body }: ApiResponse): Failure {
  const kind = asText(objectAt(body)?.kind);
  const what = kind === undefined ? contentType || 'something else' : `a ${kind}`;
  return { state: 'bad-body', detail: `the answer is no list of objects but ${what}` };
}

function tokenOf(body: unknown): string | undefined {
  const token = asText(objectAt(body, 'metadata')?.continue);
  return token === '' ? undefined : token;
}

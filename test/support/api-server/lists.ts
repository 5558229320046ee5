// Lists in pages, as the API server cuts them.
import type { Answer, Call } from './cluster.ts';
import { type Form, inVersion, metadataOf, tableOf } from './negotiation.ts';
import { asObject, asText, Refusal } from './objects.ts';
import { groupVersionOf, type ResourceType, resourceName } from './resource-types.ts';
import { fieldMatcher, labelMatcher, type Matcher } from './selectors.ts';
import type { Entry } from './store.ts';

/** Where the next page starts: after this object, in the list as it was at that version; -1 for as it is now. */
interface Token {
  readonly v: 'meta.k8s.io/v1';
  readonly rv: number;
  readonly start: string;
}

/**
 * A page of a list. Pages of one list show one moment: the token names the version of the first page. Once history
 * is compacted the token is refused with 410, and comes back as one that reads on inconsistently
 * (https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks).
 */
export function list(call: Call, type: ResourceType, namespace: string | undefined, form: Form): Answer {
  const { store } = call.cluster;
  const { query } = call;
  const limit = Number(query.get('limit') ?? 0);
  const token = readToken(query);
  checkVersion(call, token);
  const version = token === undefined || token.rv === -1 ? store.version() : token.rv;
  const isNewest = version === store.version();
  const all = store.entries(type, isNewest ? undefined : version);
  if (all === undefined || version < store.oldest()) throw expired(token?.start ?? '');
  const entries = namespace === undefined ? all : inNamespace(all, namespace);

  // The watch cache answers version 0, and knows no limits.
  const size = limit > 0 && query.get('resourceVersion') !== '0' ? limit : Number.POSITIVE_INFINITY;
  const matches = matcherOf(query, type);
  const first = token === undefined ? 0 : indexAfter(entries, token.start);
  const { page, next } = takePage(entries, first, size, matches);
  const last = page.at(-1);
  const hasMore = next < entries.length && last !== undefined;
  if (hasMore) store.remember(type, version);
  const metadata = {
    resourceVersion: `${version}`,
    ...(hasMore ? { continue: writeToken({ v: 'meta.k8s.io/v1', rv: version, start: last.key }) } : {}),
    ...(hasMore && matches === undefined ? { remainingItemCount: entries.length - next } : {}),
  };
  call.record.items = page.length;
  const header = { kind: `${type.kind}List`, apiVersion: groupVersionOf(type), metadata };
  if (form.as === 'table') {
    const objects = page.map(({ value }) => inVersion(value(), type));
    return { status: 200, body: tableOf(objects, type, metadata, form.version, query.get('includeObject')) };
  }
  if (form.as === 'metadata') {
    const items = page.map(({ value }) => metadataOf(value()));
    const shape = { kind: 'PartialObjectMetadataList', apiVersion: `meta.k8s.io/${form.version || 'v1'}` };
    return { status: 200, body: { ...shape, metadata, items } };
  }
  const items = page.map((entry) => itemText(entry, type)).join(',');
  return { status: 200, body: { json: `${JSON.stringify(header).slice(0, -1)},"items":[${items}]}` } };
}

/** Items of built-in lists bear neither kind nor apiVersion; custom resources are kept as they are. */
function itemText({ json, value }: Entry, type: ResourceType): string {
  if (json !== undefined) return json(!type.custom);
  if (type.custom) return JSON.stringify(inVersion(value(), type));
  const { apiVersion: _version, kind: _kind, ...bare } = value();
  return JSON.stringify(bare);
}

/** What both selectors of a request let through; nothing where there are none. */
export function matcherOf(query: URLSearchParams, type: ResourceType): Matcher | undefined {
  const labels = query.get('labelSelector') ?? '';
  const fields = query.get('fieldSelector') ?? '';
  if (labels === '' && fields === '') return undefined;
  const both = [labelMatcher(labels), fieldMatcher(fields, type)];
  return (object) => both.every((matches) => matches(object));
}

function takePage(
  entries: readonly Entry[],
  first: number,
  size: number,
  matches: Matcher | undefined,
): { readonly page: readonly Entry[]; readonly next: number } {
  if (matches === undefined) {
    const page = entries.slice(first, first + size);
    return { page, next: first + page.length };
  }
  const page: Entry[] = [];
  // The last page of a list has no token: whether anything is left must be seen.
  for (let i = first; i < entries.length; i += 1) {
    const entry = entries[i];
    if (entry === undefined || !matches(entry.value())) continue;
    if (page.length >= size) return { page, next: i };
    page.push(entry);
  }
  return { page, next: entries.length };
}

/** The entries of a namespace, which stand together. */
function inNamespace(entries: readonly Entry[], namespace: string): readonly Entry[] {
  // `0` is the character after `/`.
  return entries.slice(indexAfter(entries, `${namespace}/`), indexAfter(entries, `${namespace}0`));
}

/** The index of the first entry after a key. */
function indexAfter(entries: readonly Entry[], key: string): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle]?.key ?? '') <= key) low = middle + 1;
    else high = middle;
  }
  return low;
}

function checkVersion({ cluster, query }: Call, token: Token | undefined): void {
  const asked = query.get('resourceVersion') ?? '';
  if (token !== undefined && asked !== '' && asked !== '0') {
    throw new Refusal(400, 'specifying resource version is not allowed when using continue');
  }
  if (!/^\d*$/.test(asked)) throw new Refusal(400, `Invalid value: "${asked}": not a resource version`);
  if (Number(asked) > cluster.store.version()) throw tooNew(asked, cluster.store.version());
}

/** Asking for a version that is yet to come ends in 504. */
export function tooNew(asked: string, current: number): Refusal {
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  const message = `Too large resource version: ${asked}, current: ${current}`;
  return new Refusal(504, message, { causes, retryAfterSeconds: 1 });
}

function expired(start: string): Refusal {
  const token = writeToken({ v: 'meta.k8s.io/v1', rv: -1, start });
  return new Refusal(
    410,
    'The provided continue parameter is too old to display a consistent list result.',
    undefined,
    { metadata: { continue: token } },
  );
}

function readToken(query: URLSearchParams): Token | undefined {
  const text = query.get('continue') ?? '';
  if (text === '') return undefined;
  try {
    const { rv, start } = asObject(JSON.parse(Buffer.from(text, 'base64url').toString()));
    if (typeof rv === 'number') return { v: 'meta.k8s.io/v1', rv, start: asText(start) };
  } catch {
    // Refused below, like any other token that is none.
  }
  throw new Refusal(400, 'continue key is not valid');
}

function writeToken(token: Token): string {
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

/** One object, or 404. */
export function getOne(call: Call, type: ResourceType, namespace: string | undefined, name: string): Entry {
  const entry = call.cluster.store.find(type, namespace, name);
  if (entry !== undefined) return entry;
  throw new Refusal(404, `${resourceName(type)} "${name}" not found`, {
    name,
    group: type.group,
    kind: type.plural,
  });
}

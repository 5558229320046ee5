// Watches: what changes from a version on, as one JSON event a line.
import type { Call, Cluster } from './cluster.ts';
import { matcherOf, tooNew } from './lists.ts';
import { type Form, inForm } from './negotiation.ts';
import { type Json, type KubernetesObject, Refusal } from './objects.ts';
import { groupVersionOf, type ResourceType, resourceName } from './resource-types.ts';
import type { Change, Entry } from './store.ts';

/** The bookmark after which everything that was there has been sent. */
const initialEventsEnd = { 'k8s.io/initial-events-end': 'true' };
const bookmarkEvery = 60_000;

/**
 * Streams changes until the client leaves, its `timeoutSeconds` pass or the test ends it. A version that is forgotten
 * gives an ERROR event with a 410 Status inside the stream, which is answered with 200
 * (https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes).
 */
export function watch(
  call: Call,
  type: ResourceType,
  place: { readonly namespace?: string; readonly name?: string },
  form: Form,
  headers: Readonly<Record<string, string>>,
): void {
  const { cluster, query, response, record } = call;
  const { store, watchers } = cluster;
  const wantsInitial = query.get('sendInitialEvents') === 'true';
  const wantsBookmarks = query.get('allowWatchBookmarks') === 'true';
  const asked = query.get('resourceVersion') ?? '';
  if (wantsInitial) checkInitial(cluster, query);
  if (Number(asked) > store.version()) throw tooNew(asked, store.version());
  const selected = matcherOf(query, type);
  const matches = ({ namespace, name, value }: Entry): boolean =>
    (place.namespace === undefined || namespace === place.namespace) &&
    (place.name === undefined || name === place.name) &&
    (selected?.(value()) ?? true);

  response.writeHead(200, {
    'content-type': 'application/json',
    'cache-control': 'no-cache, private',
    ...headers,
  });
  response.flushHeaders();
  record.status = 200;
  const write = (kind: string, object: Json): void => {
    const line = `${JSON.stringify({ type: kind, object })}\n`;
    const room = (call.fault.truncate ?? Number.POSITIVE_INFINITY) - record.bytes;
    record.bytes += Math.min(line.length, room);
    if (line.length <= room) response.write(line);
    else response.write(line.slice(0, room), () => response.destroy());
  };
  const show = (kind: string, object: KubernetesObject): void =>
    write(kind, inForm(object, type, form, query.get('includeObject')));
  const bookmark = (annotations?: Json): void =>
    write('BOOKMARK', {
      ...(form.as === 'metadata'
        ? { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' }
        : { kind: type.kind, apiVersion: groupVersionOf(type) }),
      metadata: {
        resourceVersion: `${store.version()}`,
        creationTimestamp: null,
        ...(annotations === undefined ? {} : { annotations }),
      },
    });
  /** An object that leaves what is selected is gone, as far as this watch sees. */
  const deliver = ({ type: what, resource, now, before, version }: Change): void => {
    if (resource !== resourceName(type)) return;
    const was = before !== undefined && matches(before);
    const is = what !== 'DELETED' && matches(now);
    if (is) show(was ? 'MODIFIED' : 'ADDED', now.value());
    else if (was) show('DELETED', withVersion(before.value(), version));
  };

  const fromNow = wantsInitial || asked === '' || asked === '0';
  const from = fromNow ? store.version() : Number(asked);
  if (from < store.oldest()) {
    const message = `too old resource version: ${asked} (${store.oldest()})`;
    write('ERROR', new Refusal(410, message).status);
    response.end();
    return;
  }
  if (fromNow) {
    for (const entry of store.entries(type) ?? []) if (matches(entry)) show('ADDED', entry.value());
    if (wantsInitial && wantsBookmarks) bookmark(initialEventsEnd);
  }
  for (const change of store.since(from)) deliver(change);

  const unfollow = store.follow(deliver);
  const seconds = Number(query.get('timeoutSeconds') ?? 0);
  const timeout = seconds > 0 ? setTimeout(() => end(), seconds * 1000) : undefined;
  const every = cluster.options.bookmarkEveryMs ?? bookmarkEvery;
  const beat = wantsBookmarks ? setInterval(() => bookmark(), every) : undefined;
  const leave = (): void => {
    unfollow();
    watchers.delete(end);
    clearTimeout(timeout);
    clearInterval(beat);
  };
  const end = (status?: Json): void => {
    leave();
    if (status !== undefined) write('ERROR', status);
    response.end();
  };
  watchers.add(end);
  response.on('close', leave);
}

function checkInitial({ options }: Cluster, query: URLSearchParams): void {
  if (options.watchList === false) {
    throw new Refusal(422, 'sendInitialEvents: Forbidden: sendInitialEvents is forbidden for watch');
  }
  if (query.get('resourceVersionMatch') !== 'NotOlderThan') {
    throw new Refusal(422, 'resourceVersionMatch: Forbidden: sendInitialEvents requires NotOlderThan');
  }
}

function withVersion(object: KubernetesObject, version: number): KubernetesObject {
  return { ...object, metadata: { ...object.metadata, resourceVersion: `${version}` } };
}

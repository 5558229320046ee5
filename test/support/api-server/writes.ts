// Creating, replacing and deleting objects through the API: enough for events, leases and `kubectl apply`.
import type { IncomingMessage } from 'node:http';
import type { Answer, Call } from './cluster.ts';
import { getOne } from './lists.ts';
import { inVersion } from './negotiation.ts';
import { asObject, asText, type Json, Refusal } from './objects.ts';
import { groupVersionOf, type ResourceType, resourceName } from './resource-types.ts';

/** Does what the verb says and answers with the object; refuses with 404, 409 or 422. */
export async function write(
  call: Call,
  type: ResourceType,
  verb: string,
  namespace: string | undefined,
  name: string | undefined,
): Promise<Answer> {
  const { store } = call.cluster;
  if (verb === 'delete') {
    const object = getOne(call, type, namespace, name ?? '').value();
    store.remove(object);
    return { status: 200, body: inVersion(object, type) };
  }
  const before = verb === 'create' ? undefined : getOne(call, type, namespace, name ?? '').value();
  const body = await readBody(call.request);
  const given = verb === 'patch' ? asObject(merge(before, body)) : asObject(body);
  const metadata = asObject(given.metadata);
  const generated = `${asText(metadata.generateName)}${store.version().toString(36)}`;
  const own = name ?? (asText(metadata.name) || generated);
  const place = { ...metadata, name: own, ...(namespace === undefined ? {} : { namespace }) };
  if (verb === 'create' && store.find(type, namespace, own) !== undefined) {
    throw new Refusal(409, `${resourceName(type)} "${own}" already exists`, { name: own, kind: type.plural });
  }
  const kept = asText(metadata.resourceVersion);
  if (before !== undefined && kept !== '' && kept !== before.metadata.resourceVersion) {
    throw new Refusal(409, `the object "${own}" has been modified`, { name: own, kind: type.plural });
  }
  const stored = store.apply({
    ...given,
    apiVersion: groupVersionOf(type),
    kind: type.kind,
    metadata: place,
  });
  if (typeof stored === 'string') throw new Refusal(422, stored);
  return { status: verb === 'create' ? 201 : 200, body: inVersion(stored, type) };
}

/** A merge patch (RFC 7386); strategic merges of lists are not known here. */
function merge(before: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const merged: Record<string, unknown> = { ...asObject(before) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = merge(merged[key], value);
  }
  return merged;
}

/** The JSON of a request's body. */
export async function readBody(request: IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  try {
    return asObject(JSON.parse(Buffer.concat(chunks).toString() || '{}'));
  } catch {
    throw new Refusal(400, 'the body of the request was in an unknown format');
  }
}

// Which path means what: discovery, and resources under `/api/v1` and `/apis/GROUP/VERSION`.
import { type Attributes, forbidden, isAllowed, mayDiscover, userOf } from './access.ts';
import type { Answer, Call } from './cluster.ts';
import { aggregated, coreVersions, groupList, oneGroup, resourceList } from './discovery.ts';
import { getOne, list } from './lists.ts';
import { type Form, inForm, negotiate } from './negotiation.ts';
import { asObject, asText, type Json, Refusal } from './objects.ts';
import type { User } from './options.ts';
import { type ResourceType, resourceName } from './resource-types.ts';
import { selectedName } from './selectors.ts';
import { watch } from './watches.ts';
import { readBody, write } from './writes.ts';

/** Paths that no object can have are answered in plain text. */
const unknownPath: Answer = { status: 404, body: '404 page not found\n' };
const mutations: Readonly<Record<string, string>> = {
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};
const resourcePath =
  /^\/(?:api\/(v1)|apis\/([^/]+)\/([^/]+))(?:\/namespaces\/([^/]+)(?=\/))?\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/;

/** Answers a request, or starts a stream and returns nothing. Throws `Refusal` for what is answered with a Status. */
export async function route(call: Call): Promise<Answer | undefined> {
  const { cluster, request, path, record } = call;
  const user = userOf(request, record.door, cluster.users, cluster.options.anonymous === true);
  if (user === undefined) throw new Refusal(401, 'Unauthorized');
  record.user = user.name;
  const form = negotiate(request.headers.accept);
  const [, core, group = '', version = core ?? '', namespace, plural = '', name, subresource] =
    resourcePath.exec(path) ?? [];
  if (plural === '') {
    if (mayDiscover(user, path)) return discover(call, form);
    throw new Refusal(403, `forbidden: User "${user.name}" cannot get path "${path}"`);
  }
  return routeResource(call, form, user, { group, version, namespace, plural, name, subresource });
}

/** What everybody may ask: which cluster this is, and what it serves. */
function discover({ cluster, path }: Call, form: Form): Answer {
  const { discovery, stale = [], version: release = '1.33.1' } = cluster.options;
  const served = { types: cluster.store.types(), stale };
  const found = (body: Json | undefined): Answer =>
    body === undefined ? unknownPath : { status: 200, body };
  if (path === '/api' || path === '/apis') {
    const core = path === '/api';
    if (form.as !== 'discovery' || discovery === 'legacy')
      return found(core ? coreVersions() : groupList(served));
    const contentType = `application/json;g=apidiscovery.k8s.io;v=${form.version};as=APIGroupDiscoveryList`;
    const body = aggregated(served, core, form.version);
    return { status: 200, body, headers: { 'content-type': contentType } };
  }
  if (/^\/version\/?$/.test(path)) {
    const [major = '', minor = ''] = release.split('.');
    return found({ major, minor, gitVersion: `v${release}`, platform: 'linux/amd64' });
  }
  if (/^\/(?:healthz|livez|readyz)$/.test(path)) return { status: 200, body: 'ok' };
  if (path === '/api/v1') return found(resourceList(served, '', 'v1'));
  const [, group = '', version] = /^\/apis\/([^/]+)(?:\/([^/]+))?$/.exec(path) ?? [];
  if (version === undefined) return found(oneGroup(served, group));
  if (stale.includes(`${group}/${version}`)) throw new Refusal(503, 'the service cannot be reached');
  return found(resourceList(served, group, version));
}

interface ResourcePath {
  readonly group: string;
  readonly version: string;
  readonly namespace: string | undefined;
  readonly plural: string;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

async function routeResource(
  call: Call,
  form: Form,
  user: User,
  asked: ResourcePath,
): Promise<Answer | undefined> {
  const { cluster, request, query, record } = call;
  const { group, plural, namespace, subresource } = asked;
  const isWatch = /^(?:1|true)$/.test(query.get('watch') ?? '') && request.method === 'GET';
  const name = asked.name ?? selectedName(query.get('fieldSelector') ?? '');
  const verb =
    mutations[request.method ?? ''] ?? (isWatch ? 'watch' : asked.name === undefined ? 'list' : 'get');
  record.verb = verb;
  record.resource = resourceName({ group, plural });
  if (namespace !== undefined) record.namespace = namespace;
  if (plural === 'selfsubjectaccessreviews') return review(call, user);

  const attributes: Attributes = {
    verb,
    group,
    resource: subresource === undefined ? plural : `${plural}/${subresource}`,
    // A namespace is in itself, as far as authorization goes.
    ...(plural === 'namespaces' && name !== undefined ? { namespace: name } : {}),
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
  };
  // Before 404: who may not look is not told what is there.
  if (!isAllowed(cluster.rbac, user, attributes)) {
    throw new Refusal(403, forbidden(user, attributes), { name: name ?? '', group, kind: plural });
  }
  const type = cluster.store.types().find((one) => isAt(one, asked));
  const isServed = namespace === undefined || type?.namespaced === true;
  // Of what stands below objects (logs, scales, …) there is nothing here.
  if (type === undefined || !isServed || subresource !== undefined) return unknownPath;
  const headers = type.deprecation === undefined ? {} : { warning: `299 - "${type.deprecation}"` };
  if (request.method !== 'GET') return write(call, type, verb, namespace, asked.name);
  if (isWatch) {
    const place = {
      ...(namespace === undefined ? {} : { namespace }),
      ...(asked.name === undefined ? {} : { name: asked.name }),
    };
    watch(call, type, place, form, headers);
    return undefined;
  }
  if (asked.name === undefined) return { ...list(call, type, namespace, form), headers };
  const object = getOne(call, type, namespace, decodeURIComponent(asked.name)).value();
  return { status: 200, body: inForm(object, type, form, query.get('includeObject')), headers };
}

function isAt(type: ResourceType, { group, version, plural }: ResourcePath): boolean {
  return type.plural === plural && type.group === group && type.version === version;
}

/** Whether the user may do something; everybody may ask that of themselves. */
async function review(call: Call, user: User): Promise<Answer> {
  const given = asObject(await readBody(call.request));
  const { verb, group, resource, namespace, name } = asObject(asObject(given.spec).resourceAttributes);
  const allowed = isAllowed(call.cluster.rbac, user, {
    verb: asText(verb),
    group: asText(group),
    resource: asText(resource),
    ...(namespace === undefined ? {} : { namespace: asText(namespace) }),
    ...(name === undefined ? {} : { name: asText(name) }),
  });
  const shape = { kind: 'SelfSubjectAccessReview', apiVersion: 'authorization.k8s.io/v1' };
  return { status: 201, body: { ...given, ...shape, status: { allowed } } };
}

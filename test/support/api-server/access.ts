// Who asks, and what they may do: RBAC over the objects of RBAC.
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { asList, asObject, asText, asTexts, type Json } from './objects.ts';
import type { Door, User } from './options.ts';

const anonymousUser: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] };
/** What even they may read (the role `system:public-info-viewer`). */
const publicPaths = /^\/(?:version|healthz|livez|readyz)\/?$/;

/** What authorization knows of a request. */
export interface Attributes {
  readonly verb: string;
  readonly group: string;
  /** With the subresource: `pods/log`. */
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** Whom a request comes from; nothing if it brings no credentials, or ones that are not known. */
export function userOf(
  request: IncomingMessage,
  door: Door,
  users: readonly User[],
  anonymous: boolean,
): User | undefined {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const token = /^Bearer (.+)$/i.exec(authorization)?.[1];
    return users.find((user) => user.token !== undefined && user.token === token);
  }
  const certificate = request.socket instanceof TLSSocket ? request.socket.getPeerCertificate() : undefined;
  if (certificate?.subject !== undefined) {
    if (!(request.socket instanceof TLSSocket && request.socket.authorized)) return undefined;
    const { CN, O: groups = [] } = certificate.subject;
    return { name: [CN].flat().join(''), groups: [groups].flat() };
  }
  // Without TLS nobody shows credentials; what serves that way (`kubectl proxy`) has its own.
  if (door === 'plain') return users[0];
  return anonymous ? anonymousUser : undefined;
}

/** Whether the user may read a path that is no resource's: all of discovery, but for the anonymous. */
export function mayDiscover(user: User, path: string): boolean {
  return user !== anonymousUser || publicPaths.test(path);
}

/** Whether the objects of RBAC let the user do it. Without any bindings among them, every role is everybody's. */
export function isAllowed(rbac: readonly unknown[] | undefined, user: User, asked: Attributes): boolean {
  if (rbac === undefined) return user !== anonymousUser;
  const objects = rbac.map(asObject);
  const roles = objects.filter(({ kind }) => kind === 'ClusterRole' || kind === 'Role');
  const bindings = objects.filter(({ kind }) => kind === 'ClusterRoleBinding' || kind === 'RoleBinding');
  if (bindings.length === 0 && user !== anonymousUser) {
    return roles.some((role) => reaches(role, asked) && allows(role, asked));
  }
  return bindings.some(
    (binding) =>
      reaches(binding, asked) &&
      asList(binding.subjects).some((subject) => names(asObject(subject), user)) &&
      roles.some((role) => refersTo(binding, role) && allows(role, asked)),
  );
}

/** Whether a role or binding counts where the request goes: everywhere, or in its own namespace. */
function reaches(object: Json, { namespace }: Attributes): boolean {
  if (object.kind === 'ClusterRole' || object.kind === 'ClusterRoleBinding') return true;
  return namespace !== undefined && asObject(object.metadata).namespace === namespace;
}

function refersTo(binding: Json, role: Json): boolean {
  const { kind, name } = asObject(binding.roleRef);
  const { name: own, namespace } = asObject(role.metadata);
  if (kind !== role.kind || name !== own) return false;
  return kind === 'ClusterRole' || namespace === asObject(binding.metadata).namespace;
}

function names({ kind, name, namespace }: Json, user: User): boolean {
  if (kind === 'Group') {
    if (name === 'system:authenticated') return user !== anonymousUser;
    return user.groups?.includes(asText(name)) === true;
  }
  if (kind === 'ServiceAccount') {
    return user.name === `system:serviceaccount:${asText(namespace)}:${asText(name)}`;
  }
  return user.name === name;
}

function allows(role: Json, { verb, group, resource, name }: Attributes): boolean {
  const holds = (list: unknown, value: string): boolean =>
    asTexts(list).some((item) => item === '*' || item === value);
  return asList(role.rules)
    .map(asObject)
    .some(
      ({ verbs, apiGroups, resources, resourceNames }) =>
        holds(verbs, verb) &&
        holds(apiGroups, group) &&
        holds(resources, resource) &&
        (asList(resourceNames).length === 0 || (name !== undefined && asTexts(resourceNames).includes(name))),
    );
}

/** What a refusal says; the words are those of Kubernetes, since readers take them apart. */
export function forbidden(user: User, { verb, group, resource, namespace, name }: Attributes): string {
  const what = group === '' ? resource : `${resource}.${group}`;
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const which = name === undefined ? '' : ` "${name}"`;
  return `${what}${which} is forbidden: User "${user.name}" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`;
}

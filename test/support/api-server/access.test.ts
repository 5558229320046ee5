// What the objects of RBAC allow in the API server for tests
// (https://kubernetes.io/docs/reference/access-authn-authz/rbac/).
import { expect, test } from 'vitest';
import { isAllowed } from './access.ts';
import { readObjects } from './start.ts';

const roles = `
kind: ClusterRole
metadata: {name: reader}
rules:
- {apiGroups: [""], resources: [pods, pods/log], verbs: [get, list]}
- {apiGroups: [networking.istio.io], resources: ["*"], verbs: ["*"]}
---
kind: Role
metadata: {name: reader, namespace: shop}
rules: [{apiGroups: [""], resources: [secrets], resourceNames: [cert], verbs: [get]}]
`;
const bindings = {
  none: '',
  everywhere: `
kind: ClusterRoleBinding
metadata: {name: all}
subjects: [{kind: User, name: ann}]
roleRef: {kind: ClusterRole, name: reader}
`,
  'in shop': `
kind: RoleBinding
metadata: {name: all, namespace: shop}
subjects: [{kind: Group, name: shopkeepers}, {kind: ServiceAccount, name: bot, namespace: ops}]
roleRef: {kind: ClusterRole, name: reader}
`,
  'to a Role': `
kind: RoleBinding
metadata: {name: all, namespace: shop}
subjects: [{kind: Group, name: "system:authenticated"}]
roleRef: {kind: Role, name: reader}
`,
  'to a Role of another namespace': `
kind: RoleBinding
metadata: {name: all, namespace: stock}
subjects: [{kind: User, name: ann}]
roleRef: {kind: Role, name: reader}
`,
};

const ann = { name: 'ann' };
const keeper = { name: 'kim', groups: ['shopkeepers'] };
const bot = { name: 'system:serviceaccount:ops:bot' };
const listPods = { verb: 'list', group: '', resource: 'pods' };
const listPodsOfShop = { ...listPods, namespace: 'shop' };
const getCert = { verb: 'get', group: '', resource: 'secrets', namespace: 'shop', name: 'cert' };

test.for([
  ['none', ann, listPods, true],
  ['none', ann, { ...listPods, verb: 'watch' }, false],
  ['none', ann, { ...listPods, group: 'apps' }, false],
  ['none', ann, { ...listPods, resource: 'pods/exec' }, false],
  ['none', ann, { verb: 'watch', group: 'networking.istio.io', resource: 'gateways' }, true],
  ['none', ann, getCert, true],
  ['none', ann, { ...getCert, name: 'other' }, false],
  ['none', ann, { ...getCert, namespace: 'stock' }, false],
  ['everywhere', ann, listPods, true],
  ['everywhere', keeper, listPods, false],
  ['everywhere', ann, getCert, false],
  ['in shop', keeper, listPodsOfShop, true],
  ['in shop', bot, listPodsOfShop, true],
  ['in shop', keeper, listPods, false],
  ['in shop', keeper, { ...listPods, namespace: 'stock' }, false],
  ['in shop', ann, listPodsOfShop, false],
  ['to a Role', bot, getCert, true],
  ['to a Role', bot, listPodsOfShop, false],
  ['to a Role of another namespace', ann, { ...getCert, namespace: 'stock' }, false],
] as const)('bound %s: %o, %o', ([bound, user, asked, allowed]) => {
  const rbac = readObjects(`${roles}---${bindings[bound]}`);
  expect(isAllowed(rbac, user, asked)).toBe(allowed);
});

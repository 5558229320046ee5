// What the API server promises to those who test against it: the conventions of the Kubernetes API
// (https://kubernetes.io/docs/reference/using-api/api-concepts/).

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Asking, ask } from './ask.ts';
import { type ApiServer, readObjects, startApiServer } from './start.ts';

const definition = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: carts.shop.example}
spec:
  group: shop.example
  scope: Namespaced
  names: {plural: carts, kind: Cart, shortNames: [ct]}
  versions:
  - name: v1
    served: true
    storage: true
    additionalPrinterColumns: [{name: Wheels, type: integer, jsonPath: .spec.wheels}]
  - {name: v1beta1, served: true, storage: false, deprecated: true}
  - {name: v1alpha1, served: false, storage: false}
---
apiVersion: shop.example/v1
kind: Cart
metadata: {name: small, namespace: shop}
spec: {wheels: 4}
`;
const objects = [
  ...readObjects(definition),
  ...readObjects(`
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Pod, metadata: {name: a, namespace: shop, labels: {app: web, tier: front}}, status: {phase: Running}}
- {apiVersion: v1, kind: Pod, metadata: {name: b, namespace: shop, labels: {app: cart}}, status: {phase: Pending}}
- {apiVersion: v1, kind: Pod, metadata: {name: c, namespace: shop-2, labels: {app: cart}}, status: {phase: Running}}
- {apiVersion: v1, kind: Pod, metadata: {name: d, namespace: stock}}
- {apiVersion: v1, kind: Secret, metadata: {name: cert, namespace: shop}, type: kubernetes.io/tls, stringData: {tls.crt: x}}
- {apiVersion: v1, kind: Secret, metadata: {name: release, namespace: shop}, type: helm.sh/release.v1}
- {apiVersion: v1, kind: Pod, metadata: {name: d, namespace: stock}}
- {apiVersion: v1, kind: Pod, metadata: {name: Bad_Name}}
- {apiVersion: nowhere/v1, kind: Thing, metadata: {name: a}}
`),
];
const reader = readObjects(`
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
rules:
- {apiGroups: [""], resources: [pods], verbs: [list]}
- {apiGroups: [shop.example], resources: ["*"], verbs: [get, list]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: one-secret, namespace: shop}
rules: [{apiGroups: [""], resources: [secrets], resourceNames: [cert], verbs: [get, list]}]
`);

let server: ApiServer;
beforeAll(async () => {
  server = await startApiServer({
    objects,
    clusters: {
      legacy: { objects, discovery: 'legacy', stale: ['metrics.example/v1'] },
      stale: { stale: ['metrics.example/v1'] },
      guarded: { objects, rbac: reader },
      bare: { installed: 'none', impliedNamespaces: false, watchList: false },
      old: { installed: { 'networking.istio.io': ['v1beta1'], 'gateway.networking.k8s.io': false } },
      open: { anonymous: true },
      large: {
        series: [
          {
            count: 1000,
            namespaces: 10,
            object: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'pod-{i}', namespace: 'team-{n}' } },
          },
        ],
      },
    },
  });
});
afterAll(() => server.stop());

const tables = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
const metadataList = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';
const discoveryList = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

describe('answers', () => {
  const cases: readonly {
    readonly name: string;
    readonly path: string;
    readonly cluster?: string;
    readonly asking?: Asking;
    readonly status?: number;
    readonly has?: object;
    readonly text?: RegExp;
    readonly headers?: Readonly<Record<string, string>>;
  }[] = [
    { name: 'the version', path: '/version', has: { major: '1', minor: '33', gitVersion: 'v1.33.1' } },
    { name: 'its health in plain text', path: '/livez', text: /^ok$/ },
    {
      name: 'a typed list whose items have no kind',
      path: '/api/v1/namespaces/stock/pods',
      has: {
        kind: 'PodList',
        apiVersion: 'v1',
        items: [{ metadata: { name: 'd', managedFields: [{ manager: 'kubectl' }] } }],
      },
      text: /^(?!.*"kind":"Pod")/s,
    },
    {
      name: 'a list of custom resources whose items keep theirs',
      path: '/apis/shop.example/v1/carts',
      has: {
        kind: 'CartList',
        items: [{ kind: 'Cart', apiVersion: 'shop.example/v1', spec: { wheels: 4 } }],
      },
    },
    {
      name: 'an older version of a custom resource, with a warning',
      path: '/apis/shop.example/v1beta1/namespaces/shop/carts/small',
      has: { kind: 'Cart', apiVersion: 'shop.example/v1beta1', metadata: { name: 'small' } },
      headers: { warning: '299 - "shop.example/v1beta1 Cart is deprecated"' },
    },
    { name: 'no version that is not served', path: '/apis/shop.example/v1alpha1/carts', status: 404 },
    {
      name: 'a table with the columns of the definition',
      path: '/apis/shop.example/v1/carts',
      asking: { accept: tables },
      has: {
        kind: 'Table',
        columnDefinitions: [{ name: 'Name' }, { name: 'Wheels' }, { name: 'Age' }],
        rows: [{ cells: ['small', '4', '1d'], object: { kind: 'PartialObjectMetadata' } }],
      },
    },
    {
      name: 'metadata alone',
      path: '/api/v1/namespaces/shop/secrets',
      asking: { accept: metadataList },
      has: { kind: 'PartialObjectMetadataList', items: [{ metadata: { name: 'cert' } }, {}] },
      text: /^(?!.*tls\.crt)/s,
    },
    {
      name: 'nothing but JSON',
      path: '/api/v1/pods',
      asking: { accept: 'application/vnd.kubernetes.protobuf' },
      status: 406,
      has: { reason: 'NotAcceptable' },
    },
    {
      name: 'a Status where an object is missing',
      path: '/api/v1/namespaces/shop/pods/nope',
      status: 404,
      has: { kind: 'Status', reason: 'NotFound', message: 'pods "nope" not found', code: 404 },
    },
    {
      name: 'plain text where the path is unknown',
      path: '/apis/nowhere/v1/things',
      status: 404,
      text: /^404 page not found\n$/,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
    },
    { name: 'nothing of other clusters', cluster: 'nowhere', path: '/version', status: 404 },
    {
      name: 'what labels select',
      path: '/api/v1/pods?labelSelector=app%20in%20(web,other),tier,!old,app!=cart',
      has: { items: [{ metadata: { name: 'a' } }] },
    },
    {
      name: 'what fields select',
      path: '/api/v1/secrets?fieldSelector=type!=helm.sh/release.v1,metadata.namespace=shop',
      has: { items: [{ metadata: { name: 'cert' } }] },
    },
    {
      name: '400 for fields that a resource has no selectors for',
      path: '/api/v1/pods?fieldSelector=spec.containers=x',
      status: 400,
      has: { message: expect.stringContaining('field label not supported: spec.containers') },
    },
    {
      name: '400 for fields of custom resources',
      path: '/apis/shop.example/v1/carts?fieldSelector=spec.wheels=4',
      status: 400,
    },
    {
      name: 'a namespace that its objects imply',
      path: '/api/v1/namespaces/shop',
      has: { metadata: { labels: { 'kubernetes.io/metadata.name': 'shop' } }, status: { phase: 'Active' } },
    },
    {
      name: 'the texts of a Secret encoded',
      path: '/api/v1/namespaces/shop/secrets/cert',
      has: { type: 'kubernetes.io/tls', data: { 'tls.crt': 'eA==' } },
      text: /^(?!.*stringData)/s,
    },
    {
      name: '401 without credentials',
      path: '/version',
      asking: { token: '' },
      status: 401,
      has: { reason: 'Unauthorized' },
    },
    { name: '401 for a token of nobody', path: '/version', asking: { token: 'nobody' }, status: 401 },
    { name: 'the anonymous, where they may come', cluster: 'open', path: '/version', asking: { token: '' } },
    { name: 'no discovery to them', cluster: 'open', path: '/apis', asking: { token: '' }, status: 403 },
    {
      name: '403 to the anonymous',
      cluster: 'open',
      path: '/api/v1/pods',
      asking: { token: '' },
      status: 403,
    },
    { name: 'what RBAC allows', cluster: 'guarded', path: '/api/v1/pods' },
    {
      name: '403 for what RBAC does not allow',
      cluster: 'guarded',
      path: '/api/v1/namespaces/shop/pods/a',
      status: 403,
      has: {
        reason: 'Forbidden',
        message:
          'pods "a" is forbidden: User "tester" cannot get resource "pods" in API group "" in the namespace "shop"',
      },
    },
    { name: '403 before 404', cluster: 'guarded', path: '/apis/nowhere/v1/things', status: 403 },
    {
      name: 'all resources of a group that `*` allows',
      cluster: 'guarded',
      path: '/apis/shop.example/v1/carts',
    },
    {
      name: 'an object that RBAC names',
      cluster: 'guarded',
      path: '/api/v1/namespaces/shop/secrets/cert',
    },
    {
      name: '403 for one that it does not name',
      cluster: 'guarded',
      path: '/api/v1/namespaces/shop/secrets/release',
      status: 403,
    },
    {
      name: 'a list of the one object that RBAC names',
      cluster: 'guarded',
      path: '/api/v1/namespaces/shop/secrets?fieldSelector=metadata.name%3Dcert',
      has: { items: [{ metadata: { name: 'cert' } }] },
    },
    {
      name: '403 for the whole list',
      cluster: 'guarded',
      path: '/api/v1/namespaces/shop/secrets',
      status: 403,
    },
    {
      name: 'what one may do',
      cluster: 'guarded',
      path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      asking: { body: { spec: { resourceAttributes: { verb: 'list', group: '', resource: 'pods' } } } },
      status: 201,
      has: { status: { allowed: true } },
    },
    {
      name: 'all of discovery at once',
      path: '/apis',
      asking: { accept: discoveryList },
      has: { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2' },
      text: /"resource":"carts","responseKind":\{"group":"shop\.example","version":"v1","kind":"Cart"\},"scope":"Namespaced"/,
    },
    {
      name: 'a group whose server is away as stale',
      cluster: 'stale',
      path: '/apis',
      asking: { accept: discoveryList },
      text: /\{"version":"v1","freshness":"Stale","resources":\[\]\}/,
    },
    {
      name: 'discovery group by group to those who ask no better',
      cluster: 'legacy',
      path: '/apis',
      asking: { accept: discoveryList },
      has: { kind: 'APIGroupList' },
      text: /"preferredVersion":\{"groupVersion":"shop\.example\/v1"/,
    },
    {
      name: 'the resources of a version',
      cluster: 'legacy',
      path: '/apis/shop.example/v1',
      has: {
        groupVersion: 'shop.example/v1',
        resources: [{ name: 'carts', kind: 'Cart', namespaced: true }],
      },
    },
    {
      name: '503 for a group whose server is away',
      cluster: 'legacy',
      path: '/apis/metrics.example/v1',
      status: 503,
    },
    { name: '404 for a group that is not there', path: '/apis/nowhere', status: 404 },
    {
      name: 'nothing of Istio where it is not installed',
      cluster: 'bare',
      path: '/apis/networking.istio.io/v1',
      status: 404,
    },
    {
      name: 'the versions that are installed',
      cluster: 'old',
      path: '/apis/networking.istio.io/v1beta1/gateways',
    },
    { name: 'no others', cluster: 'old', path: '/apis/networking.istio.io/v1/gateways', status: 404 },
    {
      name: 'no group that is not installed',
      cluster: 'old',
      path: '/apis/gateway.networking.k8s.io',
      status: 404,
    },
    {
      name: 'no namespaces that nobody wrote',
      cluster: 'bare',
      path: '/api/v1/namespaces',
      has: { items: [] },
    },
    {
      name: '422 to those who want to watch from the beginning where that is off',
      cluster: 'bare',
      path: '/api/v1/pods?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan',
      status: 422,
    },
    {
      name: '504 for a version that is yet to come',
      path: '/api/v1/pods?resourceVersion=99999999',
      status: 504,
      has: { details: { causes: [{ reason: 'ResourceVersionTooLarge' }] } },
    },
    { name: '400 for a token that is none', path: '/api/v1/pods?limit=1&continue=x', status: 400 },
    {
      name: 'large answers compressed',
      cluster: 'large',
      path: '/api/v1/pods',
      asking: { gzip: true },
      has: { items: { length: 1000 } },
      headers: { 'content-encoding': 'gzip' },
    },
  ];
  test.for(cases)('$name', async ({ path, cluster, asking, status = 200, has, text, headers }) => {
    const answer = await ask(server, path, { ...asking, ...(cluster === undefined ? {} : { cluster }) });
    expect(answer.status).toBe(status);
    if (has !== undefined) expect(JSON.parse(answer.text)).toMatchObject(has);
    if (text !== undefined) expect(answer.text).toMatch(text);
    expect(answer.headers).toMatchObject(headers ?? {});
  });

  test('small answers uncompressed', async () => {
    const answer = await ask(server, '/api/v1/pods?limit=1', { cluster: 'large', gzip: true });
    expect(answer.headers['content-encoding']).toBeUndefined();
  });
});

test('objects that a cluster would not take, or would take once only, are told', async () => {
  expect(await server.facts()).toMatchObject({
    refused: [
      { object: 'Pod/Bad_Name', why: 'bad name: Bad_Name' },
      { object: 'Thing/a', why: 'no matches for kind "Thing" in version "nowhere/v1"' },
    ],
    replaced: ['Pod/stock/d'],
    counts: { pods: 4, secrets: 2, 'carts.shop.example': 1 },
  });
});

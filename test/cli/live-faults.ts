// What can go wrong with a cluster, and what the user sees of it: the table of docs/clusters.md, each line of it a test.
import { rolesFor } from '../../src/load/cluster/permissions.ts';
import type { KubeconfigOptions } from '../support/api-server/kubeconfig.ts';
import type { ClusterOptions, Fault, Series } from '../support/api-server/options.ts';
import type { Manifest } from '../support/healthy-mesh.ts';

export interface FaultCase {
  /** What is wrong. */
  readonly what: string;
  /** What the command says; `…` stands for what differs from run to run. */
  readonly says: string;
  readonly code: 0 | 2 | 3;
  /** What is served; `objects` stand beside those of a healthy mesh. */
  readonly cluster?: ClusterOptions;
  /** Other objects than those of a healthy mesh, made of them. */
  readonly of?: (healthy: readonly Manifest[]) => readonly unknown[];
  readonly kubeconfig?: KubeconfigOptions | { readonly text: string };
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** It is a finding, too. */
  readonly isFinding?: true;
  /** How many objects are read where all are; 35 by default. */
  readonly objects?: number;
  /** Seconds that it may take; 5 by default. */
  readonly within?: number;
}

const broken = (match: string, fault: Omit<Fault, 'match'>): ClusterOptions => ({
  faults: [{ match, ...fault }],
});
const PODS = '/pods\\?';

/** Labels of a namespace that is not to be in the mesh. */
const OUTSIDE = { 'istio-injection': 'disabled' };
/** A report without findings about all that there is. */
const CLEAN = 'No issues found in cluster …';

/** More objects than one page holds. */
function many(kind: 'Pod' | 'ServiceAccount', count: number): Series {
  return { count, object: { apiVersion: 'v1', kind, metadata: { name: 'one-{i}', namespace: 'books' } } };
}

/** Roles that allow all that reading needs, but for one resource; all of them with none named. */
export function allBut(denied?: string): readonly unknown[] {
  return rolesFor({
    namespaces: [],
    istioNamespace: 'istio-system',
    secrets: 'referenced',
    watch: false,
  }).map(({ kind, name, namespace, rules }) => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    rules: rules.map(({ group, resources, verbs }) => ({
      apiGroups: [group],
      resources: resources.filter(
        (resource) => denied !== (group === '' ? resource : `${resource}.${group}`),
      ),
      verbs,
    })),
  }));
}

/** A role of one namespace. */
function reading(namespace: string, group: string, resource: string): unknown {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: resource, namespace },
    rules: [{ apiGroups: [group], resources: [resource], verbs: ['list'] }],
  };
}

/** It keeps out what can be written otherwise, as far as the mesh lets it. */
const adminPolicy = {
  apiVersion: 'security.istio.io/v1',
  kind: 'AuthorizationPolicy',
  metadata: { name: 'no-admin', namespace: 'books' },
  spec: { action: 'DENY', rules: [{ to: [{ operation: { paths: ['/admin*'] } }] }] },
};

/** Keys over plain HTTP, which is fine where proxies fetch them over mutual TLS. */
const plainKeys = {
  apiVersion: 'security.istio.io/v1',
  kind: 'RequestAuthentication',
  metadata: { name: 'tokens', namespace: 'readers' },
  spec: { jwtRules: [{ issuer: 'https://id.example.com', jwksUri: 'http://id.example.com/keys' }] },
};

function pod(namespace: string): unknown {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'app', namespace, labels: { app: 'app' } },
    spec: { containers: [{ name: 'app', image: 'app' }] },
  };
}

const exec = (command: string, args: readonly string[] = [], more: object = {}): KubeconfigOptions => ({
  userFields: {
    exec: {
      apiVersion: 'client.authentication.k8s.io/v1',
      command,
      args,
      interactiveMode: 'Never',
      ...more,
    },
  },
});

/** A token of OIDC that ends with the first day of a year. */
const idToken = (year: number): string =>
  ['{}', JSON.stringify({ exp: Date.UTC(year) / 1000 }), 'x']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');
const oidc = (config: object): KubeconfigOptions => ({
  userFields: { 'auth-provider': { name: 'oidc', config } },
});

/** Nothing could be read: one message. */
export const fatal: readonly FaultCase[] = [
  {
    what: 'no path, and no kubeconfig anywhere',
    says: 'error: No path was given, and there is no cluster to read: KUBECONFIG is not set, and …/.kube/config is not there.',
    code: 2,
    args: [],
  },
  {
    what: 'the kubeconfig does not exist',
    says: 'error: There is no kubeconfig at …gone.yaml.',
    code: 3,
    args: ['--kubeconfig', 'gone.yaml'],
  },
  {
    what: 'none of the files in KUBECONFIG exists',
    says: 'error: None of the kubeconfigs of KUBECONFIG exists: …',
    code: 3,
    args: [],
    environment: { KUBECONFIG: 'gone.yaml:lost.yaml' },
  },
  {
    what: 'the kubeconfig does not parse',
    says: 'error: The kubeconfig … is no valid YAML (line …).',
    code: 3,
    kubeconfig: { text: 'clusters: [\n' },
  },
  {
    what: 'the context does not exist',
    says: 'error: There is no context "prod" in …. help: Contexts there: ….',
    code: 3,
    kubeconfig: {},
    args: ['--context', 'prod'],
  },
  {
    what: 'no context is the current one',
    says: 'error: The kubeconfig … has no current-context. help: Choose one with --context NAME. Contexts there: a.',
    code: 3,
    kubeconfig: { text: 'contexts: [{ name: a, context: { cluster: c, user: u } }]\n' },
  },
  {
    what: 'the context names a cluster that is not in the kubeconfig',
    says: 'error: Context "a" in … names the cluster "gone", which does not exist.',
    code: 3,
    kubeconfig: {
      text: 'current-context: a\ncontexts: [{ name: a, context: { cluster: gone, user: u } }]\nusers: [{ name: u, user: {} }]\n',
    },
  },
  {
    what: 'nothing listens at the address of the API server',
    says: 'error: The connection to … was refused: nothing listens there.',
    code: 3,
    kubeconfig: { cluster: { server: 'https://127.0.0.1:1' } },
  },
  {
    what: 'the name of the API server cannot be resolved',
    says: 'error: The host api.cluster.invalid is unknown.',
    code: 3,
    kubeconfig: { cluster: { server: 'https://api.cluster.invalid:6443' } },
  },
  {
    what: "the server's certificate is of an unknown authority",
    says: 'error: The certificate of … was issued by an unknown authority. help: Set certificate-authority …',
    code: 3,
    kubeconfig: { authority: 'none' },
  },
  {
    what: "the server's certificate is for another name",
    says: 'error: The certificate of … is not for the name 127.0.0.1, but for …. help: … tls-server-name …',
    code: 3,
    kubeconfig: { door: 'misnamed' },
  },
  {
    what: "the server's certificate has expired",
    says: 'error: The certificate of … has expired.',
    code: 3,
    kubeconfig: { door: 'expired' },
  },
  {
    what: 'the server wants a client certificate',
    says: 'error: … wants a client certificate, and context "…" has none.',
    code: 3,
    kubeconfig: { door: 'strict' },
  },
  {
    what: 'the server does not take the client certificate',
    says: 'error: … closed the connection before its answer was complete. help: … the server may not accept the client certificate of context "…".',
    code: 3,
    kubeconfig: { door: 'strict', credentials: 'unknown certificate' },
  },
  {
    what: 'the credentials are rejected',
    says: 'error: … rejects the credentials of user "…" (context "…").',
    code: 3,
    kubeconfig: { credentials: 'wrong token' },
  },
  {
    what: 'the credentials are rejected half way',
    says: 'error: … rejects the credentials of user "…" (context "…").',
    code: 3,
    cluster: { faults: [{ match: PODS, status: 401 }] },
  },
  {
    what: 'the kubeconfig has no credentials',
    says: 'error: … rejects the credentials of user "…" (context "…"). help: The context has a user without credentials: give it some.',
    code: 3,
    kubeconfig: { credentials: 'none' },
  },
  {
    what: 'the plugin that fetches credentials is not installed',
    says: 'error: The exec plugin "no-such-plugin" is not installed: it is in no folder of PATH. help: Install it from example.com.',
    code: 3,
    kubeconfig: exec('no-such-plugin', [], { installHint: 'Install it from example.com.' }),
  },
  {
    what: 'the plugin fails',
    says: 'error: The exec plugin "sh" failed: the session is over',
    code: 3,
    kubeconfig: exec('sh', ['-c', 'echo the session is over >&2; exit 3']),
  },
  {
    what: 'the plugin prints something else than a credential',
    says: 'error: The exec plugin "echo" printed no ExecCredential.',
    code: 3,
    kubeconfig: exec('echo', ['welcome']),
  },
  {
    what: 'the plugin hangs',
    says: 'error: … could not be read within 1 s: the exec plugin "sleep", which fetches the credentials, was still running. help: … allow more time with --timeout.',
    code: 3,
    kubeconfig: exec('sleep', ['60']),
    args: ['--timeout', '1s'],
  },
  {
    what: 'the id-token of the auth-provider "oidc" has expired, and kubectl can renew it',
    says: 'error: The id-token of user "…" in … expired on 2020-01-01 at 00:00 UTC. help: Any kubectl command that asks this cluster renews an expired one, …',
    code: 3,
    kubeconfig: oidc({
      'idp-issuer-url': 'https://127.0.0.1:1',
      'client-id': 'kubectl',
      'id-token': idToken(2020),
      'refresh-token': 'token-of-tester',
    }),
  },
  {
    what: 'the id-token has expired, and nobody can renew it',
    says: 'error: The id-token of user "…" in … expired on 2020-01-01 at 00:00 UTC. help: Sign in again, … or use an exec plugin such as kubelogin, …',
    code: 3,
    kubeconfig: oidc({ 'id-token': idToken(2020) }),
  },
  {
    what: 'there is no id-token',
    says: 'error: User "…" in … has no id-token. help: Sign in again, …',
    code: 3,
    kubeconfig: oidc({}),
  },
  {
    what: 'the server rejects the id-token',
    says: 'error: … rejects the id-token of user "…" in … (context "…"). help: Sign in again, …',
    code: 3,
    kubeconfig: oidc({ 'id-token': idToken(2101) }),
  },
  {
    what: 'the kubeconfig uses another auth-provider',
    says: 'error: User "…" in … signs in with the auth-provider "gcp", which is not supported.',
    code: 3,
    kubeconfig: { userFields: { 'auth-provider': { name: 'gcp' } } },
  },
  {
    what: 'a file that the kubeconfig names is not there',
    says: 'error: …/gone.pem, the certificate-authority of cluster "…" in …, cannot be read: it does not exist …',
    code: 3,
    kubeconfig: { authority: 'none', cluster: { 'certificate-authority': 'gone.pem' } },
  },
  {
    what: 'an authority is given, and no server is to be verified',
    says: 'error: Cluster "…" in … has certificate-authority and insecure-skip-tls-verify. help: Remove insecure-skip-tls-verify: …',
    code: 3,
    kubeconfig: { cluster: { 'insecure-skip-tls-verify': true } },
  },
  {
    what: 'the proxy speaks SOCKS',
    says: 'error: Proxies of the kind socks5:// are not supported …',
    code: 3,
    kubeconfig: { cluster: { 'proxy-url': 'socks5://127.0.0.1:1080' } },
  },
  {
    what: 'the proxy is not there',
    says: 'error: The proxy 127.0.0.1:1 cannot be reached (ECONNREFUSED).',
    code: 3,
    kubeconfig: { cluster: { 'proxy-url': 'http://127.0.0.1:1' } },
  },
  {
    what: 'the proxy wants credentials',
    says: 'error: The proxy … wants a user name and password (407).',
    code: 3,
    kubeconfig: { proxy: 'guarded' },
  },
  {
    what: 'a login page answers in place of the API server',
    says: 'error: … does not answer like a Kubernetes API server (200, text/html): …',
    code: 3,
    cluster: broken('.', { garbage: true }),
  },
  {
    what: 'the API server never answers',
    says: 'error: … could not be read within 1 s. help: Try again, or allow more time with --timeout.',
    code: 3,
    cluster: broken('.', { hang: true }),
    args: ['--timeout', '1s'],
  },
  {
    what: 'the API server is out of order',
    says: 'error: … answers /version with 503: …',
    code: 3,
    cluster: broken('.', { status: 503 }),
    args: ['--timeout', '1s'],
  },
];

/** Something could not be read: it is unknown, the rest is judged. */
export const degraded: readonly FaultCase[] = [
  {
    what: 'one kind may not be listed',
    says: 'Pods could not be read: forbidden; … a role would need {apiGroups: [""], resources: [pods], verbs: [list]}',
    code: 3,
    cluster: { rbac: allBut('pods') },
  },
  {
    what: 'Gateways may not be listed',
    says: 'Gateways could not be read: forbidden; … a role would need {apiGroups: ["networking.istio.io"], resources: [gateways], verbs: [list]}',
    code: 3,
    cluster: { rbac: allBut('gateways.networking.istio.io') },
  },
  {
    what: 'Services may not be listed',
    says: 'Services could not be read: forbidden; … a role would need {apiGroups: [""], resources: [services], verbs: [list]}',
    code: 3,
    cluster: { rbac: allBut('services') },
  },
  {
    what: 'Namespaces may not be listed',
    says: 'Namespaces could not be read: forbidden; … a role would need {apiGroups: [""], resources: [namespaces], verbs: [list]}',
    code: 3,
    cluster: { rbac: allBut('namespaces') },
  },
  {
    what: 'definitions may not be listed',
    says: 'CustomResourceDefinitions could not be read: forbidden; … a role would need {apiGroups: ["apiextensions.k8s.io"], resources: [customresourcedefinitions], verbs: [list]}',
    code: 3,
    cluster: { rbac: allBut('customresourcedefinitions.apiextensions.k8s.io') },
  },
  {
    what: 'the certificates of gateways may not be fetched',
    says: 'Secrets of namespace edge could not be read: forbidden; … a role would need {apiGroups: [""], resources: [secrets], resourceNames: [edge-certificate], verbs: [get]}',
    code: 3,
    cluster: { rbac: allBut('secrets') },
  },
  {
    what: 'the mesh configuration may not be read',
    says: `ConfigMaps of namespace istio-system could not be read: forbidden; … a role would need {apiGroups: [""], resources: [configmaps], verbs: [list]} … rules assume Istio's defaults for … since the mesh configuration could not be read`,
    code: 3,
    cluster: { rbac: allBut('configmaps') },
  },
  {
    what: 'the mesh configuration may not be read, and a finding rests on what it sets',
    says: "warning[IST1131] … assumes: Istio's default for pathNormalization, since the mesh configuration could not be read …",
    code: 3,
    cluster: { rbac: allBut('configmaps'), objects: [adminPolicy] },
    args: ['--enable', 'IST1131'],
    isFinding: true,
  },
  {
    what: 'the configuration of the injector may not be read, and a finding rests on it',
    says: "note[IST0102] … assumes: Istio's default for enableNamespacesByDefault, since the configuration of the sidecar injector could not be read",
    code: 3,
    cluster: {
      rbac: allBut('configmaps'),
      objects: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'lone' } }, pod('lone')],
    },
    isFinding: true,
  },
  {
    what: "istiod's Deployment may not be read, and a finding rests on its environment",
    says: "warning[IST1152] … assumes: Istio's default for PILOT_JWT_ENABLE_REMOTE_JWKS, since istiod's Deployment could not be read … rules assume a recent release of Istio, since istiod's Deployment could not be read",
    code: 3,
    cluster: {
      rbac: [...allBut('deployments.apps'), reading('readers', 'apps', 'deployments')],
      objects: [plainKeys],
    },
    args: ['-n', 'readers'],
    isFinding: true,
  },
  {
    what: 'the mesh configuration does not parse',
    says: "error[IST1907] … the mesh configuration in it is none, and Istio's defaults are assumed. …",
    code: 3,
    isFinding: true,
    of: (healthy) =>
      healthy.map((object) => (object.kind === 'ConfigMap' ? { ...object, data: { mesh: 'a: [' } } : object)),
  },
  {
    what: 'nothing may be listed but in one namespace',
    says: '… kinds outside of namespace readers could not be read: forbidden; "meshlint rbac" prints the roles that reading needs',
    code: 3,
    cluster: {
      rbac: [
        {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'Role',
          metadata: { name: 'one', namespace: 'readers' },
          rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list'] }],
        },
      ],
    },
    args: ['-n', 'readers'],
  },
  {
    what: 'one kind answers 500 for ever',
    says: 'Pods could not be read: the API server failed; …',
    code: 3,
    cluster: broken(PODS, { status: 500 }),
    within: 10,
  },
  {
    what: 'one kind answers 429 for ever',
    says: 'Pods could not be read: the API server asked to wait for too long; …',
    code: 3,
    cluster: broken(PODS, { status: 429, retryAfter: 1 }),
    args: ['--timeout', '3s'],
  },
  {
    what: 'one kind breaks off for ever',
    says: 'Pods could not be read: …',
    code: 3,
    cluster: broken(PODS, { truncate: 10 }),
    args: ['--timeout', '3s'],
  },
  {
    what: 'one kind is cut off for ever',
    says: 'Pods could not be read: the connection broke; …',
    code: 3,
    cluster: broken(PODS, { drop: true }),
    args: ['--timeout', '3s'],
  },
  {
    what: 'one kind is answered by a login page',
    says: 'Pods could not be read: the answer was no list of them; …',
    code: 3,
    cluster: broken(PODS, { garbage: true }),
  },
  {
    what: 'one kind never answers',
    says: 'Pods could not be read: it took too long; …',
    code: 3,
    cluster: broken(PODS, { hang: true }),
    args: ['--timeout', '2s', '--request-timeout', '300ms'],
  },
  {
    what: 'the time is up before a list is whole',
    says: 'Pods could not be read: it took too long; …',
    code: 3,
    cluster: {
      faults: [{ match: `${PODS}.*continue=`, hang: true }],
      series: [
        {
          count: 1200,
          object: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p-{i}', namespace: 'many' } },
        },
      ],
    },
    args: ['--timeout', '2s'],
  },
  {
    what: 'a list expires half way, again and again',
    says: 'Pods could not be read: the list changed faster than it could be read; …',
    code: 3,
    cluster: {
      faults: [{ match: `${PODS}.*continue=`, status: 410 }],
      series: [
        {
          count: 1200,
          object: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p-{i}', namespace: 'many' } },
        },
      ],
    },
    args: ['--timeout', '5s'],
  },
  {
    what: 'a kind is served only in versions that meshlint does not know',
    says: 'VirtualServices could not be read: …',
    code: 3,
    cluster: {
      installed: { 'networking.istio.io': false },
      objects: [
        {
          apiVersion: 'apiextensions.k8s.io/v1',
          kind: 'CustomResourceDefinition',
          metadata: { name: 'virtualservices.networking.istio.io' },
          spec: {
            group: 'networking.istio.io',
            scope: 'Namespaced',
            names: { kind: 'VirtualService', plural: 'virtualservices' },
            versions: [
              { name: 'v2', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } },
            ],
          },
        },
      ],
    },
  },
];

/** What passes, or is no fault at all: the report is whole. */
export const recovered: readonly FaultCase[] = [
  {
    what: 'one answer is 500 or 503',
    says: CLEAN,
    code: 0,
    cluster: broken(PODS, { status: 503, times: 1 }),
  },
  { what: 'one connection breaks', says: CLEAN, code: 0, cluster: broken(PODS, { drop: true, times: 1 }) },
  { what: 'one answer breaks off', says: CLEAN, code: 0, cluster: broken(PODS, { truncate: 10, times: 1 }) },
  {
    what: 'the server asks to come back in a second',
    says: CLEAN,
    code: 0,
    cluster: broken(PODS, { status: 429, retryAfter: 1, times: 1 }),
  },
  {
    what: 'a list expires half way, once',
    says: CLEAN,
    code: 0,
    objects: 635,
    cluster: {
      faults: [{ match: '/serviceaccounts\\?.*continue=', status: 410, times: 1 }],
      series: [many('ServiceAccount', 600)],
    },
  },
  {
    what: 'nobody can tell what one version of a group of the API holds, and another version is served',
    says: CLEAN,
    code: 0,
    cluster: {
      discovery: 'legacy',
      faults: [{ match: '^/apis/networking.istio.io/v1(\\?|$)', status: 503 }],
    },
  },
  {
    what: 'the server does not compress its answers',
    says: CLEAN,
    code: 0,
    cluster: { gzip: false },
  },
  {
    what: 'the server warns of something, with -v',
    says: 'warning of the API server: it is going away',
    code: 0,
    cluster: broken(PODS, { warning: 'it is going away' }),
    args: ['-v'],
  },
  {
    what: 'there is no mesh configuration',
    says: CLEAN,
    code: 0,
    of: (healthy) => healthy.filter(({ kind }) => kind !== 'ConfigMap'),
    objects: 34,
  },
  {
    what: 'the server is too old to tell all kinds at once',
    says: CLEAN,
    code: 0,
    cluster: { discovery: 'legacy' },
  },
  {
    what: 'the cluster serves older versions only',
    says: CLEAN,
    code: 0,
    cluster: { installed: { 'networking.istio.io': ['v1beta1'], 'security.istio.io': ['v1beta1'] } },
    of: (healthy) =>
      healthy.map((object) =>
        /istio\.io\/v1$/.test(object.apiVersion)
          ? { ...object, apiVersion: `${object.apiVersion}beta1` }
          : object,
      ),
  },
  {
    what: 'an id-token of the auth-provider "oidc" is valid still',
    says: CLEAN,
    code: 0,
    cluster: { users: [{ name: 'carol', token: idToken(2100) }] },
    kubeconfig: oidc({ 'id-token': idToken(2100) }),
  },
  {
    what: 'the API server is behind a proxy',
    says: CLEAN,
    code: 0,
    kubeconfig: { proxy: 'guarded, with credentials' },
  },
  {
    what: 'the API server is reached over plain HTTP, as "kubectl proxy" gives it: credentials are not sent',
    says: CLEAN,
    code: 0,
    kubeconfig: { door: 'plain' },
  },
  {
    what: 'the Gateway API is not installed',
    says: CLEAN,
    code: 0,
    objects: 30,
    cluster: { installed: { 'gateway.networking.k8s.io': false } },
    of: (healthy) =>
      healthy
        .filter(
          ({ kind, metadata: { namespace } }) => kind !== 'AuthorizationPolicy' || namespace !== 'readers',
        )
        .map((object) =>
          object.metadata.name === 'readers'
            ? { ...object, metadata: { name: 'readers', labels: OUTSIDE } }
            : object,
        ),
  },
  {
    what: 'Istio is not installed',
    says: 'No issues found in cluster … Istio is not installed here …',
    code: 0,
    objects: 8,
    cluster: { installed: 'none' },
    of: (healthy) =>
      healthy.filter(
        ({ kind, metadata: { namespace } }) =>
          namespace === 'books' && (kind === 'Service' || kind === 'Deployment'),
      ),
  },
];

/** The table of docs/clusters.md. */
export function faultTable(): string {
  const rows = (cases: readonly FaultCase[]): string[] =>
    cases.map(({ what, says, code }) => `| ${what} | \`${says}\` | ${code} |`);
  return [
    '| what is wrong | what you see | exit code |',
    '|---|---|---|',
    ...rows(fatal),
    ...rows(degraded),
    ...rows(recovered),
    '',
  ].join('\n');
}

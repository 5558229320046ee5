import {
  type At,
  at,
  defineRule,
  type EnvVar,
  FLOATING,
  type JwtRule,
  type Resource,
  showList,
  showRef,
} from '#sdk';

const BLOCKED = 'BLOCKED_CIDRS_IN_JWKS_URIS';
/** Who fetches keys; with `envoy` the proxies do. */
const FETCH_MODE = 'PILOT_JWT_ENABLE_REMOTE_JWKS';

type Deployment = Resource<'Deployment'>;

export default defineRule({
  code: 'IST0175',
  severity: 'warning',
  since: '0.1.0',
  summary: 'istiod fetches the keys of RequestAuthentications from any address.',
  reads: { RequestAuthentication: 'some', Deployment: 'some' },
  messages: {
    unrestricted: {
      what: 'istiod fetches keys for {policies} from whatever address their URLs lead to.',
      why: 'Who may write a RequestAuthentication can so make istiod send requests into networks that only the control plane reaches. Only link-local addresses are always refused.',
      help: 'Set BLOCKED_CIDRS_IN_JWKS_URIS on istiod (`pilot.env` in the Helm values) to the ranges in which no server of keys stands, separated by commas.',
    },
  },
  check({ graph, report }) {
    const policies = graph
      .list('RequestAuthentication')
      .map((policy) => ({ policy, rule: (policy.spec.jwtRules ?? []).find(isRemote) }))
      .flatMap(({ policy, rule }) => (rule === undefined ? [] : [{ policy, rule }]));
    if (policies.length === 0) return;
    for (const deployment of graph.list('Deployment')) {
      if (deployment.metadata.labels?.app !== 'istiod' || graph.changedBy(deployment) !== undefined) continue;
      if (isRestricted(deployment)) continue;
      const byEnvoy = find(deployment, FETCH_MODE)?.value === 'envoy';
      const fetched = policies.filter(
        ({ policy, rule }) =>
          isBeside(policy, deployment) &&
          graph.coexist(deployment, policy) &&
          !(byEnvoy && (rule.jwksUri ?? rule.jwks_uri) !== undefined),
      );
      if (fetched.length === 0) continue;
      const names = fetched.map(({ policy }) => `RequestAuthentication ${showRef(policy)}`);
      report(deployment, {
        at: placeOf(deployment),
        message: 'unrestricted',
        data: { policies: showList(names, 3) },
        related: fetched.slice(0, 5).map(({ policy, rule }) => ({
          resource: policy,
          at: rule.jwksUri === undefined ? at(rule, 'issuer') : at(rule, 'jwksUri'),
          note: 'names where keys come from',
        })),
      });
    }
  },
});

/** What floats elsewhere may be meant for another mesh. */
function isBeside(policy: Resource<'RequestAuthentication'>, { origin }: Deployment): boolean {
  return policy.namespace !== FLOATING || folderOf(policy) === folderOf({ origin });
}

function folderOf({ origin }: Pick<Resource, 'origin'>): string {
  return origin.source.path.replace(/[^/]*$/, '');
}

/** Without keys of its own, and without an URL of keys, the issuer is asked for one. */
function isRemote({ jwks = '', jwksUri = '', jwks_uri = '', issuer = '' }: JwtRule): boolean {
  return jwks === '' && (jwksUri !== '' || jwks_uri !== '' || issuer !== '');
}

function containersOf({
  spec,
}: Deployment): NonNullable<NonNullable<NonNullable<Deployment['spec']['template']>['spec']>['containers']> {
  return spec.template?.spec?.containers ?? [];
}

/** A value, or a source of one that is not written here. */
function isRestricted(deployment: Deployment): boolean {
  return containersOf(deployment).some(
    (container) =>
      'envFrom' in container ||
      (container.env ?? []).some(
        ({ name, value = '', valueFrom }) => name === BLOCKED && (value !== '' || valueFrom !== undefined),
      ),
  );
}

function find(deployment: Deployment, wanted: string): EnvVar | undefined {
  const variables = containersOf(deployment).flatMap(({ env = [] }) => env);
  return variables.find(({ name }) => name === wanted);
}

function placeOf(deployment: Deployment): At {
  const empty = find(deployment, BLOCKED);
  if (empty !== undefined) return at(empty, 'value');
  const containers = containersOf(deployment);
  const discovery = containers.find(({ name }) => name === 'discovery') ?? containers[0];
  return discovery === undefined ? at(deployment.metadata, 'name') : at(discovery, 'env', 'key');
}

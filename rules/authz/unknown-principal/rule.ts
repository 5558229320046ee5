import { type DoubtfulPrincipal, defineRule, doubtfulPrincipals, principalReads, type Severity } from '#sdk';

export default defineRule({
  code: 'IST1121',
  severity: 'error',
  since: '0.1.0',
  summary: 'An AuthorizationPolicy names an identity that no caller has.',
  reads: principalReads,
  needs: [['AuthorizationPolicy']],
  messages: {
    star: {
      what: 'The `*` in {principal} stands for itself, so no caller matches.',
      why: 'In a principal a `*` stands for any text only as its first or its last character, and only once. Here {consequence}.',
      help: 'Write one `*` at the beginning or at the end; for a namespace or an account anywhere, use `namespaces` or `serviceAccounts`.',
    },
    form: {
      what: '{principal} is not the identity of a workload.',
      why: 'Workloads are called TRUST-DOMAIN/ns/NAMESPACE/sa/SERVICE-ACCOUNT, and the whole name is compared. So {consequence}.',
      help: 'Write all of it, or use `serviceAccounts` for NAMESPACE/SERVICE-ACCOUNT alone.',
    },
    domain: {
      what: 'Nothing tells of a trust domain {domain}: the mesh is called {known}.',
      why: 'Certificates of the mesh carry its own trust domain. Unless callers of another mesh are trusted, {consequence}.',
      help: 'Write the trust domain of the mesh, `cluster.local`, which stands for it, or `*`.',
    },
    literal: {
      what: 'To ztunnel {domain} is not another name of trust domain {known}.',
      why: 'Sidecars and waypoints read `cluster.local` and the aliases as the trust domain of the mesh. Ztunnel compares the identity as it is written, so before ambient workloads {consequence}.',
      help: 'Write {known}, or `*/ns/…` for any trust domain, or use `serviceAccounts`.',
    },
    namespace: {
      what: 'Namespace {namespace} does not exist, so no caller has an identity of it.',
      why: 'The identity of a caller holds the namespace in which it runs. So {consequence}.',
      help: 'Name a namespace that exists.',
    },
    account: {
      what: 'Namespace {namespace} has no service account {account}.',
      why: 'The identity of a caller holds the service account that its pods run as. Nobody runs as this one, so {consequence}.',
      help: 'Name the `serviceAccountName` of the callers; pods that name none run as `default`.',
    },
  },
  check({ graph, report }) {
    const known = graph.mesh.trustDomain;
    for (const policy of graph.list('AuthorizationPolicy')) {
      if (graph.changedBy(policy) !== undefined) continue;
      for (const doubt of doubtfulPrincipals(graph, policy)) {
        const { at, text, isNot } = doubt.value;
        const severity = severityOf(doubt);
        const consequence = isNot
          ? 'nobody is left out by this value'
          : policy.spec.action === 'DENY'
            ? 'this value stops nobody'
            : 'this value lets nobody in';
        const found = { at, severity };
        if (doubt.fault === 'star' || doubt.fault === 'form') {
          report(policy, { ...found, message: doubt.fault, data: { principal: text, consequence } });
        } else if (doubt.fault === 'literal') {
          const data = { domain: doubt.domain, known, consequence };
          report(policy, { ...found, message: 'literal', data });
        } else if (doubt.fault === 'domain') {
          const { domain, lookup } = doubt;
          report(policy, { ...found, message: 'domain', data: { domain, known, consequence }, lookup });
        } else if (doubt.fault === 'namespace') {
          const { namespace, lookup } = doubt;
          report(policy, { ...found, message: 'namespace', data: { namespace, consequence }, lookup });
        } else {
          const { namespace, account, lookup } = doubt;
          report(policy, { ...found, message: 'account', data: { namespace, account, consequence }, lookup });
        }
      }
    }
  },
});

/** Other meshes may be trusted and know other identities; who is not left out is no door that stands open. */
function severityOf({ fault, value }: DoubtfulPrincipal): Severity {
  if (fault === 'domain' || fault === 'form') return 'warning';
  return value.isNot && fault !== 'literal' && fault !== 'star' ? 'warning' : 'error';
}

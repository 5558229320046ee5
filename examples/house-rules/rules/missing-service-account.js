// @ts-check
import { at, defineRule, showRef, takeSuggestion } from 'meshlint/sdk';

export default defineRule({
  name: 'missing-service-account',
  code: 'ACME0002',
  severity: 'error',
  since: '1.0.0',
  summary: 'A Deployment runs under a ServiceAccount that does not exist.',
  fixes: 'unsafe',
  reads: { Deployment: 'some', ServiceAccount: 'all' },
  messages: {
    missing: {
      what: 'ServiceAccount {account} does not exist.',
      why: 'Kubernetes starts no Pod for this Deployment, and policies that allow this identity allow nobody.',
      help: 'Create the ServiceAccount, or name one that exists.',
    },
  },
  check({ graph, report }) {
    for (const deployment of graph.list('Deployment')) {
      const pod = deployment.spec.template?.spec;
      const name = pod?.serviceAccountName;
      if (pod === undefined || name === undefined) continue;
      const account = { namespace: deployment.namespace, name };
      // Found, absent or unknown: whoever hands the answer over as `lookup` reports only what is surely absent, and
      // what looks like a slip of the pen.
      const lookup = graph.find('ServiceAccount', account, deployment);
      if (lookup.state === 'found') continue;
      const place = at(pod, 'serviceAccountName');
      report(deployment, {
        at: place,
        message: 'missing',
        data: { account: showRef(account) },
        lookup,
        fix: () => takeSuggestion(place, lookup, deployment.namespace),
      });
    }
  },
});

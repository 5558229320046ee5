import { describe, expect, test } from 'vitest';
import type { Kind } from '../model/kinds.gen.ts';
import type { KindOutcome } from '../model/live.ts';
import { createWhyUnread, sayUnread } from './unread.ts';

function outcome(kind: Kind, more: Partial<KindOutcome> = {}): KindOutcome {
  return { kind, resource: '', group: '', state: 'ok', namespaces: 'all', count: 0, ...more };
}

const outcomes: readonly KindOutcome[] = [
  outcome('Service'),
  outcome('HTTPRoute', { state: 'not-installed' }),
  outcome('Pod', { state: 'forbidden' }),
  outcome('Gateway', { namespaces: ['shop'] }),
  outcome('Gateway', { state: 'forbidden' }),
  outcome('Sidecar', { namespaces: ['shop'] }),
  outcome('Sidecar', { state: 'timeout', namespaces: ['edge'] }),
  outcome('ConfigMap', { namespaces: ['istio-system'] }),
  outcome('Secret', { namespaces: [], names: ['edge/certificate'] }),
  outcome('Namespace', { namespaces: [], names: ['shop'] }),
];

/** What is asked for, as `Kind`, `Kind namespace` or `Kind namespace/name`; undefined where all of it is known. */
const cases: Readonly<Record<string, string | undefined>> = {
  Service: undefined,
  'Service shop': undefined,
  'HTTPRoute shop': undefined,
  Pod: 'Pods could not be read: forbidden',
  'Pod shop': 'Pods could not be read: forbidden',
  'Gateway shop': undefined,
  'Gateway edge': 'Gateways could not be read: forbidden',
  Gateway: 'Gateways could not be read: forbidden',
  'Sidecar shop': undefined,
  'Sidecar edge': 'Sidecars could not be read: it took too long',
  'ConfigMap istio-system': undefined,
  'ConfigMap shop': 'ConfigMaps were only read in istio-system',
  'MeshConfig istio-system': undefined,
  'Secret edge/certificate': undefined,
  'Secret edge/other': 'Secrets were not read',
  'Namespace /shop': undefined,
  Namespace: 'Namespaces were not read',
  // Nobody asked for these.
  AuthorizationPolicy: 'AuthorizationPolicies were not read',
  GatewayClass: 'GatewayClasses were not read',
  Endpoints: 'Endpoints were not read',
};

describe('why a kind is not known', () => {
  const whyUnread = createWhyUnread(outcomes);
  test.each(Object.entries(cases))('%s', (asked, answer) => {
    const [kind, where] = asked.split(' ') as [Kind, string | undefined];
    const [namespace, name] = where?.split('/') ?? [];
    expect(whyUnread(kind, namespace, name)).toBe(answer);
  });
});

describe('what is said of an outcome', () => {
  test.each([
    [outcome('Pod', { state: 'network' }), 'Pods could not be read: the connection broke'],
    [
      outcome('NetworkPolicy', { state: 'expired', namespaces: ['a', 'b'] }),
      'NetworkPolicies of namespaces a, b could not be read: the list changed faster than it could be read',
    ],
    [
      outcome('Gateway', { state: 'forbidden' }),
      'Gateways outside of namespace shop could not be read: forbidden',
    ],
    [
      { ...outcome('Pod', { state: 'bad-body' }), kind: 'Widget' },
      'Widget could not be read: the answer was no list of them',
    ],
  ])('%#', (one, words) => {
    expect(sayUnread(one, outcomes)).toBe(words);
  });
});

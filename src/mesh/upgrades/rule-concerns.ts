import type { Resource } from '../../graph/resource.ts';
import { ensure } from '../../model/collections.ts';
import type { ClientTls } from '../../model/kinds.gen.ts';
import { showLabels } from '../../model/labels.ts';
import { expandHost } from '../hosts/hosts.ts';
import { hostRegistry, isExternalName } from '../hosts/registry.ts';
import { scopeOf } from '../hosts/visibility.ts';
import { tlsSettings } from '../mtls/tls-settings.ts';
import type { Concern, Finder, UpgradeGraph } from './reads.ts';

type Rule = Resource<'DestinationRule'>;

/** What the releases change for DestinationRules, by the name of the change. */
export const ruleFinders: Readonly<Record<string, Finder>> = {
  'automatic-sni': function* (graph) {
    for (const { rule, tls } of clientSettings(graph)) {
      // Where the authority is missing, too, that comes first.
      if ((tls.sni ?? '') !== '' || isUnverified(tls) || tls.insecureSkipVerify === true) continue;
      yield concern(rule, tls);
    }
  },
  'server-verification': function* (graph) {
    for (const { rule, tls } of clientSettings(graph)) {
      if (!isUnverified(tls)) continue;
      const names = tls.subjectAltNames ?? [];
      const name = names[0] ?? expandHost(rule.spec.host ?? '', rule.namespace, graph.mesh.clusterDomain);
      // A public authority may well have signed a name that is not the cluster's.
      yield { ...concern(rule, tls), isMinor: !name.endsWith(`.${graph.mesh.clusterDomain}`) };
    }
  },
  'external-name-rule': function* (graph) {
    const registry = hostRegistry(graph);
    for (const rule of graph.list('DestinationRule')) {
      const { host = '', trafficPolicy, subsets = [] } = rule.spec;
      if (host === '' || (trafficPolicy === undefined && subsets.length === 0)) continue;
      const [target] = registry.find(host, rule.namespace, rule);
      if (target === undefined || !isExternalName(target.resource)) continue;
      yield {
        resource: rule,
        at: { owner: rule.spec, key: 'host', part: 'value' },
        thing: `This rule is for ${host}, an ExternalName Service`,
        related: { resource: target.resource, note: 'the Service' },
      };
    }
  },
  'destination-rule-merge': function* (graph) {
    for (const rules of sameHosts(graph)) {
      const scopes = new Map(rules.map((rule) => [rule, scopeName(graph, rule)]));
      const oneOfEach = [...new Map(rules.map((rule) => [scopes.get(rule), rule])).values()];
      for (const rule of rules) {
        const other = oneOfEach.find(
          (one) => scopes.get(one) !== scopes.get(rule) && graph.coexist(one, rule),
        );
        if (other === undefined) continue;
        yield {
          resource: rule,
          at: { owner: rule.spec, key: 'host', part: 'value' },
          thing: `DestinationRule ${other.name} is for the same host and exported to other namespaces`,
          related: { resource: other, note: 'the other rule' },
          isMinor: graph.nearness(rule, other) === 'apart',
        };
      }
    }
  },
};

interface ClientSetting {
  readonly rule: Rule;
  readonly tls: ClientTls;
}

/** TLS settings with which clients check who the server is, or could. */
function* clientSettings(graph: UpgradeGraph): Iterable<ClientSetting> {
  for (const [rule, settings] of tlsSettings(graph)) {
    if (graph.changedBy(rule) !== undefined) continue;
    for (const { tls } of settings) if (tls.mode === 'SIMPLE' || tls.mode === 'MUTUAL') yield { rule, tls };
  }
}

function isUnverified({ caCertificates = '', credentialName = '', insecureSkipVerify }: ClientTls): boolean {
  return caCertificates === '' && credentialName === '' && insecureSkipVerify !== true;
}

function concern(rule: Rule, tls: ClientTls): Concern {
  return {
    resource: rule,
    at: { owner: tls, key: 'mode', part: 'value' },
    thing: `TLS to ${rule.spec.host ?? 'this host'} is set here`,
  };
}

/** Rules of one namespace for one host and the same workloads, which istiod merges. */
function sameHosts(graph: UpgradeGraph): Iterable<readonly Rule[]> {
  const groups = new Map<string, Rule[]>();
  for (const rule of graph.list('DestinationRule')) {
    const host = expandHost(rule.spec.host ?? '', rule.namespace, graph.mesh.clusterDomain);
    const selector = rule.spec.workloadSelector?.matchLabels;
    const key = `${rule.namespace} ${host} ${selector === undefined ? '' : showLabels(selector)}`;
    if (host !== '' && graph.changedBy(rule) === undefined) ensure(groups, key, (): Rule[] => []).push(rule);
  }
  return [...groups.values()].filter((rules) => rules.length > 1);
}

function scopeName(graph: UpgradeGraph, rule: Rule): string {
  const { everywhere, namespaces } = scopeOf(graph, rule);
  // istiod compares what is written, but for the own namespace.
  return everywhere ? '*' : [...namespaces].sort().join();
}

import {
  at,
  defineRule,
  findMissingSubset,
  type MissingSubset,
  type Related,
  routeTargets,
  showList,
  showRef,
  subsetReads,
  takeSuggestion,
} from '#sdk';

export default defineRule({
  code: 'IST0101',
  severity: 'error',
  since: '0.1.0',
  summary: 'A VirtualService sends traffic to a subset that no DestinationRule defines for its clients.',
  reads: subsetReads,
  fixes: 'unsafe',
  messages: {
    noRule: {
      what: 'Subset {subset} of {host} does not exist: no DestinationRule defines subsets of this host.',
      why: 'Only a DestinationRule says which pods a subset stands for; without one Envoy has no such cluster and answers these requests with 503 (NC).',
      help: 'Add a DestinationRule for {host} with a subset {subset}, or remove `subset` to send the traffic to all pods of the host.',
    },
    undefined: {
      what: 'Subset {subset} of {host} does not exist ({known}).',
      why: 'Envoy has no cluster for a subset that no DestinationRule defines, and answers these requests with 503 (NC).',
      help: 'Use a subset that is defined, or add {subset} to the DestinationRule.',
    },
    unseen: {
      what: 'Subset {subset} of {host} is defined by {rules}, but no client of this VirtualService gets that rule.',
      why: 'A client uses the DestinationRule of its own namespace, else one that the namespace of the host exports, else one that the root namespace exports, and of each only the rule with the most specific host; requests to a subset outside it get 503 (NC).',
      help: 'Export {rules} to the namespaces of the clients (`exportTo`), or define {subset} in the DestinationRule that they do get.',
    },
  },
  check({ graph, report }) {
    for (const service of graph.list('VirtualService')) {
      for (const target of routeTargets(graph, service)) {
        const missing = findMissingSubset(graph, target);
        if (missing === undefined) continue;
        const { destination } = target;
        const { host = '', subset = '' } = destination;
        const { reason, lookup, rules, known } = missing;
        const place = at(destination, 'subset');
        const fix = () => (lookup === undefined ? undefined : takeSuggestion(place, lookup));
        const finding = { at: place, lookup, related: relatedTo(missing), fix };
        const names = `DestinationRule ${showList(rules.map(showRef))}`;
        if (reason === 'noRule') report(service, { ...finding, message: reason, data: { host, subset } });
        else if (reason === 'unseen') {
          report(service, { ...finding, message: reason, data: { host, subset, rules: names } });
        } else {
          const defined = known.length > 0 ? `${names} has ${showList(known)}` : `${names} has none`;
          report(service, { ...finding, message: reason, data: { host, subset, known: defined } });
        }
      }
    }
  },
});

function relatedTo({ reason, rules }: MissingSubset): Related[] {
  return rules.map((rule) => ({
    resource: rule,
    at:
      reason === 'unseen' && rule.spec.exportTo !== undefined
        ? at(rule.spec, 'exportTo')
        : at(rule.spec, 'subsets'),
    note: reason === 'unseen' ? 'defines the subset' : 'its subsets',
  }));
}

import {
  at,
  defineRule,
  FLOATING,
  findSelected,
  type SelectingKind,
  selectorUses,
  showLabels,
  suspectLabel,
  workloads,
} from '#sdk';

export default defineRule({
  code: 'IST1135',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A selector asks for labels that no workload carries.',
  reads: {
    PeerAuthentication: 'some',
    RequestAuthentication: 'some',
    WasmPlugin: 'some',
    TrafficExtension: 'some',
    EnvoyFilter: 'some',
    ProxyConfig: 'some',
    DestinationRule: 'some',
    ServiceEntry: 'some',
    ...workloads.reads,
  },
  needs: [
    [
      'PeerAuthentication',
      'RequestAuthentication',
      'WasmPlugin',
      'TrafficExtension',
      'EnvoyFilter',
      'ProxyConfig',
      'DestinationRule',
      'ServiceEntry',
    ],
  ],
  messages: {
    nobody: {
      what: 'No workload {where} carries the labels {labels} that this {kind} selects.',
      why: '{consequence}',
      help: 'Take labels that stand in the pod template, all of them with the same value, and put the {kind} where its workloads are.',
    },
  },
  check({ graph, report }) {
    for (const use of selectorUses(graph)) {
      const { resource, labels, namespace } = use;
      if (graph.changedBy(resource) !== undefined) continue;
      const lookup = findSelected(graph, use);
      if (lookup.state === 'found') continue;
      const { kind } = resource;
      report(resource, {
        at: at(labels, suspectLabel(labels, lookup)),
        message: 'nobody',
        lookup,
        data: {
          kind,
          labels: showLabels(labels),
          where: whereIs(namespace),
          consequence: consequences[kind],
        },
      });
    }
  },
});

function whereIs(namespace: string | undefined): string {
  if (namespace === undefined) return 'in any namespace';
  return namespace === FLOATING ? 'in its namespace' : `in namespace ${namespace}`;
}

/** What it means that nobody is selected. */
const consequences: Readonly<Record<SelectingKind, string>> = {
  PeerAuthentication:
    'Its mode is set for nobody: the workloads that were meant keep the mode of their namespace or of the mesh.',
  RequestAuthentication:
    'Nobody checks the tokens: a forged one passes, and policies that ask for claims see none.',
  WasmPlugin: 'The plugin is loaded nowhere, so whatever it checks or changes is not done.',
  TrafficExtension: 'The extension is loaded nowhere, so whatever it checks or changes is not done.',
  EnvoyFilter: 'None of the patches is applied to any proxy.',
  ProxyConfig: 'No proxy starts with these settings.',
  DestinationRule: 'The rule is for the calls of chosen clients only, and no client is chosen.',
  ServiceEntry: 'It adds no endpoint to its hosts, so calls to them find nobody.',
};

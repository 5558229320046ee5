import {
  at,
  boundWaypoints,
  clientsIn,
  defineRule,
  looksInto,
  matchesMesh,
  meshRouteReads,
  routedHosts,
  scopeOf,
  showRef,
  sidecarNamespaces,
} from '#sdk';

const help =
  'Route by something that the request carries, such as a header, or restrict the callers by an AuthorizationPolicy with `targetRefs`.';

export default defineRule({
  code: 'IST1044',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A VirtualService at a waypoint chooses routes by who calls, which the waypoint does not look at.',
  reads: { ...meshRouteReads, ...sidecarNamespaces.reads },
  needs: [['VirtualService'], ['Service', 'ServiceEntry'], ['KubernetesGateway']],
  messages: {
    labels: {
      what: 'The waypoint {waypoint} leaves out this match, for it asks for the labels of the client.',
      why: 'A waypoint serves many clients and does not know their labels, so istiod drops every match with `sourceLabels`. What it should catch goes on to the routes behind it.',
      help,
    },
    namespace: {
      what: 'The waypoint {waypoint} compares `sourceNamespace` with its own namespace, not with that of the client.',
      why: 'The match is for all clients if the waypoint stands in namespace {namespace}, and for none if it does not.',
      help,
    },
  },
  check({ graph, report }) {
    for (const service of graph.list('VirtualService')) {
      const matches = (service.spec.http ?? [])
        .flatMap(({ match = [] }) => match)
        .filter((match) => matchesMesh(service, match));
      const choosing = matches.filter(
        ({ sourceLabels = {}, sourceNamespace = '' }) =>
          sourceNamespace !== '' || Object.keys(sourceLabels).length > 0,
      );
      if (choosing.length === 0) continue;
      for (const { targets } of routedHosts(graph, service)) {
        const fronts = boundWaypoints(graph, targets) ?? [];
        const [front] = fronts;
        if (front === undefined || !looksInto(service.namespace, fronts, targets)) continue;
        const hasSidecars = clientsIn(sidecarNamespaces(graph), scopeOf(graph, service)).length > 0;
        const waypoint = showRef(front.gateway);
        const related = [{ resource: front.gateway, note: 'This waypoint follows the routes.' }];
        const rest = hasSidecars ? ({ related, severity: 'info' } as const) : { related };
        for (const match of choosing) {
          const { sourceLabels = {}, sourceNamespace = '' } = match;
          if (Object.keys(sourceLabels).length > 0) {
            report(service, {
              at: at(match, 'sourceLabels', 'key'),
              message: 'labels',
              data: { waypoint },
              ...rest,
            });
          } else {
            const data = { waypoint, namespace: sourceNamespace };
            report(service, { at: at(match, 'sourceNamespace'), message: 'namespace', data, ...rest });
          }
        }
        break;
      }
    }
  },
});

import { at, defineRule, judgedPatches } from '#sdk';

export default defineRule({
  code: 'IST0154',
  severity: 'error',
  since: '0.1.0',
  summary: 'A patch of an EnvoyFilter removes what cannot be removed, or more than it says.',
  reads: judgedPatches.reads,
  messages: {
    skipped: {
      what: 'REMOVE does nothing to ROUTE_CONFIGURATION.',
      why: 'A listener cannot be without its route configuration, so istiod skips this patch and says nothing.',
      help: 'Use REMOVE with `applyTo: VIRTUAL_HOST`, or MERGE to change the route configuration.',
    },
    'all-routes': {
      what: 'This patch removes every route of the virtual hosts that it matches, because it names none.',
      why: 'The API of EnvoyFilter says that REMOVE is ignored for HTTP_ROUTE, but istiod does it, and without a route in the match it removes them all: requests to these hosts get 404.',
      help: 'Name the route in `match.routeConfiguration.vhost.route`, or drop the patch.',
    },
    undocumented: {
      what: 'REMOVE of HTTP_ROUTE is something that the API of EnvoyFilter says is ignored.',
      why: 'istiod does remove the route, but nothing promises that it stays so.',
      help: 'Change the VirtualService that the route comes from, or use MERGE.',
    },
  },
  check({ graph, report }) {
    for (const { filter, patch, operation, verdict } of judgedPatches(graph)) {
      if (operation !== 'REMOVE') continue;
      const place = at(patch, 'operation');
      if (verdict.type === 'skipped') report(filter, { at: place, message: 'skipped' });
      else if (verdict.type === 'all-routes')
        report(filter, { at: place, message: 'all-routes', severity: 'warning' });
      else if (verdict.type === 'undocumented')
        report(filter, { at: place, message: 'undocumented', severity: 'info' });
    }
  },
});

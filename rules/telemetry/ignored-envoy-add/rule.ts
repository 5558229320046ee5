import { at, defineRule, judgedPatches } from '#sdk';

export default defineRule({
  code: 'IST0153',
  severity: 'error',
  since: '0.1.0',
  summary: 'A patch of an EnvoyFilter adds what cannot be added.',
  reads: judgedPatches.reads,
  messages: {
    skipped: {
      what: 'ADD does nothing to ROUTE_CONFIGURATION.',
      why: 'A listener has one route configuration, which istiod generates; there is no list to add another to, so it skips this patch and says nothing.',
      help: 'Use MERGE to change the route configuration, or ADD with `applyTo: VIRTUAL_HOST` to put a host into it.',
    },
    undocumented: {
      what: 'ADD to HTTP_ROUTE is something that the API of EnvoyFilter says is ignored.',
      why: 'istiod does append the route, behind all others of the virtual host, where a catch-all route before it keeps requests away from it; nothing promises that it stays so.',
      help: 'Use INSERT_FIRST or INSERT_BEFORE, which are meant for routes, or a VirtualService.',
    },
  },
  check({ graph, report }) {
    for (const { filter, patch, operation, verdict } of judgedPatches(graph)) {
      if (operation !== 'ADD') continue;
      const place = at(patch, 'operation');
      if (verdict.type === 'skipped') report(filter, { at: place, message: 'skipped' });
      else if (verdict.type === 'undocumented')
        report(filter, { at: place, message: 'undocumented', severity: 'info' });
    }
  },
});

import { at, defineRule, judgedPatches } from '#sdk';

export default defineRule({
  code: 'IST0152',
  severity: 'error',
  since: '0.1.0',
  summary: 'A patch of an EnvoyFilter replaces something that istiod never replaces.',
  reads: judgedPatches.reads,
  messages: {
    skipped: {
      what: 'REPLACE does nothing to {applyTo}.',
      why: 'istiod replaces filters (NETWORK_FILTER, HTTP_FILTER, LISTENER_FILTER) and a VIRTUAL_HOST; it skips this patch and says nothing.',
      help: 'Use MERGE to change single fields of what istiod generates, or REMOVE and ADD where {applyTo} has them.',
    },
  },
  check({ graph, report }) {
    for (const { filter, patch, operation, applyTo, verdict } of judgedPatches(graph)) {
      if (operation !== 'REPLACE' || verdict.type !== 'skipped') continue;
      report(filter, { at: at(patch, 'operation'), message: 'skipped', data: { applyTo } });
    }
  },
});

import { at, defineRule, type JudgedPatch, judgedPatches, showRef } from '#sdk';

const order =
  'EnvoyFilters of equal priority are applied by age, those of the root namespace before all others.';

export default defineRule({
  code: 'IST0151',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A patch of an EnvoyFilter is relative to others, and nothing settles their order.',
  reads: judgedPatches.reads,
  messages: {
    unnamed: {
      what: 'This {operation} does nothing, because it does not say which filter it means.',
      why: 'For {applyTo} istiod looks for the filter that `match` names; without a name it skips the patch and says nothing.',
      help: 'Name the filter in `match.listener`.',
    },
    foreign: {
      what: 'This {operation} is relative to {anchor}, which another EnvoyFilter must have brought before.',
      why: `istiod builds no filter {anchor} by itself. ${order} When this one comes first it finds no such filter, and the patch does nothing.`,
      help: 'Give the EnvoyFilter a `priority` above that of the one that brings the filter, keep both patches in one EnvoyFilter, or use INSERT_FIRST or ADD.',
    },
    position: {
      what: 'Where this {operation} takes place among the patches of other EnvoyFilters is left open.',
      why: `${order} The same files applied in another order may give another order of filters.`,
      help: 'Set `priority` where other EnvoyFilters patch the same place, or use INSERT_FIRST or ADD.',
    },
  },
  check({ graph, report }) {
    for (const judged of judgedPatches(graph)) {
      const { filter, patch, operation, applyTo, verdict } = judged;
      const place = at(patch, 'operation');
      if (verdict.type === 'unnamed')
        report(filter, { at: place, message: 'unnamed', data: { operation, applyTo } });
      else if (verdict.type === 'position')
        report(filter, { at: place, message: 'position', data: { operation }, severity: 'info' });
      else if (verdict.type === 'foreign') {
        const data = { operation, anchor: verdict.anchor };
        report(filter, { at: place, message: 'foreign', data, related: bringing(verdict.source) });
      }
    }
  },
});

function bringing(source: Omit<JudgedPatch, 'verdict'> | undefined) {
  if (source === undefined) return [];
  const note = `EnvoyFilter ${showRef(source.filter)} brings the filter`;
  return [{ resource: source.filter, at: at(source.patch, 'operation'), note }];
}

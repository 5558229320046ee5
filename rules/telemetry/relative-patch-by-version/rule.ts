import { at, defineRule, judgedPatches, showRef } from '#sdk';

export default defineRule({
  code: 'IST0155',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A relative patch of an EnvoyFilter brings what another patch brings for proxies of one version.',
  reads: judgedPatches.reads,
  messages: {
    twice: {
      what: 'Proxies of version {version} get {name} twice: by this {operation}, and by a patch of EnvoyFilter {source}.',
      why: 'Without a priority the two are applied by the age of their EnvoyFilters. Other proxies get only one of them, so what a proxy runs changes when it is upgraded.',
      help: 'Give each of the patches a `match.proxy.proxyVersion` that the others do not match, and the EnvoyFilters a `priority`.',
    },
    'by-version': {
      what: '{name} is patched by this {operation}, and differently for proxies of version {version} by EnvoyFilter {source}.',
      why: 'Without a priority the patches are applied by the age of their EnvoyFilters, and while proxies are upgraded some run the one, some the other.',
      help: 'Set `priority`, and remove patches for versions that no longer run.',
    },
  },
  check({ graph, report }) {
    for (const { filter, patch, operation, verdict } of judgedPatches(graph)) {
      if (verdict.type !== 'versioned') continue;
      const { name, version, source, twice } = verdict;
      const related = [
        { resource: source.filter, at: at(source.patch, 'operation'), note: `is for version ${version}` },
      ];
      const data = { name, version, operation, source: showRef(source.filter) };
      const place = at(patch, 'operation');
      if (twice) report(filter, { at: place, message: 'twice', data, related });
      else report(filter, { at: place, message: 'by-version', data, related, severity: 'info' });
    }
  },
});

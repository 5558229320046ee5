import { at, defineRule, providerlessLogs, setValue } from '#sdk';

export default defineRule({
  code: 'IST0157',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A Telemetry asks for access logs without naming a provider, and loses what it asks for.',
  reads: { Telemetry: 'some' },
  fixes: 'unsafe',
  messages: {
    'no-logs': {
      what: 'Nothing names a provider for these access logs, so they go nowhere.',
      why: 'An entry without `providers` takes those of the entry before it, of the Telemetry for the namespace or the mesh, or of `defaultProviders.accessLogging` in MeshConfig; none of them names any.',
      help: 'Add `providers`; `name: envoy` writes to the standard output of the proxy.',
    },
    'no-filter': {
      what: 'The filter of these access logs is dropped, because the entry names no provider.',
      why: 'istiod keeps a filter only for the providers that stand beside it. The logs of an inherited provider are written unfiltered, or as the entry says that names it.',
      help: 'Name the provider beside the filter, in one entry.',
    },
  },
  check({ graph, report }) {
    for (const { telemetry, index, entry, verdict } of providerlessLogs(graph)) {
      report(telemetry, {
        at:
          verdict === 'no-filter'
            ? at(entry, 'filter', 'key')
            : at(telemetry.spec.accessLogging ?? [], index),
        message: verdict,
        fix: () => ({
          title: 'Name the provider `envoy`, the standard output of the proxy',
          safe: false,
          edits: [setValue(entry, 'providers', [{ name: 'envoy' }])],
        }),
      });
    }
  },
});

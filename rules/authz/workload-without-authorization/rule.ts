import { at, defineRule, unprotectedWorkloads } from '#sdk';

export default defineRule({
  code: 'IST1132',
  severity: 'info',
  since: '0.1.0',
  summary: 'No AuthorizationPolicy says who may call a workload of the mesh.',
  reads: unprotectedWorkloads.reads,
  optIn: true,
  messages: {
    sidecar: {
      what: 'Nothing says who may call {kind} {name}.',
      why: 'Its sidecar applies no AuthorizationPolicy, so everybody who reaches it gets in, from any namespace.',
      help: 'Write a policy for the workload, or one without rules for its namespace to deny by default.',
    },
    ambient: {
      what: 'Nothing says who may call {kind} {name}.',
      why: 'Neither ztunnel nor a waypoint before it applies an AuthorizationPolicy, so everybody who reaches it gets in, from any namespace.',
      help: 'Write a policy for the workload, or for its Service at the waypoint; one without rules for the namespace denies by default.',
    },
  },
  check({ graph, report }) {
    for (const { workload, mode, lookup } of unprotectedWorkloads(graph)) {
      const { resource } = workload;
      const data = { kind: resource.kind, name: resource.name };
      report(resource, { at: at(resource.metadata, 'name'), message: mode, data, lookup });
    }
  },
});

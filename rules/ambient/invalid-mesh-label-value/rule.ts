import { at, defineRule, invalidLabels, labelKinds, labelValueReads, showBearer } from '#sdk';

export default defineRule({
  code: 'IST1004',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A label that enrols, injects or leads to a waypoint has a value that Istio does not understand.',
  reads: labelValueReads,
  needs: [labelKinds],
  messages: {
    'no-mode': {
      what: '`{key}: {value}` on {owner} is no mode that Istio knows.',
      why: 'It counts as if the label were not there: it takes no pod into ambient mode, and keeps none out of it.',
      help: 'Write `ambient` to enrol or `none` to opt out. Sidecars are asked for by other labels: `istio-injection: enabled` on a Namespace, `sidecar.istio.io/inject: "true"` on pods.',
    },
    'no-injection': {
      what: '`{key}: {value}` on {owner} is not understood: only `enabled` asks for sidecars.',
      why: 'Any other value keeps sidecars out just as `disabled` does, and neither `istio.io/rev` nor a label of the pods brings them back.',
      help: 'Write `enabled`, or say `disabled` if that is what is meant.',
    },
    'no-wish': {
      what: '`{key}: {value}` on {owner} is neither `true` nor `false`.',
      why: 'The injector passes over it, so the pods get a sidecar or not as their namespace says. Case counts, and so do other words for yes and no.',
      help: 'Write `"true"` or `"false"`, in quotes.',
    },
    'no-traffic-type': {
      what: '`{key}: {value}` on {owner} names no kind of traffic.',
      why: 'istiod takes what it does not know for `none`: nothing can use the waypoint, and traffic goes past it to the pods without its policies and routes.',
      help: 'Write `service`, `workload`, `all` or, on purpose, `none`.',
    },
    'no-boolean': {
      what: '`{key}: {value}` on {owner} does not read as true or false.',
      why: 'It counts as false: ingress gateways send straight to the pods, and what the waypoint should enforce does not apply to them.',
      help: 'Write `"true"` or `"false"`, in quotes.',
    },
    'no-name': {
      what: '`{key}: "{value}"` on {owner} is a name that no Gateway can have.',
      why: 'So no waypoint is found, that of the namespace does not stand in for it, and traffic goes to the pods past every policy and route of a waypoint.',
      help: 'Write the name of the waypoint in small letters. To have none, write `none`; to use that of the namespace, remove the label.',
    },
    'old-reference': {
      what: '`{key}: {value}` on {owner} names its waypoint in the way of an old release.',
      why: 'Labels may not hold `/` or `#`, so the API server refuses the whole object, and what is in the cluster stays as it was.',
      help: 'Write the name alone, and its namespace into the label `istio.io/use-waypoint-namespace` beside it.',
    },
  },
  check({ graph, report }) {
    for (const { bearing, key, value, fault } of invalidLabels(graph)) {
      const { resource, labels } = bearing;
      report(resource, {
        at: at(labels, key),
        message: fault,
        data: { key, value, owner: showBearer(bearing) },
        ...(fault === 'no-name' || fault === 'old-reference' ? { severity: 'error' } : {}),
      });
    }
  },
});

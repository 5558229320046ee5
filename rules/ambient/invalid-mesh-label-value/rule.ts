import {
  at,
  defineRule,
  type Fix,
  insertField,
  invalidLabels,
  type LabelFault,
  type Labels,
  labelKinds,
  labelValueReads,
  nearestName,
  replaceBy,
  setValue,
  showBearer,
  USE_WAYPOINT_NAMESPACE_LABEL,
} from '#sdk';

export default defineRule({
  code: 'IST1004',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A label that enrols, injects or leads to a waypoint has a value that Istio does not understand.',
  reads: labelValueReads,
  needs: [labelKinds],
  fixes: 'both',
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
        fix: () => meantValue(labels, key, fault),
      });
    }
  },
});

const known: Readonly<Partial<Record<LabelFault, readonly string[]>>> = {
  'no-mode': ['ambient', 'none'],
  'no-injection': ['enabled', 'disabled'],
  'no-wish': ['true', 'false'],
  'no-traffic-type': ['service', 'workload', 'all', 'none'],
  'no-boolean': ['true', 'false'],
};

/** Another case is certain to be a slip; another word likely; an old reference has its two parts. */
function meantValue(labels: Labels, key: string, fault: LabelFault): Fix | undefined {
  const value = labels[key] ?? '';
  if (fault === 'old-reference') {
    const [, namespace = '', name = ''] = /^([a-z0-9-]+)\/([a-z0-9.-]+)$/.exec(value) ?? [];
    if (name === '') return undefined;
    const edits = [setValue(labels, key, name), insertField(labels, USE_WAYPOINT_NAMESPACE_LABEL, namespace)];
    return { title: `Write ${name}, and its namespace into a label of its own`, safe: true, edits };
  }
  const words = known[fault] ?? [];
  const lower = value.trim().toLowerCase();
  const word = words.find((one) => one === lower) ?? booleans(words, lower) ?? nearestName(lower, words);
  return word === undefined ? undefined : replaceBy(at(labels, key), word, word === lower);
}

function booleans(words: readonly string[], word: string): string | undefined {
  if (!words.includes('true')) return undefined;
  if (/^(?:y|yes|on|1)$/.test(word)) return 'true';
  return /^(?:n|no|off|0)$/.test(word) ? 'false' : undefined;
}

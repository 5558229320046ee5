import { at, defineRule, labelReads, matchesName, renameKey, showBearer, unknownLabels } from '#sdk';

export default defineRule({
  code: 'IST1003',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A label is named like those of Istio, which does not know it.',
  reads: labelReads,
  fixes: 'both',
  options: {
    known: {
      type: 'strings',
      default: [],
      summary: 'Names below istio.io that something of your own reads; a `*` at the end stands for any rest.',
    },
  },
  messages: {
    misspelled: {
      what: 'Istio knows no label `{label}`, as it stands on {owner}.',
      why: 'Nobody reads it, and nobody says so: workloads join the mesh, and traffic takes its way, as if it were not there.',
      help: 'The {kind} `{meant}` looks like what was meant.',
    },
    annotation: {
      what: '`{label}` is an annotation, and stands among the labels of {owner}.',
      why: 'Istio looks for it among the annotations only, so what it asks for does not happen.',
      help: 'Move it from `labels` to `annotations`.',
    },
    unknown: {
      what: 'Istio knows no label `{label}`, as it stands on {owner}.',
      why: 'Istio does nothing about it: it comes from another release, or was never one of its own.',
      help: 'Remove it if nothing selects by it. Labels of your own belong under a domain of your own.',
    },
  },
  check({ graph, report, options }) {
    for (const { bearing, key: label, meant } of unknownLabels(graph)) {
      if (matchesName(options.known, label)) continue;
      const { resource, labels } = bearing;
      const place = at(labels, label, 'key');
      const data = { label, owner: showBearer(bearing) };
      if (meant === undefined) {
        report(resource, { at: place, message: 'unknown', severity: 'info', data });
      } else if (meant.name === label) {
        report(resource, { at: place, message: 'annotation', data });
      } else {
        report(resource, {
          at: place,
          message: 'misspelled',
          data: { ...data, kind: meant.is, meant: meant.name },
          fix: () =>
            meant.is === 'label'
              ? {
                  title: `Rename ${label} to ${meant.name}`,
                  // Labels of pods may be selected by this very name.
                  safe: bearing.bearer !== 'Pod',
                  edits: [renameKey(labels, label, meant.name)],
                }
              : undefined,
        });
      }
    }
  },
});

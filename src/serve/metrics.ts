// How things stand in the text format of Prometheus, version 0.0.4.
// https://prometheus.io/docs/instrumenting/exposition_formats/
import type { AdmissionTally, Pulse, Standing } from './standing.ts';

export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export interface Measured {
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Bytes that the process holds. */
  readonly memory: number;
  readonly standing?: Standing | undefined;
  readonly pulse?: Pulse | undefined;
  readonly admission?: AdmissionTally | undefined;
}

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [Labels, number];

/** All metrics. Findings of a code that is gone are gone, too, instead of staying at zero. */
export function formatMetrics(measured: Measured): string {
  const { standing, pulse, admission, now } = measured;
  const age = pulse?.staleSince === undefined ? 0 : (now - pulse.staleSince) / 1000;
  return [
    metric('meshlint_build_info', 'gauge', 'The version that runs.', [[{ version: measured.version }, 1]]),
    metric('meshlint_ready', 'gauge', 'Whether the cluster was read and judged.', [
      [{}, standing === undefined ? 0 : 1],
    ]),
    metric('process_resident_memory_bytes', 'gauge', 'Memory that the process holds.', [
      [{}, measured.memory],
    ]),
    ...(standing === undefined ? [] : standingMetrics(standing)),
    ...(pulse === undefined ? [] : pulseMetrics(pulse, age)),
    ...(admission === undefined ? [] : admissionMetrics(admission)),
  ].join('');
}

function standingMetrics(standing: Standing): string[] {
  const { cluster } = standing;
  return [
    metric(
      'meshlint_findings',
      'gauge',
      'Findings that are neither suppressed nor in the baseline.',
      standing.findings.map(({ count, ...labels }) => [{ cluster, ...labels }, count]),
    ),
    metric('meshlint_suppressed_findings', 'gauge', 'Findings that are suppressed.', [
      [{ cluster }, standing.suppressed],
    ]),
    metric(
      'meshlint_objects',
      'gauge',
      'Objects of the cluster that were judged.',
      Object.entries(standing.objects).map(([kind, count]) => [{ cluster, kind }, count]),
    ),
    metric(
      'meshlint_unread_resources',
      'gauge',
      'Resources that could not be read, and why: what is missing among them is unknown.',
      standing.unread.map((labels) => [{ cluster, ...labels }, 1]),
    ),
    metric('meshlint_report_complete', 'gauge', 'Whether all that is needed was read and no rule crashed.', [
      [{ cluster }, standing.complete ? 1 : 0],
    ]),
    metric('meshlint_report_timestamp_seconds', 'gauge', 'When the report was made.', [
      [{ cluster }, standing.judgedAt / 1000],
    ]),
    metric('meshlint_report_duration_seconds', 'gauge', 'How long making the report took.', [
      [{ cluster }, standing.took / 1000],
    ]),
  ];
}

function pulseMetrics({ restarts, requests, watches, changes }: Pulse, age: number): string[] {
  return [
    metric(
      'meshlint_state_age_seconds',
      'gauge',
      'For how long some watch has been broken; 0 while none is.',
      [[{}, age]],
    ),
    metric('meshlint_watches', 'gauge', 'Resources that are followed.', [[{}, watches]]),
    metric('meshlint_changes_total', 'counter', 'Changes of what rules read.', [[{}, changes]]),
    metric(
      'meshlint_watch_restarts_total',
      'counter',
      'Watches that were lost, or had to begin with a new list because theirs had expired.',
      restarts.map(({ resource, why, count }) => [{ resource, why }, count]),
    ),
    metric(
      'meshlint_api_requests_total',
      'counter',
      'Requests to the API server.',
      requests.map(({ resource, count }) => [{ resource }, count]),
    ),
    metric(
      'meshlint_api_received_bytes_total',
      'counter',
      'Bytes that lists of the API server brought.',
      requests.map(({ resource, bytes }) => [{ resource }, bytes]),
    ),
  ];
}

function admissionMetrics({ outcomes, seconds }: AdmissionTally): string[] {
  return [
    metric(
      'meshlint_admission_reviews_total',
      'counter',
      'Admission reviews by what became of them.',
      Object.entries(outcomes).map(([outcome, count]) => [{ outcome }, count]),
    ),
    metric('meshlint_admission_seconds_total', 'counter', 'Time that admission reviews took.', [
      [{}, seconds],
    ]),
  ];
}

function metric(name: string, type: 'gauge' | 'counter', help: string, samples: readonly Sample[]): string {
  const lines = samples.map(([labels, value]) => `${name}${formatLabels(labels)} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function formatLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

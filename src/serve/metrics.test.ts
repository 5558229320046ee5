import { expect, test } from 'vitest';
import { formatMetrics, type Measured } from './metrics.ts';

const measured: Measured = {
  version: '1.2.3',
  now: 1_000_000,
  memory: 4096,
  standing: {
    cluster: 'a "b" \\c\nd',
    findings: [
      { code: 'IST0101', rule: 'routing/missing-gateway', severity: 'error', namespace: 'shop', count: 2 },
      { code: 'IST0102', rule: 'ambient/x', severity: 'info', namespace: '', count: 1 },
    ],
    suppressed: 3,
    objects: { Service: 10, 'networking.istio.io/Gateway': 1 },
    unread: [{ resource: 'pods', group: '', state: 'forbidden' }],
    complete: false,
    judgedAt: 990_000,
    took: 250,
    report: '{}',
  },
  pulse: {
    staleSince: 970_000,
    watches: 31,
    changes: 12,
    restarts: [{ resource: 'pods', why: 'expired', count: 4 }],
    requests: [{ resource: 'pods', count: 2, bytes: 1024 }],
  },
  admission: { outcomes: { allowed: 5, denied: 1 }, seconds: 0.5 },
};

/** The text format: comments, and `name{label="value",…} number`. */
const line =
  /^(?:# (?:HELP|TYPE) [a-z_]+ .+|[a-z_]+(?:\{(?:[a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)+\})? [0-9.e+-]+)$/;

test('every line is in the text format, and every metric is described once, before its samples', () => {
  const lines = formatMetrics(measured).trimEnd().split('\n');
  expect(lines.filter((text) => !line.test(text))).toEqual([]);
  const described = lines
    .filter((text) => text.startsWith('# TYPE '))
    .map((text) => text.split(' ')[2] ?? '');
  expect(new Set(described).size).toBe(described.length);
  let current = '';
  for (const text of lines) {
    if (text.startsWith('# TYPE ')) current = text.split(' ')[2] ?? '';
    else if (!text.startsWith('#')) expect(text.split(/[{ ]/)[0]).toBe(current);
  }
});

test.each([
  'meshlint_build_info{version="1.2.3"} 1',
  'meshlint_ready 1',
  'meshlint_findings{cluster="a \\"b\\" \\\\c\\nd",code="IST0101",rule="routing/missing-gateway",severity="error",namespace="shop"} 2',
  'meshlint_objects{cluster="a \\"b\\" \\\\c\\nd",kind="Service"} 10',
  'meshlint_unread_resources{cluster="a \\"b\\" \\\\c\\nd",resource="pods",group="",state="forbidden"} 1',
  'meshlint_state_age_seconds 30',
  'meshlint_watch_restarts_total{resource="pods",why="expired"} 4',
  'meshlint_api_requests_total{resource="pods"} 2',
  'meshlint_admission_reviews_total{outcome="denied"} 1',
  'process_resident_memory_bytes 4096',
])('says %s', (expected) => {
  expect(formatMetrics(measured).split('\n')).toContain(expected);
});

test('before the first report there is none to tell of, and nothing is said to be clean', () => {
  const text = formatMetrics({ version: '1.2.3', now: 0, memory: 1 });
  expect(text).toContain('meshlint_ready 0\n');
  expect(text).not.toContain('meshlint_findings');
  expect(text).not.toContain('meshlint_report_complete');
});

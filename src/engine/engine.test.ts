import { describe, expect, test } from 'vitest';
import { at, defineRule, type NamedRule } from '../sdk/index.ts';
import { headOf } from '../sdk/rule.ts';
import { openTexts } from '../session/session.ts';
import { type AnalyzeOptions, exitCode } from './analyze.ts';

// Rules made up for the engine alone: it knows none of the real ones.

const everyService = named(
  'routing/every-service',
  defineRule({
    code: 'IST0118',
    severity: 'warning',
    since: '0.0.0',
    summary: 'Finds every Service.',
    reads: { Service: 'some' },
    messages: { here: { what: 'Service {name}.', why: 'Because of {name}.', help: 'None for {name}.' } },
    check({ graph, report }) {
      for (const service of graph.list('Service')) {
        const data = { name: service.name };
        report(service, { at: at(service.metadata, 'name'), message: 'here', data });
      }
    },
  }),
);
const broken = named(
  'routing/broken',
  defineRule({
    code: 'IST0101',
    severity: 'error',
    since: '0.0.0',
    summary: 'Throws.',
    reads: { Service: 'some' },
    messages: { never: { what: 'Never.', why: 'Never.', help: 'Never.' } },
    check({ graph }) {
      throw new Error(`cannot stand ${graph.list('Service')[0]?.name}`);
    },
  }),
);
const copying = named(
  'routing/copying',
  defineRule({
    code: 'IST0109',
    severity: 'error',
    since: '0.0.0',
    summary: 'Points at a copy.',
    reads: { Service: 'some' },
    messages: { never: { what: 'Never.', why: 'Never.', help: 'Never.' } },
    check({ graph, report }) {
      for (const service of graph.list('Service')) {
        report(service, { at: at({ ...service.spec }, 'ports'), message: 'never' });
      }
    },
  }),
);
const optIn = named('routing/opt-in', { ...everyService.rule, code: 'IST0136', optIn: true });
const internalError = named(
  'input/internal-error',
  defineRule({
    code: 'IST0001',
    severity: 'error',
    since: '0.0.0',
    summary: 'A rule failed.',
    reads: {},
    messages: { crashed: { what: '{rule} failed: {error}.', why: 'It did.', help: 'Report it.' } },
  }),
);
const rules = [everyService, broken, copying, optIn, internalError];

const two = `apiVersion: v1
kind: Service
metadata:
  name: cart
  namespace: shop
---
apiVersion: v1
kind: Service
metadata:
  name: front
  namespace: web
  annotations:
    galley.istio.io/analyze-suppress: IST0101, IST0118
`;

function named(name: string, rule: object): NamedRule {
  return { name, rule: rule as NamedRule['rule'] };
}

async function run(
  chosen: readonly NamedRule[],
  options: AnalyzeOptions = {},
  raw = two,
): Promise<Awaited<ReturnType<Awaited<ReturnType<typeof openTexts>>['analyze']>>> {
  return (await openTexts([{ path: 'a.yaml', raw }])).analyze(chosen.map(headOf), 'test', options);
}

describe('rules run isolated', () => {
  test('one that throws is IST0001 and exit code 3; the others ran', async () => {
    const analysis = await run(rules);
    expect(analysis.report.diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'IST0001 routing/broken failed: cannot stand cart.',
      expect.stringContaining('IST0001 routing/copying failed: the place handed over is no object of'),
      'IST0118 Service cart.',
    ]);
    expect(analysis.report.coverage.rules).toMatchObject({
      ran: ['routing/every-service'],
      crashed: ['routing/broken', 'routing/copying'],
    });
    expect(exitCode(analysis, 'never')).toBe(3);
  });

  test('those without anything to judge, opt-in ones and disabled ones are skipped, and it is said', async () => {
    const empty = await run(rules, {}, 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n');
    expect(empty.report.coverage.rules.skipped.map(({ rule, why }) => `${rule}: ${why}`)).toEqual([
      'routing/every-service: no Service in the input',
      'routing/broken: no Service in the input',
      'routing/copying: no Service in the input',
      'routing/opt-in: opt-in (--enable IST0136)',
    ]);
    const some = await run(rules, { selection: { only: new Set(['every-service', 'IST0136']) } });
    expect(some.report.coverage.rules.ran).toEqual(['routing/every-service', 'routing/opt-in']);
    const without = await run(rules, { selection: { disable: new Set(['routing/broken', 'IST0109']) } });
    expect(without.report.coverage.rules.crashed).toEqual([]);
  });
});

describe('what is shown', () => {
  test('the annotation silences, also with blanks, and the finding stays in the report', async () => {
    const { report } = await run([everyService]);
    expect(report.diagnostics.map(({ message }) => message)).toEqual(['Service cart.']);
    expect(report.suppressed.map(({ message, suppressed }) => [message, suppressed.by])).toEqual([
      ['Service front.', 'annotation'],
    ]);
  });

  test.each([
    ['IST0118', 1],
    ['*', 1],
    ['IST0101', 0],
    ['IST0118=Service shop/cart', 1],
    ['IST0118=Service cart.shop', 1],
    ['IST0118=Service shop/*', 1],
    ['IST0118=* */cart', 1],
    ['IST0118=*', 1],
    ['IST0118=Service web/*', 0],
    ['IST0118=VirtualService *', 0],
  ])('-S %s silences %i more', async (text, count) => {
    const { parseSuppression } = await import('./suppress.ts');
    const suppression = parseSuppression(text);
    const analysis = await run([everyService], {
      suppressions: suppression === undefined ? [] : [suppression],
    });
    expect(analysis.report.suppressed).toHaveLength(1 + count);
    expect(exitCode(analysis, 'warning')).toBe(count === 1 ? 0 : 1);
  });

  test('what --show hides still counts for the exit code, what -n hides does not', async () => {
    const shown = await run([everyService], { show: 'error' });
    expect(shown.report).toMatchObject({ diagnostics: [], summary: { hidden: 1 } });
    expect(exitCode(shown, 'warning')).toBe(1);
    const elsewhere = await run([everyService], { namespace: 'web' });
    expect(elsewhere.report).toMatchObject({ diagnostics: [], summary: { hidden: 1 } });
    expect(exitCode(elsewhere, 'info')).toBe(0);
  });
});

test('a finding keeps its fingerprint when its lines move, and no two share one', async () => {
  const before = (await run([everyService], {}, two.replaceAll('IST0118', 'none'))).report.diagnostics;
  const after = (await run([everyService], {}, `# moved\n\n${two.replaceAll('IST0118', 'none')}`)).report
    .diagnostics;
  expect(after.map(({ fingerprint }) => fingerprint)).toEqual(before.map(({ fingerprint }) => fingerprint));
  expect(after[0]?.location?.line).toBe((before[0]?.location?.line ?? 0) + 2);
  expect(new Set(before.map(({ fingerprint }) => fingerprint)).size).toBe(2);
});

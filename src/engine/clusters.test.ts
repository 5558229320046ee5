import { describe, expect, test } from 'vitest';
import { at, defineRule, type NamedRule } from '../sdk/index.ts';
import { headOf } from '../sdk/rule.ts';
import { type ClusterText, openClusterTexts } from '../session/clusters.ts';
import { openTexts } from '../session/session.ts';

// Rules made up for the engine alone: it knows none of the real ones.

const everyService = named(
  'routing/every-service',
  defineRule({
    code: 'IST0118',
    severity: 'warning',
    since: '0.0.0',
    summary: 'Finds every Service.',
    reads: { Service: 'some' },
    messages: { here: { what: 'Service {name}.', why: 'It is.', help: 'None.' } },
    check({ graph, report }) {
      for (const service of graph.list('Service')) {
        report(service, { at: at(service.metadata, 'name'), message: 'here', data: { name: service.name } });
      }
    },
  }),
);
const lonely = named(
  'routing/lonely',
  defineRule({
    code: 'IST0170',
    severity: 'warning',
    since: '0.0.0',
    summary: 'Finds Services that a later cluster lacks.',
    reads: { Service: 'some' },
    messages: { lacks: { what: '{cluster} lacks it.', why: 'It does.', help: 'None.' } },
    checkClusters({ clusters, report }) {
      const [first, ...others] = clusters;
      for (const service of first?.graph.list('Service') ?? []) {
        for (const { name, graph } of others) {
          if (graph.copies('Service', service).length > 0) continue;
          const related = graph.list('Service').map((resource) => ({ resource, note: 'Another.' }));
          report(service, { at: at(service.metadata), message: 'lacks', data: { cluster: name }, related });
        }
      }
    },
  }),
);
const broken = named('routing/broken', {
  ...everyService.rule,
  code: 'IST0101',
  check(context) {
    const services = context.graph.list('Service');
    if (services.some(({ cluster }) => cluster === 'east')) throw new Error('not in the east');
    everyService.rule.check?.(context);
  },
});

function named(name: string, rule: NamedRule['rule']): NamedRule {
  return { name, rule };
}

const service = (name: string, more = ''): string =>
  `apiVersion: v1\nkind: Service\nmetadata: { name: ${name}, namespace: shop${more} }\n`;
const texts: readonly ClusterText[] = [
  { path: 'west.yaml', raw: service('front'), cluster: 'west' },
  { path: 'east.yaml', raw: service('cart'), cluster: 'east' },
  { path: 'all.yaml', raw: service('common') },
];

async function analyze(all: readonly ClusterText[], ...rules: readonly NamedRule[]) {
  const clusters = await openClusterTexts(all);
  return (await clusters.analyze(rules.map(headOf), 'test')).report;
}

describe('several clusters', () => {
  test('a rule runs over each, and its findings name the cluster', async () => {
    const { diagnostics } = await analyze(texts, everyService);
    const shown = diagnostics.map(
      ({ location, resource }) => `${location?.file} ${resource?.cluster} ${resource?.name}`,
    );
    expect(shown).toEqual([
      'all.yaml east common',
      'all.yaml west common',
      'east.yaml east cart',
      'west.yaml west front',
    ]);
    expect(new Set(diagnostics.map(({ fingerprint }) => fingerprint)).size).toBe(4);
  });

  test('a rule about clusters runs once, over all of them in the order of their names', async () => {
    const { diagnostics, coverage } = await analyze(texts, lonely);
    expect(diagnostics.map(({ message, resource }) => [message, resource?.cluster])).toEqual([
      ['west lacks it.', 'east'],
    ]);
    expect(diagnostics[0]?.related.map(({ resource }) => `${resource?.cluster} ${resource?.name}`)).toEqual([
      'west common',
      'west front',
    ]);
    expect(coverage.rules.ran).toEqual(['routing/lonely']);
  });

  test('it has nothing to do with one cluster, named or not', async () => {
    const skipped = [
      {
        rule: 'routing/lonely',
        code: 'IST0170',
        cause: 'out-of-scope',
        why: 'needs several clusters (--cluster, --contexts)',
      },
    ];
    const one = await analyze(texts.slice(1), lonely);
    expect(one.coverage.rules).toEqual({ ran: [], skipped, crashed: [] });
    const session = await openTexts([{ path: 'a.yaml', raw: service('cart') }]);
    const { report } = await session.analyze([headOf(lonely)], 'test');
    expect(report.coverage.rules).toEqual({ ran: [], skipped, crashed: [] });
    expect(report.coverage.clusters).toBeUndefined();
  });

  test('what was read is added up, and told of each', async () => {
    const { coverage, summary } = await analyze(
      [...texts, { path: 'broken.yaml', raw: 'a: "open\n' }],
      everyService,
    );
    expect(coverage).toMatchObject({ files: 6, documents: 6, resources: 4, kinds: { Service: 4 } });
    expect(coverage.skipped.map(({ path }) => path)).toEqual(['broken.yaml']);
    expect(summary.incomplete).toBe(true);
    expect(coverage.clusters?.map(({ name, files, resources }) => [name, files, resources])).toEqual([
      ['east', 3, 2],
      ['west', 3, 2],
    ]);
  });

  test('a rule that throws in one cluster still runs in the others', async () => {
    const clusters = await openClusterTexts(texts);
    const { crashes, report } = await clusters.analyze([headOf(broken)], 'test');
    expect(report.diagnostics.map(({ resource }) => resource?.cluster)).toEqual(['west', 'west']);
    expect(crashes.map(({ error }) => error.message)).toEqual(['not in the east']);
    expect(report.coverage.rules).toMatchObject({ ran: [], crashed: ['routing/broken'] });
  });

  test('an annotation silences a finding in its own cluster only', async () => {
    const silent = service('cart', ', annotations: { galley.istio.io/analyze-suppress: IST0118 }');
    const { diagnostics, suppressed } = await analyze(
      [
        { path: 'a.yaml', raw: silent, cluster: 'east' },
        { path: 'b.yaml', raw: service('cart'), cluster: 'west' },
      ],
      everyService,
    );
    expect([diagnostics, suppressed].map(([one]) => one?.resource?.cluster)).toEqual(['west', 'east']);
  });
});

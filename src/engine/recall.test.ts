import { describe, expect, test } from 'vitest';
import { createGraph, type WholeGraph } from '../graph/graph.ts';
import { incomplete } from '../graph/lookup.ts';
import type { Identified, Resource } from '../graph/resource.ts';
import { view } from '../graph/view.ts';
import { defaultMesh } from '../model/mesh.ts';
import { headOf, type NamedRule, type Rule } from '../sdk/rule.ts';
import { createRecaller, type PastRun } from './recall.ts';
import { runRules } from './run.ts';

// A small cluster of Gateways and Sidecars, and rules that count how often they run.

const mesh = { ...defaultMesh, config: { metadata: {} }, configKnown: false };
const whyUnread = (): undefined => undefined;
const placed = new WeakMap<Identified, Resource>();

function object(kind: 'Gateway' | 'Sidecar', name: string): Identified {
  const source = { path: `test:${kind}/${name}`, text: '', live: { cluster: 'test' } };
  const body = { metadata: { name, namespace: 'shop' }, spec: {} };
  return { kind, body, apiVersion: 'networking.istio.io/v1', origin: { source, start: 0, end: 0 } };
}

const [gateway, sidecar] = [object('Gateway', 'public'), object('Sidecar', 'default')];

function graphOf(resources: readonly Identified[], changed: object = {}): WholeGraph {
  const layout = { kustomizations: [], opaque: [] };
  return createGraph({ resources, layout, mesh, world: 'live', whyUnread, placed, ...changed });
}

/** What is looked for once, whoever asks. */
const sought = view({ Gateway: 'some' }, (graph) =>
  graph
    .list('Gateway')
    .map((one) => graph.missing({ what: 'port', name: one.name, knowledge: incomplete('unknown') }, one)),
);

let ran: string[] = [];
function rule(name: string, reads: Rule['reads'], more: Partial<Rule> = {}): NamedRule {
  const messages = { wrong: { what: 'wrong', why: 'wrong', help: 'wrong' } };
  return {
    name,
    rule: {
      code: 'IST9999',
      severity: 'error',
      since: '0.0.0',
      summary: '',
      reads,
      messages,
      needs: [],
      check: () => ran.push(name),
      ...more,
    },
  };
}

async function judge(
  graph: WholeGraph,
  rules: readonly NamedRule[],
  past?: PastRun,
  { from, crashes = false }: { readonly from?: string; readonly crashes?: boolean } = {},
): Promise<{ ran: readonly string[]; past: PastRun; isCertain: boolean; unresolved: number }> {
  ran = [];
  const recaller = createRecaller(graph, past);
  const heads = rules.map((named) => ({ ...headOf(named), ...(from === undefined ? {} : { from }) }));
  const selection = { only: new Set<string>(), enable: new Set<string>(), disable: new Set<string>() };
  const input = { name: '', graph, read: {} };
  const result = await runRules([input], heads, selection, undefined, undefined, recaller.recall);
  expect(result.crashes.length > 0).toBe(crashes);
  return {
    ran,
    past: recaller.run(),
    isCertain: recaller.isCertain(),
    unresolved: graph.unresolved().length,
  };
}

const both = [gateway, sidecar];
describe('a rule', () => {
  const reader = rule('a/reader', { Gateway: 'some' });
  const cases: readonly {
    what: string;
    rule?: NamedRule;
    from?: string;
    graph: WholeGraph;
    again: boolean;
  }[] = [
    { what: 'whose kinds are the same', graph: graphOf(both), again: false },
    { what: 'where another kind lost one', graph: graphOf([gateway]), again: false },
    { what: 'where its kind lost one', graph: graphOf([sidecar]), again: true },
    { what: 'where its kind has a new one', graph: graphOf([...both, object('Gateway', 'b')]), again: true },
    { what: 'where one was replaced', graph: graphOf([object('Gateway', 'public'), sidecar]), again: true },
    { what: 'in another mesh', graph: graphOf(both, { mesh: { ...mesh } }), again: true },
    { what: 'where less was read', graph: graphOf(both, { whyUnread: () => undefined }), again: true },
    { what: 'in files', graph: graphOf(both, { world: 'closed' }), again: true },
    { what: 'of a plugin', from: 'plugin', graph: graphOf(both), again: true },
    {
      what: 'about certificates',
      rule: rule('a/dates', { Secret: 'some', Gateway: 'some' }),
      graph: graphOf(both),
      again: true,
    },
    { what: 'about all kinds', rule: rule('a/all', {}), graph: graphOf(both), again: true },
  ];
  test.each(cases)('$what runs again: $again', async ({ rule: one = reader, from, graph, again }) => {
    const more = from === undefined ? {} : { from };
    const { past } = await judge(graphOf(both), [one], undefined, more);
    expect((await judge(graph, [one], past, more)).ran).toEqual(again ? [one.name] : []);
  });

  test('that threw is asked again, and so are all others', async () => {
    const broken = rule(
      'a/broken',
      { Sidecar: 'some' },
      {
        check() {
          throw new Error('broken');
        },
      },
    );
    const { past } = await judge(graphOf(both), [broken, reader], undefined, { crashes: true });
    expect((await judge(graphOf(both), [broken, reader], past, { crashes: true })).ran).toEqual(['a/reader']);
  });

  test('that is not the same code runs again', async () => {
    const { past } = await judge(graphOf(both), [reader]);
    expect((await judge(graphOf(both), [rule('a/reader', reader.rule.reads)], past)).ran).toEqual([
      'a/reader',
    ]);
  });
});

describe('what was noted as unresolved', () => {
  const asks = (name: string, reads: Rule['reads'], when: (graph: WholeGraph) => boolean): NamedRule =>
    rule(name, reads, {
      check: ({ graph }) => {
        ran.push(name);
        if (when(graph as WholeGraph)) sought(graph as WholeGraph);
      },
    });
  const hasSidecar = (graph: WholeGraph): boolean => graph.list('Sidecar').length > 0;

  test('is noted again for a rule that does not run', async () => {
    const rules = [asks('a/one', { Gateway: 'some' }, () => true)];
    const { past } = await judge(graphOf(both), rules);
    expect(await judge(graphOf([gateway]), rules, past)).toMatchObject({
      ran: [],
      unresolved: 1,
      isCertain: true,
    });
  });

  test('by a rule that no longer asks may be what another one asked, too', async () => {
    const rules = [
      asks('a/first', { Gateway: 'some', Sidecar: 'some' }, hasSidecar),
      asks('a/second', { Gateway: 'some' }, () => true),
    ];
    const { past, unresolved } = await judge(graphOf(both), rules);
    expect(unresolved).toBe(1);
    const next = await judge(graphOf([gateway]), rules, past);
    expect(next).toMatchObject({ ran: ['a/first'], isCertain: false });
    expect(await judge(graphOf([gateway]), rules)).toMatchObject({ unresolved: 1, isCertain: true });
  });
});

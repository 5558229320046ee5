import { expect, test } from 'vitest';
import { at, defineRule, type Report, type Rule } from '../sdk/rule.ts';
import { checkExample } from './check-example.ts';
import { checkUse } from './check-rule.ts';
import { parsePage } from './pages.ts';
import type { RuleFolder } from './rule-folder.ts';

const manifests = `\`\`\`yaml
apiVersion: v1
kind: Namespace
metadata:
  name: red # ! red-namespace
---
apiVersion: v1
kind: Namespace
metadata:
  name: blue
---
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: red
`;
const example = pageOf(`## Bad\n${manifests}\`\`\`\n`).examples[0] ?? expect.unreachable();

function pageOf(text: string): ReturnType<typeof parsePage> {
  return parsePage('README.md', text);
}

const messages = {
  red: { what: 'Namespace {name} is red.', why: 'Red hurts the eye.', help: 'Name it otherwise.' },
  unused: { what: 'Never.', why: 'Never.', help: 'Never.' },
} as const;
type Check = NonNullable<ReturnType<typeof ruleOf>['check']>;
type Context = Parameters<Check>[0];

function ruleOf(check: (graph: Context['graph'], report: Report<typeof messages>) => void) {
  return defineRule({
    code: 'IST0102',
    severity: 'warning',
    since: '0.1.0',
    summary: 'A Namespace is red.',
    reads: { Namespace: 'some', Service: 'all' },
    messages,
    check: ({ graph, report }) => check(graph, report),
  });
}
const named = (rule: Rule): { name: string; rule: Rule } => ({ name: 'colour/red-namespace', rule });

const honest = ruleOf((graph, report) => {
  for (const namespace of graph.list('Namespace')) {
    if (!namespace.name.startsWith('red')) continue;
    report(namespace, { at: at(namespace.metadata, 'name'), message: 'red', data: { name: namespace.name } });
  }
});

test('a rule that reports exactly the marked places passes', async () => {
  expect(await checkExample(named(honest), example)).toEqual([]);
});

test('a missing and an extra finding are told with the line of the page', async () => {
  const wrong = ruleOf((graph, report) => {
    for (const namespace of graph.list('Namespace')) {
      if (namespace.name === 'red') continue;
      report(namespace, {
        at: at(namespace.metadata, 'name'),
        message: 'red',
        data: { name: namespace.name },
      });
    }
  });
  expect(await checkExample(named(wrong), example)).toEqual([
    'README.md:6  marked, but nothing is reported here',
    'README.md:11  reported, but not marked: warning "Namespace blue is red." (Namespace blue metadata.name)',
  ]);
});

test('a place that stands in for a missing field has to be marked so', async () => {
  const pointing = ruleOf((graph, report) => {
    const red = graph.list('Namespace').find(({ name }) => name.startsWith('red'));
    if (red) report(red, { at: at(red.metadata, 'labels'), message: 'red', data: { name: red.name } });
  });
  const text = manifests.replace(
    'metadata:\n  name: red # ! red-namespace',
    'metadata: # ! red-namespace ~\n  name: red',
  );
  const vague = pageOf(`## Bad\n${text}\`\`\`\n`).examples[0];
  expect(vague && (await checkExample(named(pointing), vague))).toEqual([]);
  const exact = pageOf(`## Bad\n${text.replace(' ~', '')}\`\`\`\n`).examples[0];
  expect(exact && (await checkExample(named(pointing), exact))).toEqual([
    expect.stringContaining('README.md:5  points at a parent of a field that is not there'),
  ]);
});

test('a rule that writes into the graph is caught', async () => {
  const writing = ruleOf((graph) => {
    for (const namespace of graph.list('Namespace')) Object.assign(namespace.metadata, { name: 'green' });
  });
  expect(await checkExample(named(writing), example)).toEqual([
    expect.stringContaining('the rule threw TypeError: Cannot assign to read only property'),
  ]);
});

test('a rule that hangs on the order of documents is caught', async () => {
  const fickle = ruleOf((graph, report) => {
    const [first] = [...graph.list('Namespace')].sort((a, b) => a.origin.start - b.origin.start);
    if (first) report(first, { at: at(first.metadata, 'name'), message: 'red', data: { name: first.name } });
  });
  const complaints = await checkExample(named(fickle), example);
  expect(complaints).toContainEqual(
    expect.stringContaining('documents in another order: no longer reported'),
  );
});

test('a good example must give the rule something to judge', async () => {
  const good = pageOf('## Good\n```yaml\napiVersion: v1\nkind: Service\nmetadata: { name: web }\n```')
    .examples[0];
  expect(good && (await checkExample(named(honest), good))).toEqual([
    'the rule had nothing to judge: no Namespace in the input',
  ]);
});

test('a rule that finds something without what it says that it needs is caught', async () => {
  const lonely = pageOf('## Good\n```yaml\napiVersion: v1\nkind: Namespace\nmetadata: { name: red }\n```')
    .examples[0];
  const wrong = { ...named(honest), rule: { ...named(honest).rule, needs: [['Service']] as const } };
  expect(lonely && (await checkExample(wrong, lonely))).toEqual([
    expect.stringContaining('reported, but not marked'),
  ]);
});

test.each([
  ['the name of a namespace', 'namespaces of other names: no longer reported: example.yaml:4'],
  ['how many there are', 'resources of others beside it: no longer reported: example.yaml:4'],
])('a rule that hangs on %s is caught', async (hangsOn, complaint) => {
  const odd = ruleOf((graph, report) => {
    const all = graph.list('Namespace');
    const red = all.find(({ name }) => (hangsOn.startsWith('the name') ? name === 'red' : /^red/.test(name)));
    if (red === undefined || (hangsOn.startsWith('how') && all.length > 2)) return;
    report(red, { at: at(red.metadata, 'name'), message: 'red', data: { name: red.name } });
  });
  expect(await checkExample(named(odd), example)).toContainEqual(expect.stringContaining(complaint));
});

test('unused messages, unread kinds and missing values are told', async () => {
  const folder: RuleFolder = {
    name: 'colour/red-namespace',
    path: '',
    page: pageOf(''),
    examples: [example],
  };
  expect(await checkUse(folder, named(honest))).toEqual([
    'no example leads to message "unused"',
    'reads names Service, but no example makes the rule read it: remove it, or add an example that needs it',
  ]);
  const careless: Rule = {
    ...honest,
    reads: { Namespace: 'some' },
    check({ graph, report }) {
      for (const namespace of graph.list('Namespace')) {
        graph.list('Service');
        report(namespace, { at: at(namespace.metadata), message: 'red' });
      }
    },
  };
  expect(await checkUse(folder, named(careless))).toEqual([
    'no example leads to message "unused"',
    'the rule hands over no value for the placeholder red.name',
    'the rule reads Service: add it to reads',
  ]);
});

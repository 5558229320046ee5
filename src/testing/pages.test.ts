import { expect, test } from 'vitest';
import { markersOf } from './markers.ts';
import { parsePage } from './pages.ts';

const page = `# missing-gateway
\`IST0101\` · error · since 0.1.0

A VirtualService names a Gateway
that does not exist.

## Why
Because.

## Bad
\`\`\`yaml
a: 1 # ! missing-gateway
\`\`\`
### Two files
Some words.
\`\`\`yaml file=dev/a.yaml world=auto
a: 1
b: 2 # ! missing-gateway warning ~ # ! missing-gateway
\`\`\`
\`\`\`yaml file=dev/b.yaml istio-version=1.28
c: 3
\`\`\`
\`\`\`text
not an input
\`\`\`

## Good
\`\`\`yaml
a: 1
\`\`\`
\`\`\`yaml
a: 2
\`\`\`

## Fix
\`\`\`yaml
no: example
\`\`\`
`;

test('a page is read', () => {
  const { title, facts, summary, sections, examples } = parsePage('README.md', page);
  expect(title).toBe('missing-gateway');
  expect(facts).toBe('`IST0101` · error · since 0.1.0');
  expect(summary).toBe('A VirtualService names a Gateway that does not exist.');
  expect(sections.map(({ heading, line }) => `${heading} ${line}`)).toEqual([
    'Why 7',
    'Bad 10',
    'Good 27',
    'Fix 35',
  ]);
  expect(examples.map(({ verdict, title, files }) => [verdict, title, files.length])).toEqual([
    ['bad', 'Bad', 1],
    ['bad', 'Two files', 2],
    ['good', 'Good 1', 1],
    ['good', 'Good 2', 1],
  ]);
});

test('the blocks of one example make its files and its settings', () => {
  const example = parsePage('README.md', page).examples[1];
  expect(example?.files).toEqual([
    {
      path: 'dev/a.yaml',
      text: 'a: 1\nb: 2 # ! missing-gateway warning ~ # ! missing-gateway\n',
      from: { path: 'README.md', line: 17 },
    },
    { path: 'dev/b.yaml', text: 'c: 3\n', from: { path: 'README.md', line: 21 } },
  ]);
  expect(example?.settings).toMatchObject({ world: 'auto', mesh: { istioVersion: '1.28' } });
});

test('markers name rule, severity and a place that is not exact; several stand on one line', () => {
  const [, example] = parsePage('README.md', page).examples;
  expect(example && markersOf(example)).toEqual([
    { file: 'dev/a.yaml', line: 2, rule: 'missing-gateway', severity: 'warning', exact: false },
    { file: 'dev/a.yaml', line: 2, rule: 'missing-gateway', exact: true },
  ]);
});

test.each([
  ['a marker that cannot be read', '```yaml\na: 1 # ! Missing\n```', /README\.md:3: cannot read the marker/],
  [
    'an attribute that nothing knows',
    '```yaml wrld=auto\na: 1\n```',
    /README\.md:2: unknown attribute "wrld"/,
  ],
  ['a block that is never closed', '```yaml\na: 1', /README\.md:2: this block is never closed/],
  [
    'two worlds',
    '### X\n```yaml world=auto\n```\n```yaml world=open\n```',
    /world is both "auto" and "open"/,
  ],
  ['two files of one name', '### X\n```yaml file=a.yaml\n```\n```yaml file=a.yaml\n```', /two files a\.yaml/],
])('%s is refused with its place', (_, text, complaint) => {
  expect(() => parsePage('README.md', `## Bad\n${text}`).examples.flatMap(markersOf)).toThrow(complaint);
});

test('files of an example may belong to clusters', () => {
  const block = (words: string): string => `\`\`\`yaml file=${words}\na: 1\n\`\`\`\n`;
  const text = (...blocks: readonly string[]): string =>
    `# x\n## Bad\n### One\n${blocks.map(block).join('')}`;
  const [example] = parsePage(
    'README.md',
    text('a.yaml cluster=east', 'b.yaml cluster=west', 'c.yaml'),
  ).examples;
  expect(example?.files.map(({ path, cluster }) => [path, cluster])).toEqual([
    ['a.yaml', 'east'],
    ['b.yaml', 'west'],
    ['c.yaml', undefined],
  ]);
  expect(() => parsePage('README.md', text('a.yaml cluster'))).toThrow('README.md:4: cluster needs a name');
});

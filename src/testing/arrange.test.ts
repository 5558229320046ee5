import { expect, test } from 'vitest';
import { arrangementsOf, isPlain } from './arrange.ts';
import type { Example, ExampleFile } from './example.ts';

const file = (path: string, text: string): ExampleFile => ({ path, text, from: { path, line: 1 } });
const document = (name: string): string => `apiVersion: v1\nkind: Service\nmetadata: { name: ${name} }\n`;
const example: Example = {
  verdict: 'bad',
  title: 'x',
  files: [
    file('a.yaml', `${document('one')}---\n${document('two')}--- # third\n${document('three')}`),
    file('b.yaml', document('four')),
  ],
  settings: { world: 'closed', mesh: {}, fixedLayout: false, requested: false },
};

test('every layout holds every line once and knows where it came from', () => {
  const all = arrangementsOf(example, {
    withinFiles: true,
    oneFile: true,
    manyFiles: true,
    others: false,
    namespaces: [],
  });
  expect(all.map(({ name, texts }) => [name, texts.length])).toEqual([
    ['files in another order', 2],
    ['documents in another order', 2],
    ['all documents in one file', 1],
    ['one file per document', 4],
  ]);
  for (const { texts, original } of all) {
    const places = texts.flatMap(({ path, raw }) =>
      raw
        .split('\n')
        .flatMap((line, i) => (line.includes('name:') ? [`${line} ${original(path, i + 1)}`] : [])),
    );
    expect(places.sort()).toEqual([
      'metadata: { name: four } b.yaml:3',
      'metadata: { name: one } a.yaml:3',
      'metadata: { name: three } a.yaml:11',
      'metadata: { name: two } a.yaml:7',
    ]);
  }
});

test('resources of others stand beside, and names of namespaces change wherever they are words of their own', () => {
  const text = 'namespace: shop # shop-b\nhost: a.shop.svc\nshop: [shop, workshop, shop-two]\n';
  const [, beside, renamed] = arrangementsOf(
    { ...example, files: [file('a.yaml', text), file('b.yaml', '')] },
    { withinFiles: false, oneFile: false, manyFiles: false, others: true, namespaces: ['shop'] },
  );
  expect(beside?.texts.map(({ path }) => path)).toEqual(['a.yaml', 'b.yaml', 'bystanders.yaml']);
  expect(renamed).toMatchObject({
    renamed: true,
    texts: [
      { raw: 'namespace: shop-two # shop-b\nhost: a.shop-two.svc\nshop: [shop-two, workshop, shop-two]\n' },
      { raw: '' },
    ],
  });
});

test('only plain manifests are moved about', () => {
  expect(example.files.every(isPlain)).toBe(true);
  expect(isPlain(file('kustomization.yaml', document('x')))).toBe(false);
  expect(isPlain(file('values.yaml', 'image: x\n'))).toBe(false);
  expect(isPlain(file('a.json', '{}'))).toBe(false);
  expect(isPlain(file('a.yaml', `# only a comment\n---\n${document('x')}`))).toBe(true);
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { load } from './load.ts';
import type { Loaded } from './loaded.ts';
import { createTempFolder, manifest, type TempFolder } from './temp-folder.ts';
import { readTexts } from './texts.ts';

const DEPLOYMENT = 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n';

function read(files: Readonly<Record<string, string>>, request = {}): Promise<Loaded> {
  return readTexts(
    Object.entries(files).map(([path, raw]) => ({ path, raw })),
    request,
  );
}

function skippedIn({ skipped }: Loaded): string[] {
  return skipped.map(({ path, reason, documents }) => `${path}: ${documents} ${reason}`);
}

describe('documents', () => {
  test('become manifests with their places', async () => {
    const raw = `# first\n${manifest('a')}---\n---\n${DEPLOYMENT}`;
    const { manifests, stats, problems, skipped } = await read({ 'x.yaml': raw });
    expect(manifests.map(({ value }) => value.kind)).toEqual(['Service', 'Deployment']);
    const [first, second] = manifests;
    expect(first?.origin.item).toBeUndefined();
    expect(second?.origin.source.text.slice(second.origin.start, second.origin.end)).toBe(DEPLOYMENT);
    expect(stats).toEqual({ files: 1, documents: 2, manifests: 2, bytes: raw.length, slowDocuments: 0 });
    expect([...problems, ...skipped]).toEqual([]);
  });

  test('may be read by the slow path only', async () => {
    const { stats, manifests } = await read({ 'x.yaml': manifest('a') }, { forceSlow: true });
    expect(stats.slowDocuments).toBe(1);
    expect(manifests).toHaveLength(1);
  });

  test.each([
    ['CRLF', manifest('a').replaceAll('\n', '\r\n')],
    ['a byte order mark', `\ufeff${manifest('a')}`],
    ['JSON', JSON.stringify({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' } })],
    ['no end of line', manifest('a').trimEnd()],
  ])('may come with %s', async (_, raw) => {
    const { manifests, problems } = await read({ 'x.yaml': raw });
    expect(manifests[0]?.value).toEqual({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' } });
    expect(problems).toEqual([]);
  });

  test('that do not parse are problems; the others of the file are read', async () => {
    const broken = 'apiVersion: v1\nkind: [Service\nmetadata: {}\n';
    const { manifests, problems, layout, skipped } = await read({
      'x.yaml': `${manifest('a')}---\n${broken}---\n${manifest('b')}`,
    });
    expect(manifests.map(({ value }) => value.metadata)).toEqual([{ name: 'a' }, { name: 'b' }]);
    expect(problems).toMatchObject([{ rule: 'input/unparsable-input', message: 'syntax' }]);
    expect(problems[0]?.data.problem).not.toBe('');
    const span = problems[0]?.place.span;
    expect(span?.start).toBeGreaterThan(manifest('a').length);
    expect(span?.start).toBeLessThan(manifest('a').length + broken.length + 4);
    expect(layout.opaque).toEqual([{ path: 'x.yaml', why: 'unparsable' }]);
    expect(skipped).toEqual([{ path: 'x.yaml', reason: 'unparsable', documents: 1 }]);
  });

  test('that do not parse are noted when asked to ignore them', async () => {
    const loaded = await read({ 'x.yaml': 'a: [' }, { ignoreUnknown: true });
    expect(loaded.problems).toMatchObject([
      { rule: 'input/skipped-input', data: { reason: 'text that does not parse', count: 1 } },
    ]);
    expect(loaded.layout.opaque).toEqual([{ path: 'x.yaml', why: 'unparsable' }]);
  });

  test('with a key twice are read, and both places said', async () => {
    const raw = `${manifest('a')}---\n${manifest('b')}"kind": Service\n---\na: 1\na: 2\n`;
    const { manifests, problems } = await read({ 'x.yaml': raw });
    expect(manifests).toHaveLength(2);
    const [twice] = problems.filter(({ rule }) => rule === 'input/duplicate-key');
    expect(problems.filter(({ rule }) => rule === 'input/duplicate-key')).toHaveLength(1);
    expect(twice).toMatchObject({ message: 'twice', data: { key: 'kind', line: 7 } });
    const cut = (span?: { start: number; end: number }) => raw.slice(span?.start, span?.end);
    expect(cut(twice?.place.span)).toBe('"kind"');
    expect(cut(twice?.related?.[0]?.place.span)).toBe('kind');
    expect(twice?.related?.[0]?.note).toBe('first written here');
  });
});

describe('what is no manifest', () => {
  test.each([
    ['nothing', 'x.yaml', '', '0 empty'],
    ['comments', 'x.yaml', '# one\n---\n# two\n', '0 empty'],
    ['null', 'x.yaml', 'null\n', '0 empty'],
    ['text', 'x.yaml', 'hello\n', '1 not-a-manifest'],
    ['a fragment', 'x.yaml', 'spec:\n  hosts: []\n', '1 not-a-manifest'],
    ['a list', 'x.yaml', '- a\n- b\n', '1 not-a-manifest'],
    ['no kind', 'x.yaml', 'apiVersion: v1\nmetadata: {}\n', '1 no-kind'],
    ['an empty kind', 'x.yaml', 'apiVersion: v1\nkind: ""\n', '1 no-kind'],
    ['a number as kind', 'x.yaml', 'apiVersion: v1\nkind: 1\n', '1 no-kind'],
    ['no apiVersion', 'x.yaml', 'kind: Service\n', '1 no-api-version'],
    ['values', 'values.yaml', 'replicas: 1\n', '1 helm-values'],
    ['values of an environment', 'env/values-prod.yaml', 'a: 1\n', '1 helm-values'],
    ['values with a name', 'prod.values.yml', 'a: 1\n', '1 helm-values'],
    ['a chart', 'Chart.yaml', 'apiVersion: v2\nname: x\n', '1 helm-chart'],
    ['requirements', 'requirements.yaml', 'dependencies: []\n', '1 helm-chart'],
    ['a lock', 'Chart.lock', 'digest: x\n', '1 helm-chart'],
    ['Compose by name', 'docker-compose.test.yml', 'volumes: {}\n', '1 compose'],
    ['Compose by content', 'stack.yml', 'services:\n  web:\n    image: nginx\n', '1 compose'],
    ['other services', 'dump.json', '{"services": {"a": {"hostname": "a"}}}', '1 not-a-manifest'],
    ['GitLab CI', '.gitlab-ci.yml', 'build:\n  script: make\n', '1 ci'],
    ['GitHub actions', '.github/dependabot.yml', 'version: 2\n', '1 ci'],
    ['a workflow', 'build.yml', 'on: push\njobs: {}\n', '1 ci'],
    ['a JSON patch', 'p.yaml', '- op: remove\n  path: /spec/x\n', '1 patch'],
    ['a kustomization', 'k/kustomization.yml', 'resources: []\n', '1 kustomization'],
    ['a kustomization without suffix', 'Kustomization', 'resources: []\n', '1 kustomization'],
    ['an empty kustomization', 'kustomization.yaml', '# later\n', '1 kustomization'],
    [
      'a component',
      'c.yaml',
      'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n',
      '1 kustomization',
    ],
  ])('%s is skipped, with its reason', async (_, path, raw, expected) => {
    const loaded = await read({ [path]: raw });
    expect(skippedIn(loaded)).toEqual([`${path}: ${expected}`]);
    expect(loaded.manifests).toEqual([]);
    expect(loaded.layout.opaque).toEqual([]);
    expect(loaded.problems.map(({ rule, message, place }) => [rule, message, place.source.path])).toEqual([
      ['input/skipped-input', 'skipped', path],
    ]);
  });

  test.each([
    ['a manifest called values', 'values.yaml', manifest('a')],
    ['a manifest called requirements', 'requirements.yaml', manifest('a')],
    [
      'a Flux kustomization',
      'kustomization.yaml',
      'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: a\n',
    ],
    ['an unknown kind', 'x.yaml', 'apiVersion: skaffold/v2beta1\nkind: Config\n'],
    ['a resource with services', 'x.yaml', `${manifest('a')}services:\n  web: {image: nginx}\njobs: {}\n`],
  ])('%s is none of these', async (_, path, raw) => {
    const loaded = await read({ [path]: raw });
    expect(loaded.manifests).toHaveLength(1);
    expect(loaded.skipped).toEqual([]);
  });

  test('is one note for each file, at its first line', async () => {
    const raw = `${manifest('a')}---\n# A comment\n\n  # and\na: 1\n---\nb: 2\n---\nkind: Service\n`;
    const { problems, skipped } = await read({ 'x.yaml': raw });
    expect(skipped.map(({ reason, documents }) => [reason, documents])).toEqual([
      ['not-a-manifest', 2],
      ['no-api-version', 1],
    ]);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.data).toEqual({
      reason:
        'no Kubernetes manifest (it has neither apiVersion nor kind) and no Kubernetes manifest (it has no apiVersion)',
      count: 3,
    });
    const span = problems[0]?.place.span;
    expect(raw.slice(span?.start, span?.end)).toBe('a: 1');
  });
});

describe('lists', () => {
  const item = (name: string) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name } });

  test('give their items, nested ones too, with the way to them', async () => {
    const list = {
      apiVersion: 'v1',
      kind: 'List',
      items: [
        item('a'),
        { apiVersion: 'v1', kind: 'List', items: [item('b')] },
        'text',
        { kind: 'Pod' },
        null,
      ],
    };
    const loaded = await read({ 'x.json': JSON.stringify(list) });
    expect(loaded.manifests.map(({ value, origin }) => [value.metadata, origin.item])).toEqual([
      [{ name: 'a' }, ['items', 0]],
      [{ name: 'b' }, ['items', 1, 'items', 0]],
    ]);
    expect(loaded.stats).toMatchObject({ documents: 1, manifests: 2 });
    expect(skippedIn(loaded)).toEqual(['x.json: 2 not-a-manifest', 'x.json: 1 no-api-version']);
  });

  test('of one kind lend it to their items, as the API server answers', async () => {
    const list = {
      apiVersion: 'v1',
      kind: 'PodList',
      metadata: {},
      items: [{ metadata: { name: 'a' } }, item('b')],
    };
    const { manifests } = await read({ 'x.json': JSON.stringify(list) });
    expect(manifests.map(({ value }) => [value.apiVersion, value.kind])).toEqual([
      ['v1', 'Pod'],
      ['v1', 'Service'],
    ]);
  });

  test.each(['items: []', 'items:', 'other: 1'])('without items (%s) are noted', async (rest) => {
    const loaded = await read({ 'x.yaml': `apiVersion: v1\nkind: List\n${rest}\n` });
    expect(skippedIn(loaded)).toEqual(['x.yaml: 1 empty']);
  });

  test('are not resources that are merely called so', async () => {
    const { manifests } = await read({
      'x.yaml': `${manifest('a', 'AllowList')}items: [{a: 1}]\n---\n${manifest('b', 'PriceList')}`,
    });
    expect(manifests.map(({ value }) => value.kind)).toEqual(['AllowList', 'PriceList']);
  });

  test('may use aliases', async () => {
    const raw =
      'apiVersion: v1\nkind: List\nitems:\n- &a\n  apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n- *a\n';
    const { manifests } = await read({ 'x.yaml': raw });
    expect(manifests).toHaveLength(2);
    expect(manifests[0]?.value).not.toBe(manifests[1]?.value);
  });

  test('may be long', async () => {
    const items = Array.from({ length: 20_000 }, (_, i) => item(`s${i}`));
    const loaded = await read({ 'x.json': JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) });
    expect(loaded.manifests).toHaveLength(20_000);
    expect(loaded.manifests.at(-1)?.origin.item).toEqual(['items', 19_999]);
  });
});

describe('loading', () => {
  let folder: TempFolder;
  beforeEach(() => {
    folder = createTempFolder();
  });
  afterEach(() => folder.remove());

  const stdinOf = (input: string | Uint8Array) => () => Promise.resolve(input);

  test.each([
    ['text', manifest('a')],
    ['bytes', Buffer.from(manifest('a'))],
    ['UTF-16', Buffer.from(`\ufeff${manifest('a')}`, 'utf16le')],
  ])('reads standard input that comes as %s, once', async (_, input) => {
    folder.write({ 'b.yaml': manifest('b') });
    const loaded = await load({
      cwd: folder.path,
      paths: ['-', 'b.yaml', '-'],
      stdin: stdinOf(input),
      exclude: ['<*'],
    });
    expect(loaded.manifests.map(({ origin }) => origin.source.path)).toEqual(['<stdin>', 'b.yaml']);
    expect(loaded.failures).toEqual([]);
  });

  test('takes empty standard input for a note', async () => {
    const loaded = await load({ paths: ['-'], stdin: stdinOf('') });
    expect(skippedIn(loaded)).toEqual(['<stdin>: 0 empty']);
    expect(loaded.failures).toEqual([]);
  });

  test.each([
    ['missing', undefined, 'there is none here'],
    ['failing', () => Promise.reject(new Error('closed')), 'closed'],
    ['binary', stdinOf(Uint8Array.of(0, 1)), 'it is not a text file'],
  ])('takes %s standard input for a failure', async (_, stdin, why) => {
    const { failures } = await load({ paths: ['-'], ...(stdin === undefined ? {} : { stdin }) });
    expect(failures).toMatchObject([{ path: '-', why: `Standard input cannot be read: ${why}.` }]);
  });

  test('of nothing gives nothing', async () => {
    const loaded = await load({ paths: [] });
    expect(loaded).toEqual({
      manifests: [],
      paths: [],
      commented: [],
      isPart: false,
      layout: { kustomizations: [], opaque: [] },
      problems: [],
      failures: [],
      skipped: [],
      stats: { files: 0, documents: 0, manifests: 0, bytes: 0, slowDocuments: 0 },
    });
  });

  test('tells how far it is, now and then', async () => {
    folder.write(Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`${i}.yaml`, ''])));
    const calls: [number, number][] = [];
    await load({ paths: [folder.path], onProgress: (_, done, total) => calls.push([done, total]) });
    expect(calls).toEqual([
      [0, 250],
      [100, 250],
      [200, 250],
      [250, 250],
    ]);
  });

  test('passes over the data of other programs that a folder holds', async () => {
    folder.write({ 'rows.json': '{"a": 1}\n{"a": 2}\n', 'x.json': '{"apiVersion": "v1"' });
    const loaded = await load({ cwd: folder.path, paths: ['.'] });
    expect(skippedIn(loaded)).toEqual(['rows.json: 1 not-a-manifest', 'x.json: 1 unparsable']);
    const given = await load({ cwd: folder.path, paths: ['rows.json'] });
    expect(skippedIn(given)).toEqual(['rows.json: 1 unparsable']);
  });

  test('reads a file of 50 MB', async () => {
    const data = Array.from({ length: 1000 }, (_, i) => `  line${i}: ${'x'.repeat(1000)}\n`).join('');
    const raw = `${manifest('big', 'ConfigMap')}data:\n${data}---\n`.repeat(50);
    folder.write({ 'big.yaml': raw });
    const { manifests, stats } = await load({ paths: [folder.path] });
    expect(manifests).toHaveLength(50);
    expect(stats.bytes).toBeGreaterThan(50_000_000);
  });
});

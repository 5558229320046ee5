import { describe, expect, test } from 'vitest';
import { cpuTime } from '../../test/support/cpu-time.ts';
import { load } from './load.ts';
import { createTempFolder, manifest } from './temp-folder.ts';
import { isBrokenByTemplate } from './template.ts';
import { readTexts } from './texts.ts';

async function reasonsOf(files: Readonly<Record<string, string>>): Promise<string[]> {
  const { skipped, manifests, layout } = await readTexts(
    Object.entries(files).map(([path, raw]) => ({ path, raw })),
  );
  return [
    ...manifests.map(({ origin }) => `${origin.source.path} read`),
    ...skipped.map(({ path, reason }) => `${path} ${reason}`),
    ...layout.opaque.map(({ path, why }) => `${path} opaque: ${why}`),
  ];
}

describe('text that does not parse', () => {
  test.each([
    ['an action as a value', 'name: {{ .Values.name }}'],
    ['an action in a value', 'a: b\nname: {{ .Release.Name }}-web'],
    ['a line of its own', '{{- if .Values.on }}\na: b\n{{- end }}'],
    ['quotes within quotes', 'name: "{{ include "chart.name" . }}"'],
    ['Jinja', '{% for host in hosts %}\n- {{ host }}\n{% endfor %}'],
    ['ERB', '<% if x %>\na: b'],
    ['an action after a block scalar', 'a: |\n  {{ x }}\nb: {{ y }}'],
    ['an action that leaves the block scalar', 'a: |\n{{ .Files.Get "x" | indent 2 }}'],
    ['an action after a comment', '# {{ x }}\nb: {{ y }}'],
    ['an action after a quoted one', 'a: "{{ x }}"\nb: \'{{ y }}\' # {{ z }}\nc: "\\"" {{ d }}'],
  ])('by %s is a template', (_, text) => {
    expect(isBrokenByTemplate(text, 0, text.length)).toBe(true);
  });

  test.each([
    ['a comment', 'a: [ # {{ x }}\n# {{ y }}'],
    ['a quoted scalar', 'a: "{{ x }}"\nb: \'{{ y }}\'\nc: ['],
    ['a block scalar', 'data:\n  run: |-\n    {{ x }}\n\n    {{ y }}\n  c: ['],
    ['a folded scalar in a list', '- >2 # note\n    {{ x }}\n- ['],
    ['a placeholder', `a: \${NAME}\nb: [`],
    ['nothing', 'a: ['],
  ])('with a mark only in %s is not', (_, text) => {
    expect(isBrokenByTemplate(text, 0, text.length)).toBe(false);
  });

  test('is looked at document by document', () => {
    const text = 'a: {{ x }}\n---\nb: [';
    expect(isBrokenByTemplate(text, text.indexOf('b'), text.length)).toBe(false);
  });

  test.each([
    ['quoted openings', 'a: "'.padEnd(200_000, '{{ ')],
    ['bars', '| '.repeat(100_000)],
    ['blanks', `a: |${' '.repeat(200_000)}x {{`],
  ])('may be hostile: %s', (_, text) => {
    const start = cpuTime();
    isBrokenByTemplate(text, 0, text.length);
    expect(cpuTime() - start).toBeLessThan(2000);
  });
});

describe('documents', () => {
  test.each([
    ['that a template breaks', 'name: {{ .Values.name }}\n'],
    ['with an open name', manifest('"{{ name }}"')],
    ['with an open part of the name', manifest('web-{{ .Release.Name }}')],
    ['with a name from the environment', manifest(`web-\${ENV}`)],
    ['with an open namespace', `${manifest('a')}  namespace: <%= ns %>\n`],
    ['with an open kind', manifest('a', '"{{ kind }}"')],
    ['with an open version', manifest('a').replace('v1', `\${VERSION}`)],
  ])('%s are templates', async (_, raw) => {
    expect(await reasonsOf({ 'a/x.yaml': raw })).toEqual(['a/x.yaml template', 'a/x.yaml opaque: template']);
  });

  test.each([
    ['data', `${manifest('a', 'ConfigMap')}data:\n  x: |\n    {{ .Values.x }}\n`],
    ['an annotation', `${manifest('a')}  annotations:\n    x: "{{ y }} \${Z}"\n`],
  ])('with marks in %s are manifests', async (_, raw) => {
    expect(await reasonsOf({ 'a/x.yaml': raw })).toEqual(['a/x.yaml read']);
  });

  test('that do not parse for another reason are no templates', async () => {
    const raw = `${manifest('a', 'ConfigMap')}data:\n  x: |\n    {{ .Values.x }}\n  y: [\n`;
    expect(await reasonsOf({ 'x.yaml': raw })).toEqual(['x.yaml unparsable', 'x.yaml opaque: unparsable']);
  });

  test('beside templates are read', async () => {
    const raw = `${manifest('a')}---\n${manifest('{{ b }}')}---\n${manifest('c')}`;
    expect(await reasonsOf({ 'x.yaml': raw })).toEqual([
      'x.yaml read',
      'x.yaml read',
      'x.yaml template',
      'x.yaml opaque: template',
    ]);
  });

  test('in a list may be templates', async () => {
    const raw =
      'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: "{{ a }}"}}\n';
    expect(await reasonsOf({ 'x.yaml': raw })).toEqual(['x.yaml template', 'x.yaml opaque: template']);
  });
});

describe('the templates of a Helm chart', () => {
  const files = {
    'chart/Chart.yaml': 'apiVersion: v2\nname: chart\n',
    'chart/templates/plain.yaml': manifest('a'),
    'chart/templates/sub/open.yaml': `${manifest('b', 'ConfigMap')}data:\n  x: "{{ .Values.x }}"\n`,
    'chart/crds/x.yaml': `${manifest('c', 'ConfigMap')}data:\n  x: "{{ .Values.x }}"\n`,
    'templates/no-chart.yaml': `${manifest('d', 'ConfigMap')}data:\n  x: "{{ .Values.x }}"\n`,
  };
  const expected = [
    'chart/templates/plain.yaml read',
    'chart/crds/x.yaml read',
    'templates/no-chart.yaml read',
    'chart/Chart.yaml helm-chart',
    'chart/templates/sub/open.yaml template',
    'chart/templates/sub/open.yaml opaque: template',
  ];

  test('are what has marks anywhere', async () => {
    expect(await reasonsOf(files)).toEqual(expected);
  });

  test('are known from the disk when the chart is not read', async () => {
    const folder = createTempFolder().write(files);
    const templates = `${folder.path}/chart/templates`;
    const { skipped } = await load({ cwd: templates, paths: ['.'] });
    expect(skipped).toMatchObject([{ path: 'sub/open.yaml', reason: 'template' }]);
    const raw = files['chart/templates/sub/open.yaml'];
    const piped = await load({ cwd: templates, paths: ['-'], stdin: () => Promise.resolve(raw) });
    expect(piped.manifests).toHaveLength(1);
    folder.remove();
  });
});

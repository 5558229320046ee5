import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { run, virtualService, withTree } from './run.ts';

const schema = JSON.parse(readFileSync(new URL('../../schemas/report.schema.json', import.meta.url), 'utf8'));
const validate = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true }).compile(schema);

const bad = virtualService('cart', 'public');
const inputs: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'a clean file': { 'a.yaml': virtualService('cart') },
  'findings with fixes': { 'a.yaml': `${virtualService('cart')}hosts: []\nspecs: {}\n` },
  'errors, suppressed ones and what was not read': {
    'a.yaml': bad,
    'b.yaml': bad.replace(
      'metadata:\n',
      'metadata:\n  annotations: {galley.istio.io/analyze-suppress: "*"}\n',
    ),
    'broken.yaml': 'a: "open\n',
    'values.yaml': 'a: 1\n',
    'floats.yaml': virtualService('floats', 'public', ''),
    'other.yaml': 'apiVersion: example.org/v1\nkind: Thing\nmetadata: {name: it}\n',
    'twice.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: a, name: b}\n',
    'misfit.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: shop}\nspec: {ports: 3}\n',
    'dev/a.yaml': virtualService('variant'),
    'prod/a.yaml': virtualService('variant'),
  },
};

test('the JSON with a baseline follows its schema', async () => {
  const files = { 'a.yaml': bad, 'b.yaml': bad.replace('name: cart', 'name: other') };
  await withTree(files, async (cwd) => {
    await run(['baseline', '.', '--world', 'closed'], { cwd });
    writeFileSync(join(cwd, 'b.yaml'), virtualService('other'));
    const args = ['analyze', '.', '--world', 'closed', '--baseline', 'meshlint-baseline.json', '-o', 'json'];
    const report = JSON.parse((await run(args, { cwd })).stdout);
    expect(report.baseline).toMatchObject({ known: 1, fixed: [{ file: 'b.yaml' }] });
    validate(report);
    expect(validate.errors ?? []).toEqual([]);
  });
});

for (const [name, files] of Object.entries(inputs)) {
  test.each(['auto', 'closed', 'open'])(`the JSON of ${name} follows its schema (%s)`, async (world) => {
    await withTree(files, async (cwd) => {
      const args = ['analyze', '.', 'gone.yaml', '--world', world, '--format', 'json', '--enable', 'IST0102'];
      const { stdout } = await run(args, { cwd });
      validate(JSON.parse(stdout));
      expect(validate.errors ?? []).toEqual([]);
    });
  });
}

import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** A definition of ProxyConfig as the schema has it, but for what is changed. */
function definition(change: (spec: Record<string, unknown>) => void): string {
  const spec = {
    type: 'object',
    properties: {
      concurrency: { type: 'integer', minimum: 0 },
      environmentVariables: { type: 'object', additionalProperties: { type: 'string', maxLength: 2048 } },
      image: { type: 'object', properties: { imageType: { type: 'string' } } },
      selector: {
        type: 'object',
        properties: {
          matchLabels: {
            type: 'object',
            maxProperties: 4096,
            additionalProperties: { type: 'string', maxLength: 63 },
          },
        },
      },
    },
  };
  change(spec.properties);
  return JSON.stringify({
    kind: 'CustomResourceDefinition',
    metadata: { name: 'proxyconfigs.networking.istio.io' },
    spec: {
      group: 'networking.istio.io',
      names: { kind: 'ProxyConfig' },
      versions: [{ name: 'v1beta1', schema: { openAPIV3Schema: { type: 'object', properties: { spec } } } }],
    },
  });
}

function check(change: (properties: Record<string, unknown>) => void): {
  status: number | null;
  lines: string[];
} {
  const file = join(mkdtempSync(join(tmpdir(), 'meshlint-crd-')), 'crd.yaml');
  writeFileSync(file, definition(change));
  const { status, stdout } = spawnSync(process.execPath, ['scripts/check-schemas.mjs', file], {
    encoding: 'utf8',
  });
  const lines = stdout.split('\n').filter((line) => line.startsWith('  ') && line.includes(' .spec'));
  return {
    status,
    lines: lines.map((line) => line.trim().replace('networking.istio.io/ProxyConfig v1beta1 ', '')),
  };
}

test('schemas and definitions that agree', () => {
  expect(check(() => {}).lines).toEqual([]);
});

test('a field, a bound and a type that differ are told', () => {
  const { status, lines } = check((properties) => {
    properties.concurrency = { type: 'string', minimum: 1 };
    properties.fresh = { type: 'string' };
    delete properties.image;
  });
  expect(status).toBe(1);
  expect(lines).toEqual([
    '.spec.concurrency type: CRD "string", ours "integer"',
    '.spec.concurrency minimum: CRD 1, ours 0',
    '.spec.fresh field: CRD there, ours missing',
    '.spec.image field: CRD missing, ours there',
    '.spec.image.imageType field: CRD missing, ours there',
  ]);
});

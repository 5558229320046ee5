import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { rules } from '../rules/index.gen.ts';
import type { Diagnostic } from '../src/engine/diagnostic.ts';
import { openTexts } from '../src/session/session.ts';

// Each example says what to expect of it: `expected.txt` is what the command prints for it; the findings of
// `--format json` are in test/fixtures/examples. `npm run examples` writes both anew, for someone to read.

const examples = readdirSync('examples', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  // Those with a configuration are run where it stands, by tests of their own.
  .filter((entry) => !existsSync(`examples/${entry.name}/meshlint.yaml`))
  .map((entry) => entry.name);

describe.each(examples)('%s', (name) => {
  const home = `examples/${name}`;
  const expected: unknown[] = JSON.parse(readFileSync(`test/fixtures/examples/${name}.json`, 'utf8'));
  const exitCode = expected.length > 0 ? 1 : 0;

  test('has a page', () => {
    expect(existsSync(`${home}/README.md`)).toBe(true);
  });

  test('text', () => {
    const { stdout, status } = meshlint('analyze', home);
    expect(stdout.replace(/^Rules .*\n/m, '')).toBe(readFileSync(`${home}/expected.txt`, 'utf8'));
    expect(status).toBe(exitCode);
  });

  test('json', () => {
    const { stdout, status } = meshlint('analyze', home, '--format', 'json');
    expect(JSON.parse(stdout).diagnostics.map(inShort)).toEqual(expected);
    expect(status).toBe(exitCode);
  });

  test('whatever the order of the files', async () => {
    const texts = manifestFiles(home).map((path) => ({ path, raw: readFileSync(path, 'utf8') }));
    for (const order of [texts.toReversed(), texts.toSorted((a, b) => hash(a.path) - hash(b.path))]) {
      expect((await findings(order)).map(inShort)).toEqual(expected);
    }
  });

  test('as one file', async () => {
    const raw = manifestFiles(home)
      .map((path) => readFileSync(path, 'utf8'))
      .join('\n---\n');
    const all = await findings([{ path: 'all.yaml', raw }]);
    const withoutPlace = (findings: readonly unknown[]): string[] =>
      findings.map((finding) => JSON.stringify({ ...(finding as object), place: '' })).sort();
    expect(withoutPlace(all.map(inShort))).toEqual(withoutPlace(expected));
  });
});

/** What tells one finding from another, in one object. */
function inShort({ code, rule, severity, message, resource, location }: Diagnostic): object {
  const owner = resource?.namespace === undefined ? '' : `${resource.namespace}/`;
  return {
    code,
    rule,
    severity,
    message,
    ...(resource === undefined ? {} : { resource: `${resource.kind} ${owner}${resource.name}` }),
    place: `${location?.file}:${location?.line}:${location?.column}`,
  };
}

async function findings(texts: readonly { path: string; raw: string }[]): Promise<readonly Diagnostic[]> {
  const session = await openTexts(texts);
  return (await session.analyze(rules, 'test')).report.diagnostics;
}

function manifestFiles(home: string): string[] {
  return readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.name.endsWith('.yaml'))
    .map((entry) => `${entry.parentPath}/${entry.name}`)
    .sort();
}

function hash(text: string): number {
  return [...text].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 65_521, 7);
}

function meshlint(...args: string[]): { stdout: string; status: number | null } {
  const { NO_COLOR: _, FORCE_COLOR: __, ...env } = process.env;
  return spawnSync(process.execPath, ['dist/cli.js', ...args], { encoding: 'utf8', env });
}

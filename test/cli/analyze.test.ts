import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { formats } from '../../src/report/index.ts';
import { type Outcome, run, type Setting, virtualService, withTree } from './run.ts';

const bad = virtualService('cart', 'public');
const good = virtualService('cart');
const closed = ['--world', 'closed'];

/** Analyzes a tree from inside it. */
function analyze(
  files: Readonly<Record<string, string>>,
  args: readonly string[],
  setting: Setting = {},
): Promise<Outcome> {
  return withTree(files, (cwd) => run(['analyze', ...args], { cwd, ...setting }));
}

describe('the exit code', () => {
  const everyFormat = Object.keys(formats);
  test.each(everyFormat)('is 0 for clean input (%s)', async (format) => {
    const { code, stderr } = await analyze({ 'a.yaml': good }, ['.', '--format', format]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
  test.each(everyFormat)('is 1 for an error (%s)', async (format) => {
    const { code, stdout } = await analyze({ 'a.yaml': bad }, ['.', ...closed, '--format', format]);
    expect(code).toBe(1);
    expect(stdout).toContain('Gateway shop/public does not exist.');
  });
  test.each(everyFormat)(
    'is 3 for a path that does not exist, and the rest is judged (%s)',
    async (format) => {
      const args = ['a.yaml', 'gone.yaml', ...closed, '--format', format];
      const { code, stdout } = await analyze({ 'a.yaml': bad }, args);
      expect(code).toBe(3);
      expect(stdout).toContain('gone.yaml');
      expect(stdout).toContain('Gateway shop/public does not exist.');
    },
  );
  test.each(everyFormat)('is 3 for a document that does not parse (%s)', async (format) => {
    const { code, stdout } = await analyze({ 'a.yaml': `${bad}---\na: "open\n` }, [
      '.',
      ...closed,
      '-o',
      format,
    ]);
    expect(code).toBe(3);
    expect(stdout).toContain('IST1907');
    expect(stdout).toContain('Gateway shop/public does not exist.');
  });
  test('is 0 with --ignore-unknown for what does not parse', async () => {
    const { code } = await analyze({ 'a.yaml': `${good}---\na: "open\n` }, ['.', '--ignore-unknown']);
    expect(code).toBe(0);
  });
  test('is 2 for a bad flag, and nothing is printed as a report', async () => {
    const { code, stdout, stderr } = await analyze({ 'a.yaml': bad }, ['.', '--format', 'xml']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(
      'error: --format cannot be "xml".\n  help: It takes text, compact, json, yaml, sarif, junit, github, gitlab, checkstyle or markdown.\n',
    );
  });
  test.each([
    ['never', 0],
    ['error', 1],
    ['Warning', 1],
    ['INFO', 1],
  ])('follows --fail-on %s', async (level, expected) => {
    const { code } = await analyze({ 'a.yaml': bad }, ['.', ...closed, '--fail-on', level]);
    expect(code).toBe(expected);
  });
  test('of hidden findings is the same', async () => {
    const gateways = { 'a.yaml': virtualService('cart', 'publik'), 'b.yaml': gateway('public') };
    const { code, stdout } = await analyze(gateways, [
      '.',
      '--world',
      'open',
      '--fail-on',
      'warning',
      '--show',
      'error',
    ]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^Nothing to show in 2 files \(1 not shown\)/);
  });
});

describe('input', () => {
  test('comes from standard input', async () => {
    const { code, stdout } = await run(['analyze', '-', ...closed, '--format', 'json'], { input: bad });
    expect(code).toBe(1);
    expect(JSON.parse(stdout).diagnostics).toHaveLength(1);
  });
  test.each(['', '\n# nothing\n', '---\n'])('may be empty: %j', async (input) => {
    const { code, stdout } = await run(['analyze', '-'], { input });
    expect(code).toBe(0);
    expect(stdout).not.toContain('No issues found');
    expect(stdout).toContain('Nothing to judge');
  });
  test('is left out by --exclude, which may be repeated', async () => {
    const files = { 'a.yaml': good, 'x/b.yaml': bad, 'y/c.yaml': bad };
    const { code } = await analyze(files, ['.', ...closed, '--exclude', 'x/**', '--exclude=c.yaml']);
    expect(code).toBe(0);
  });
  test('is needed', async () => {
    const { code, stderr } = await run(['analyze']);
    expect(code).toBe(2);
    expect(stderr).toContain('No path was given');
  });
  test('of other kinds is counted and never called clean', async () => {
    const { code, stdout } = await analyze({ 'values.yaml': 'replicas: 2\n' }, ['.']);
    expect(code).toBe(0);
    expect(stdout).not.toContain('No issues found');
  });
});

describe('output', () => {
  test('has the same findings in every format', async () => {
    await withTree({ 'a.yaml': bad, 'b.yaml': virtualService('other', 'private') }, async (cwd) => {
      const json = await run(['analyze', '.', ...closed, '-o', 'json'], { cwd });
      const yaml = await run(['analyze', '.', ...closed, '-o', 'yaml'], { cwd });
      const text = await run(['analyze', '.', ...closed, '-o', 'log'], { cwd });
      expect(parse(yaml.stdout)).toEqual(JSON.parse(json.stdout));
      expect(text.stdout.match(/^error\[IST0101\]/gm)).toHaveLength(2);
    });
  });
  test('goes to a file, with the summary on standard error', async () => {
    await withTree({ 'a.yaml': bad }, async (cwd) => {
      const args = ['analyze', 'a.yaml', ...closed, '--format', 'json', '--output-file', 'report.json'];
      const { code, stdout, stderr } = await run(args, { cwd });
      expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: '1 error in 1 file\n' });
      expect(JSON.parse(readFileSync(join(cwd, 'report.json'), 'utf8')).diagnostics).toHaveLength(1);
    });
  });
  test('to a file that cannot be written is a usage error', async () => {
    const { code, stderr } = await analyze({ 'a.yaml': good }, ['.', '--output-file', 'no/such/folder.json']);
    expect(code).toBe(2);
    expect(stderr).toContain('The text report cannot be written to no/such/folder.json');
  });
  test('has no colours in a pipe, unless they are forced', async () => {
    await withTree({ 'a.yaml': bad }, async (cwd) => {
      const args = ['analyze', '.', ...closed];
      const sequence = '\u001b[';
      expect((await run(args, { cwd })).stdout).not.toContain(sequence);
      expect((await run(args, { cwd, env: { FORCE_COLOR: '1' } })).stdout).toContain(sequence);
      expect((await run(args, { cwd, env: { FORCE_COLOR: '0' } })).stdout).not.toContain(sequence);
      expect((await run([...args, '--color'], { cwd })).stdout).toContain(sequence);
      expect((await run([...args, '--color=true'], { cwd, env: { NO_COLOR: '1' } })).stdout).toContain(
        sequence,
      );
      for (const off of ['--no-color', '--color=false']) {
        const { stdout } = await run([...args, off], { cwd, env: { FORCE_COLOR: '1' } });
        expect(stdout).not.toContain(sequence);
      }
    });
  });
  test('is findings only with --quiet', async () => {
    expect((await analyze({ 'a.yaml': good }, ['.', '--quiet'])).stdout).toBe('');
    const { stdout } = await analyze({ 'a.yaml': bad }, ['.', ...closed, '-q']);
    expect(stdout).toContain('error[IST0101]');
    expect(stdout).not.toContain('Read ');
  });
  test('names with -v what it otherwise counts', async () => {
    const files = { 'a.yaml': bad, 'values.yaml': 'replicas: 2\n' };
    const brief = await analyze(files, ['.', '--world', 'open']);
    expect(brief.stdout).toContain('1 reference could be neither found nor called missing');
    expect(brief.stdout).not.toContain('the world is open');
    const verbose = await analyze(files, ['.', '--world', 'open', '-v']);
    expect(verbose.stdout).toContain('the world is open');
    expect(verbose.stdout).toContain('values.yaml');
  });
  test('may be closed early', async () => {
    const many = Array.from({ length: 2000 }, (_, i) => virtualService(`cart-${i}`, 'public')).join('---\n');
    const { code, stderr } = await analyze({ 'a.yaml': many }, ['.', ...closed], { closeEarly: true });
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  });
});

describe('rules', () => {
  const findings = async (...args: string[]): Promise<number> => {
    const { stdout } = await analyze({ 'a.yaml': bad }, ['.', ...closed, '--format', 'json', ...args]);
    return JSON.parse(stdout).diagnostics.length;
  };
  test('are chosen by code, name and short name', async () => {
    expect(await findings('--rule', 'IST0101')).toBe(1);
    expect(await findings('--rule', 'routing/missing-gateway')).toBe(1);
    expect(await findings('--analyzer', 'missing-gateway')).toBe(1);
    expect(await findings('--rule', 'IST0001,IST1907')).toBe(0);
    expect(await findings('--disable', 'ist0101')).toBe(0);
    expect(await findings('--enable', 'IST0102,IST0133', '--disable', 'IST0136,IST0101')).toBe(0);
  });
  test('are suppressed by -S', async () => {
    expect(await findings('-S', 'IST0101=VirtualService shop/*')).toBe(0);
    expect(await findings('--suppress', 'IST0101=VirtualService cart.shop')).toBe(0);
    expect(await findings('-S', 'missing-gateway VirtualService shop/cart')).toBe(0);
    expect(await findings('-S', 'IST0101=VirtualService other/*')).toBe(1);
  });
  test.each([
    [['--rule', 'missing-gatway'], 'Did you mean missing-gateway?'],
    [['--disable', 'IST101'], 'Did you mean IST0101?'],
    [['--enable', 'nonsense'], '"meshlint rules" lists them all.'],
    [['-S', 'IST101'], 'Did you mean IST0101?'],
    [['-S', '=everything'], 'It takes CODE=RESOURCE'],
  ])('must exist: %j', async (args, hint) => {
    const { code, stderr } = await analyze({ 'a.yaml': bad }, ['.', ...args]);
    expect(code).toBe(2);
    expect(stderr).toContain(hint);
  });
});

test('-n places manifests and filters, -A lifts the filter', async () => {
  const files = {
    'a.yaml': virtualService('cart', 'public', ''),
    'b.yaml': virtualService('other', 'public', 'else'),
  };
  const names = async (...args: string[]): Promise<string[]> => {
    const { stdout } = await analyze(files, ['.', ...closed, '--format', 'json', ...args]);
    const { diagnostics } = JSON.parse(stdout);
    return diagnostics.map(
      (d: { resource: { namespace: string; name: string } }) => `${d.resource.namespace}/${d.resource.name}`,
    );
  };
  expect(await names('-n', 'shop')).toEqual(['shop/cart']);
  expect(await names('--namespace=shop', '-A')).toEqual(['shop/cart', 'else/other']);
  expect(await names()).toEqual(['default/cart', 'else/other']);
});

function gateway(name: string): string {
  return [
    'apiVersion: networking.istio.io/v1',
    'kind: Gateway',
    `metadata: {name: ${name}, namespace: shop}`,
    'spec:',
    '  selector: {istio: ingressgateway}',
    '  servers:',
    '  - port: {number: 80, name: http, protocol: HTTP}',
    '    hosts: ["shop.example.com"]',
    '',
  ].join('\n');
}

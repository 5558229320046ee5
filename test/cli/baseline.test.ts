import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Outcome, run, virtualService, withTree } from './run.ts';

const FILE = 'meshlint-baseline.json';
const bad = (name: string): string => virtualService(name, 'public');

/** A folder with two known findings. */
function inOldRepository(
  use: (folder: {
    analyze(...args: string[]): Promise<Outcome>;
    baseline(...args: string[]): Promise<Outcome>;
    write(path: string, text: string): void;
    at(path: string): string;
    entries(): { code: string; file: string; resource: string; count?: number }[];
  }) => Promise<void>,
): Promise<void> {
  return withTree({ 'a.yaml': bad('cart'), 'b/c.yaml': bad('other') }, async (cwd) => {
    const at = (path: string): string => join(cwd, path);
    const call = (command: string, args: readonly string[]): Promise<Outcome> =>
      run([command, '.', '--world', 'closed', ...args], { cwd });
    const { code, stdout } = await call('baseline', []);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${FILE}: 2 known findings (2 new)\n` });
    await use({
      analyze: (...args) => call('analyze', ['--baseline', FILE, ...args]),
      baseline: (...args) => call('baseline', args),
      write: (path, text) => writeFileSync(at(path), text),
      at,
      entries: () => JSON.parse(readFileSync(at(FILE), 'utf8')).findings,
    });
  });
}

test('what is known neither fails nor is shown, and is still in the report', () =>
  inOldRepository(async ({ analyze, entries }) => {
    expect(entries()).toMatchObject([
      { code: 'IST0101', resource: 'VirtualService shop/cart', file: 'a.yaml' },
      { code: 'IST0101', resource: 'VirtualService shop/other', file: 'b/c.yaml' },
    ]);
    const text = await analyze();
    expect(text.code).toBe(0);
    expect(text.stdout).toMatch(/^No issues found in 2 files, 2 resources \(2 known\)/);
    expect(text.stdout).toContain(`2 known findings in ${FILE}`);
    const { diagnostics, suppressed, baseline } = JSON.parse((await analyze('-o', 'json')).stdout);
    expect(diagnostics).toEqual([]);
    expect(suppressed).toMatchObject([
      { suppressed: { by: 'baseline' } },
      { suppressed: { by: 'baseline' } },
    ]);
    expect(baseline).toEqual({ file: FILE, known: 2, fixed: [] });
  }));

test('only what is new fails and is shown, whatever moved or was written otherwise', () =>
  inOldRepository(async ({ analyze, write, at }) => {
    write('a.yaml', `# moved\n\n${bad('cart').replace('  gateways:\n  - public', '  gateways: ["public"]')}`);
    renameSync(at('b/c.yaml'), at('b/d.yaml'));
    expect((await analyze()).code).toBe(0);
    write('new.yaml', bad('fresh'));
    const { code, stdout } = await analyze();
    expect(code).toBe(1);
    expect(stdout.match(/^error\[/gm)).toHaveLength(1);
    expect(stdout).toContain('VirtualService shop/fresh');
  }));

test('a copy of what is known is new', () =>
  inOldRepository(async ({ analyze, write }) => {
    write('copy.yaml', bad('cart'));
    const { code, stdout } = await analyze('--rule', 'IST0101');
    expect(code).toBe(1);
    expect(stdout).toContain('--> copy.yaml');
    expect(stdout).not.toContain('--> a.yaml');
  }));

test('what is fixed is named, and pruned on request', () =>
  inOldRepository(async ({ analyze, baseline, write, at, entries }) => {
    write('a.yaml', virtualService('cart'));
    rmSync(at('b/c.yaml'));
    write('new.yaml', bad('fresh'));
    const { stdout } = await analyze();
    expect(stdout).toContain(`0 known findings in ${FILE}; 2 fixed`);
    expect(stdout).toContain('IST0101 a.yaml  VirtualService shop/cart: Gateway shop/public does not exist.');
    expect(stdout).toContain('IST0101 b/c.yaml  VirtualService shop/other');
    const pruned = await baseline('--prune');
    expect(pruned).toMatchObject({ code: 0 });
    expect(pruned.stdout).toContain('fixed  IST0101 a.yaml  VirtualService shop/cart');
    expect(pruned.stdout).toContain(`${FILE}: 0 known findings (2 fixed and taken out)`);
    expect(entries()).toEqual([]);
    expect((await analyze()).code).toBe(1);
  }));

test('it holds wherever the command is run, and only speaks of what was read there', () =>
  inOldRepository(async ({ at, write, entries }) => {
    write('b/twice.yaml', 'apiVersion: v1\nkind: Namespace\nmetadata: {name: x, name: shop}\n');
    const here = ['--world', 'closed', '--baseline', `../${FILE}`];
    await run(['baseline', '..', ...here], { cwd: at('b') });
    expect(entries().map(({ file }) => file)).toEqual(['a.yaml', 'b/c.yaml', 'b/twice.yaml']);
    const { code, stdout } = await run(['analyze', '.', ...here], { cwd: at('b') });
    expect(code).toBe(0);
    expect(stdout).toContain('(2 known)');
    expect(stdout).not.toContain('fixed');
    const whole = await run(['analyze', '.', '--world', 'closed', '--baseline', FILE], { cwd: at('') });
    expect(whole.stdout).toContain('(3 known)');
    await run(['baseline', '.', '--prune', ...here], { cwd: at('b') });
    expect(entries()).toHaveLength(3);
  }));

test('written again, it is the same byte for byte', () =>
  inOldRepository(async ({ baseline, at }) => {
    const before = readFileSync(at(FILE), 'utf8');
    expect((await baseline()).stdout).toBe(`${FILE}: 2 known findings\n`);
    expect(readFileSync(at(FILE), 'utf8')).toBe(before);
  }));

test('what a run did not judge stays', () =>
  inOldRepository(async ({ baseline, analyze, write, entries }) => {
    write('a.yaml', virtualService('cart'));
    write('b/c.yaml', virtualService('other'));
    await baseline('--exclude', 'b/**');
    expect(entries()).toMatchObject([{ file: 'b/c.yaml' }]);
    await baseline('--prune', '--disable', 'IST0101');
    expect(entries()).toHaveLength(1);
    expect((await analyze('--rule', 'IST0106')).stdout).not.toContain('fixed');
  }));

test('several alike are counted', () =>
  inOldRepository(async ({ baseline, analyze, write, entries }) => {
    write('a.yaml', `${bad('cart')}---\n${bad('cart')}`);
    await baseline('--rule', 'IST0101');
    expect(entries()).toMatchObject([{ file: 'a.yaml', count: 2 }, { file: 'b/c.yaml' }]);
    expect((await analyze('--rule', 'IST0101')).code).toBe(0);
    write('a.yaml', `${bad('cart')}---\n${bad('cart')}---\n${bad('cart')}`);
    const { stdout } = await analyze('--rule', 'IST0101');
    expect(stdout.match(/^error\[/gm)).toHaveLength(1);
    expect(stdout).toContain('--> a.yaml:38:');
  }));

test('no baseline takes exit code 3 away, and none is written of what was not judged', () =>
  inOldRepository(async ({ baseline, analyze, write, at }) => {
    const before = readFileSync(at(FILE), 'utf8');
    write('broken.yaml', 'a: "open\n');
    expect((await analyze()).code).toBe(3);
    const { code, stdout, stderr } = await baseline();
    expect(code).toBe(3);
    expect(stdout).toContain('IST1907');
    expect(stderr).toContain(`${FILE} was not written`);
    expect(readFileSync(at(FILE), 'utf8')).toBe(before);
  }));

test.each([
  ['{ "version": 1, "findings": [ }', /^error: meshlint-baseline\.json:1:\d+: /],
  ['', /There is nothing in it/],
  ['[]', /meshlint-baseline\.json:1:1: A baseline is a mapping/],
  ['{\n  "version": 2,\n  "findings": []\n}', /meshlint-baseline\.json:2:14: The version of a baseline is 1/],
  ['{ "version": 1 }', /"findings" has to be a list/],
  [
    '{\n  "version": 1,\n  "findings": [\n    { "fingerprint": "0", "code": 1 }\n  ]\n}',
    /meshlint-baseline\.json:4:35: "code" is missing or has the wrong type/,
  ],
])('a broken file is a usage error with its place: %j', (text, message) =>
  inOldRepository(async ({ analyze, baseline, write }) => {
    write(FILE, text);
    for (const { code, stdout, stderr } of [await analyze(), await baseline()]) {
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(message);
    }
  }),
);

test('a file that is not there is a usage error', () =>
  inOldRepository(async ({ analyze, baseline, at }) => {
    rmSync(at(FILE));
    expect(await analyze()).toMatchObject({ code: 2, stdout: '' });
    const { code, stderr } = await baseline('--prune');
    expect(code).toBe(2);
    expect(stderr).toContain(`There is no baseline ${FILE} to prune.`);
    expect(existsSync(at(FILE))).toBe(false);
  }));

test('the configuration names it, relative to itself', () =>
  inOldRepository(async ({ at, write }) => {
    renameSync(at(FILE), at('b/known.json'));
    write('meshlint.yaml', 'baseline: b/known.json\nworld: closed\n');
    const { code, stdout } = await run(['analyze', '.'], { cwd: at('') });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^No issues found in 2 files/);
    const written = await run(['baseline', '.'], { cwd: at('') });
    expect(written.stdout).toBe('b/known.json: 2 known findings\n');
  }));

// `--fix`, `--fix-unsafe` and `--fix-dry-run` as people run them.
import { spawnSync } from 'node:child_process';
import { chmodSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Outcome, run, virtualService, withTree } from './run.ts';

const slips = `# routes of the cart
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: cart, namespace: shop}
spec:
  host: [cart]      # one host
  http:
    - rout:
        - destination: {host: "cart"}
`;
const mended = slips.replace('host:', 'hosts:').replace('rout:', 'route:');
const policy = (method: string): string => `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: readers, namespace: shop}
spec:
  rules:
    - to:
        - operation: {methods: [${method}]}   # as clients send it
`;

async function withFile(
  text: string,
  use: (cwd: string, read: () => string, analyze: (...args: string[]) => Promise<Outcome>) => Promise<void>,
): Promise<void> {
  await withTree({ 'a.yaml': text }, (cwd) =>
    use(
      cwd,
      () => readFileSync(join(cwd, 'a.yaml'), 'utf8'),
      (...args) => run(['analyze', 'a.yaml', ...args], { cwd }),
    ),
  );
}

describe('--fix', () => {
  test('repairs what is certain, says so, and lets the rest decide the exit code', async () => {
    await withFile(slips, async (cwd, read, analyze) => {
      expect(await analyze('--fail-on', 'info')).toMatchObject({ code: 1 });
      const { code, stdout, stderr } = await analyze('--fix', '--fail-on', 'info');
      expect(read()).toBe(mended);
      expect(stderr).toBe('2 findings fixed:\n  a.yaml: IST1902 input/unknown-field (2)\n');
      expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.not.stringContaining('IST1902') });
      expect(readdirSync(cwd)).toEqual(['a.yaml']);
      const { mtimeMs } = statSync(join(cwd, 'a.yaml'));
      expect(await analyze('--fix')).toMatchObject({ code: 0, stderr: 'Nothing fixed.\n' });
      expect(statSync(join(cwd, 'a.yaml')).mtimeMs).toBe(mtimeMs);
    });
  });

  test('leaves what is only likely to --fix-unsafe, and tells of it', async () => {
    await withFile(policy('DELET'), async (_, read, analyze) => {
      const safe = await analyze('--fix', '--fail-on', 'warning');
      expect(safe).toMatchObject({ code: 1 });
      expect(safe.stderr).toBe('Nothing fixed.\n1 more has a fix to look at: --fix-unsafe applies them.\n');
      expect(read()).toBe(policy('DELET'));
      expect(await analyze('--fix-unsafe', '--fail-on', 'warning')).toMatchObject({ code: 0 });
      expect(read()).toBe(policy('DELETE'));
    });
  });

  test('keeps byte order mark, line ends and permissions, and writes where a link leads', async () => {
    const raw = `\ufeff${slips.replaceAll('\n', '\r\n')}`;
    await withTree({ 'real/a.yaml': raw, 'b.yaml': slips }, async (cwd) => {
      chmodSync(join(cwd, 'real/a.yaml'), 0o604);
      symlinkSync('real/a.yaml', join(cwd, 'link.yaml'));
      await run(['analyze', 'link.yaml', '--fix'], { cwd });
      expect(readFileSync(join(cwd, 'real/a.yaml'), 'utf8')).toBe(`\ufeff${mended.replaceAll('\n', '\r\n')}`);
      expect(statSync(join(cwd, 'real/a.yaml')).mode & 0o777).toBe(0o604);
      expect(lstatSync(join(cwd, 'link.yaml')).isSymbolicLink()).toBe(true);
      expect(readFileSync(join(cwd, 'b.yaml'), 'utf8')).toBe(slips);
    });
  });

  test('reaches items of a List and later documents', async () => {
    const item = policy('get').trimEnd().replaceAll('\n', '\n    ');
    const text = `a: 1\n---\napiVersion: v1\nkind: List\nitems:\n  # the first\n  - ${item}\n`;
    await withFile(text, async (_, read, analyze) => {
      await analyze('--fix');
      expect(read()).toBe(text.replace('[get]', '[GET]'));
    });
  });

  test('touches no file that does not parse, and no finding that is silenced', async () => {
    await withFile(`${slips}---\na: [\n`, async (_, read, analyze) => {
      expect(await analyze('--fix')).toMatchObject({ code: 3 });
      expect(read()).toBe(`${slips}---\na: [\n`);
    });
    await withFile(slips, async (_, read, analyze) => {
      await analyze('--fix', '-S', 'IST1902');
      expect(read()).toBe(slips);
    });
  });

  test('never writes standard input, and goes with no --watch', async () => {
    const { stderr } = await run(['analyze', '-', '--fix'], { input: slips });
    expect(stderr).toBe('Nothing fixed.\n');
    expect(await run(['analyze', 'x', '--fix', '--watch'])).toMatchObject({ code: 2 });
  });

  test('lets one finding after the other have its turn', async () => {
    // Both routes behind the first are dead, and so are their matches.
    const dead = virtualService('cart').replace(
      '  http:\n',
      '  http:\n  - match: [{uri: {prefix: /a}}, {uri: {prefix: /a}}, {uri: {prefix: /a}}]\n    directResponse:\n      status: 200\n',
    );
    await withFile(dead, async (_, read, analyze) => {
      await analyze('--fix');
      expect(read()).toBe(dead.replace(', {uri: {prefix: /a}}, {uri: {prefix: /a}}]', ']'));
    });
  });

  test.skipIf(process.getuid?.() === 0)('says which file it may not write (not as root)', async () => {
    await withFile(slips, async (cwd, read, analyze) => {
      chmodSync(join(cwd, 'a.yaml'), 0o444);
      const { code, stderr } = await analyze('--fix');
      expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('a.yaml') });
      expect(read()).toBe(slips);
    });
  });
});

describe('--fix-dry-run', () => {
  test('prints a patch that git applies, writes nothing, and ends as without fixing', async () => {
    await withTree({ 'a.yaml': slips, 'sub/b.yaml': policy('get') }, async (cwd) => {
      const args = ['analyze', '.', '--fix-dry-run', '--fail-on', 'info'];
      const { code, stdout, stderr } = await run(args, { cwd });
      expect(code).toBe((await run(['analyze', '.', '--fail-on', 'info'], { cwd })).code);
      expect(stderr).toContain('3 findings would be fixed:\n');
      expect(readFileSync(join(cwd, 'a.yaml'), 'utf8')).toBe(slips);
      const git = spawnSync('git', ['apply', '-'], { cwd, input: stdout, encoding: 'utf8' });
      expect(git).toMatchObject({ status: 0, stderr: '' });
      expect(readFileSync(join(cwd, 'a.yaml'), 'utf8')).toBe(mended);
      expect(readFileSync(join(cwd, 'sub/b.yaml'), 'utf8')).toBe(policy('GET'));
    });
  });

  test('with --fix-unsafe shows what that would change', async () => {
    await withFile(policy('DELET'), async (_, read, analyze) => {
      expect((await analyze('--fix-dry-run')).stdout).toBe('');
      expect((await analyze('--fix-dry-run', '--fix-unsafe')).stdout).toContain(
        '+        - operation: {methods: [DELETE]}',
      );
      expect(read()).toBe(policy('DELET'));
    });
  });
});

test('the JSON report has the fix of each finding; suppressed ones have none', async () => {
  await withFile(slips, async (_, read, analyze) => {
    const [first] = JSON.parse((await analyze('-o', 'json')).stdout).diagnostics;
    expect(first.fix).toEqual({
      title: 'Rename host to hosts',
      safe: true,
      edits: [{ file: 'a.yaml', startLine: 6, startColumn: 3, endLine: 6, endColumn: 7, newText: 'hosts' }],
    });
    const { suppressed } = JSON.parse((await analyze('-o', 'json', '-S', 'IST1902')).stdout);
    expect(suppressed[0]).not.toHaveProperty('fix');
    expect(read()).toBe(slips);
  });
});

import { expect, test } from 'vitest';
import { type Outcome, run, virtualService, withTree } from './run.ts';

const bad = virtualService('cart', 'public');
const commented = (comment: string): string => bad.replace('  - public\n', `  - public # ${comment}\n`);

function analyze(files: Readonly<Record<string, string>>, ...args: string[]): Promise<Outcome> {
  return withTree(files, (cwd) => run(['analyze', '--world', 'closed', ...args], { cwd }));
}

test('a comment silences with its reason, and the finding stays in the report', async () => {
  const files = { 'a.yaml': commented('meshlint-disable-line IST0101 -- brought by the platform') };
  const { code, stdout } = await analyze(files, '.', '-o', 'json');
  const { diagnostics, suppressed } = JSON.parse(stdout);
  expect({ code, diagnostics }).toEqual({ code: 0, diagnostics: [] });
  expect(suppressed).toMatchObject([
    { code: 'IST0101', suppressed: { by: 'comment', reason: 'brought by the platform' } },
  ]);
  const text = await analyze(files, '.', '-v');
  expect(text.stdout).toContain('IST0101 VirtualService shop/cart: brought by the platform');
});

test('a comment with a slip silences nothing, and this is said at its place', async () => {
  const { code, stdout } = await analyze(
    { 'a.yaml': commented('meshlint-disable-line missing-gatway') },
    '.',
  );
  expect(code).toBe(1);
  expect(stdout).toContain('error[IST0101]');
  expect(stdout).toContain('warning[IST1906]');
  expect(stdout).toContain('--> a.yaml:10:12');
  expect(stdout).toContain('Did you mean missing-gateway?');
});

test('a comment that is left behind is a warning, and counts for --fail-on', async () => {
  const files = { 'a.yaml': `# meshlint-disable-file IST0101 -- x\n${virtualService('cart')}` };
  expect((await analyze(files, '.')).code).toBe(0);
  const { code, stdout } = await analyze(files, '.', '--fail-on', 'warning');
  expect(code).toBe(1);
  expect(stdout).toContain('This comment suppresses IST0101, which is not found here.');
});

test('a file that is judged by itself may lack what its comments are about', async () => {
  const files = { 'a.yaml': `# meshlint-disable-file IST0101 -- x\n${virtualService('cart')}` };
  const { stdout } = await withTree(files, (cwd) => run(['analyze', 'a.yaml'], { cwd }));
  expect(stdout).toContain('No issues found');
});

test('no suppression takes exit code 3 away', async () => {
  const { code, stdout } = await analyze({ 'a.yaml': '# meshlint-disable-file\na: "open\n' }, '.', '-S', '*');
  expect(code).toBe(3);
  expect(stdout).toContain('IST1907');
});

import { spawnSync } from 'node:child_process';
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

const hasKubectl = spawnSync('kubectl', ['kustomize', '--help']).status === 0;
test.skipIf(!hasKubectl)('what is rendered (needs kubectl) is silenced where it was written', async () => {
  const floating = (name: string): string => virtualService(name, 'public', '');
  const { code, stdout } = await analyze(
    {
      'kustomization.yaml': 'namespace: shop\nnamePrefix: x-\nresources: [a.yaml, b.yaml, c.yaml, d.yaml]\n',
      'a.yaml': floating('a').replace('  - public\n', '  - public # meshlint-disable-line -- the line\n'),
      'b.yaml': `# meshlint-disable IST0101 -- the resource\n${floating('b')}`,
      'c.yaml': floating('c').replace(
        'metadata:\n',
        'metadata:\n  annotations: {galley.istio.io/analyze-suppress: IST0101}\n',
      ),
      'd.yaml': floating('d'),
    },
    '.',
    '-o',
    'json',
  );
  const { diagnostics, suppressed } = JSON.parse(stdout);
  expect(code).toBe(1);
  expect(diagnostics).toMatchObject([{ resource: { name: 'x-d' } }]);
  expect(suppressed).toMatchObject([
    { location: { file: 'a.yaml' }, suppressed: { by: 'comment', reason: 'the line' } },
    { location: { file: 'b.yaml' }, suppressed: { by: 'comment', reason: 'the resource' } },
    { location: { file: 'c.yaml' }, suppressed: { by: 'annotation' } },
  ]);
});

/** Analyzes with a configuration. */
function configured(
  entry: string,
  files: Readonly<Record<string, string>> = { 'a.yaml': bad },
  args: readonly string[] = ['.'],
): Promise<Outcome> {
  const settings = `world: closed\nsuppress:\n  - ${entry.replaceAll('\n', '\n    ')}\n`;
  return withTree({ 'meshlint.yaml': settings, ...files }, (cwd) =>
    run(['analyze', ...args], { cwd, env: { MESHLINT_TODAY: '2026-06-01' } }),
  );
}

test.each([
  ['by code', 'code: IST0101', 0],
  ['by rule, up to its last day', 'code: missing-gateway\nexpires: 2026-06-01', 0],
  ['of a resource', 'code: IST0101\nresource: VirtualService shop/cart', 0],
  ['of another resource', 'code: IST0101\nresource: VirtualService shop/other', 1],
  ['in files', 'code: IST0101\nfiles: [./a.yaml]\nnamespaces: [sh*]', 0],
  ['in other files', 'code: IST0101\nfiles: [b.yaml]', 1],
  ['in another namespace', 'code: IST0101\nnamespaces: [web]', 1],
  ['until yesterday', 'code: IST0101\nexpires: 2026-05-31', 1],
])('the configuration suppresses %s', async (_, entry, code) => {
  expect((await configured(`${entry}\nreason: the platform team brings it`)).code).toBe(code);
});

test('an entry that has expired is found at its place, and so is one that is left behind', async () => {
  const expired = await configured('code: IST0101\nreason: x\nexpires: 2026-05-31');
  expect(expired.stdout).toContain('warning[IST1906] The suppression of IST0101 held until 2026-05-31.');
  expect(expired.stdout).toContain('--> meshlint.yaml:3:11');
  const files = { 'a.yaml': virtualService('cart') };
  const unused = await configured('code: IST0101\nreason: x', files);
  expect(unused.stdout).toContain('warning[IST1905] This entry of the configuration suppresses IST0101');
  expect(unused.stdout).toContain('--> meshlint.yaml:3:11');
  const inPart = await configured('code: IST0101\nreason: x', { 'k8s/a.yaml': files['a.yaml'] }, ['k8s']);
  expect(inPart.stdout).not.toContain('IST1905');
});

test.each([
  ['code: IST01O1\nreason: x', 'meshlint.yaml:3:11: "IST01O1" is no rule and no code.'],
  ['code: missing-gatway\nreason: x', 'Did you mean missing-gateway?'],
  ['code: IST0101', 'meshlint.yaml:3:5: suppress[0] has no "reason".'],
  ['code: IST0101\nreason: " "', 'meshlint.yaml:4:13: The reason is empty.'],
  ['code: IST0101\nreason: x\nexpires: soon', 'meshlint.yaml:5:14: "soon" is no date.'],
  ['code: IST0101\nreason: x\nexpires: 2026-02-30', '"2026-02-30" is no date.'],
])('an entry that cannot be used is a usage error with its place: %j', async (entry, message) => {
  const { code, stdout, stderr } = await configured(entry);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(message);
});

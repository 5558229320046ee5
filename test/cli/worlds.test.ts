import { expect, test } from 'vitest';
import { run, virtualService, withTree } from './run.ts';

const gateway = (name: string): string =>
  `apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: ${name}, namespace: shop}\nspec:\n  selector: {istio: ingressgateway}\n  servers:\n  - port: {number: 80, name: http, protocol: HTTP}\n    hosts: ["*"]\n`;

/** Two environments with one base; the gateway of the base's route is there in production only. */
const files = {
  '.git/HEAD': '',
  'meshlint.yaml': [
    'worlds:',
    '  production: [prod]',
    '  staging: [stage]',
    'shared: [base]',
    'rules: {"*": off, missing-gateway: on, "input/*": on, IST1908: off}',
    '',
  ].join('\n'),
  'base/route.yaml': virtualService('cart', 'public'),
  'prod/gateway.yaml': gateway('public'),
  'stage/gateway.yaml': gateway('internal'),
  'other/route.yaml': virtualService('other', 'elsewhere'),
};

interface Shown {
  readonly diagnostics: readonly { code: string; worlds?: string[]; location: { file: string } }[];
  readonly coverage: { readonly worlds?: readonly { name: string; resources: number }[] };
}

async function analyze(
  tree: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<{ found: string[]; code: number | null; shown: Shown }> {
  return withTree(tree, async (cwd) => {
    const { code, stdout, stderr } = await run(['analyze', ...args, '--format', 'json'], { cwd });
    expect(stderr).toBe('');
    const shown: Shown = JSON.parse(stdout);
    const found = shown.diagnostics.map(
      ({ code, worlds = [], location }) => `${code} ${location.file} ${worlds.join()}`,
    );
    return { found, code, shown };
  });
}

test('each world is judged by itself, with what all share', async () => {
  const { found, code, shown } = await analyze(files, []);
  expect(found).toEqual(['IST0101 base/route.yaml staging']);
  expect(code).toBe(1);
  expect(shown.coverage.worlds).toMatchObject([
    { name: 'production', resources: 2 },
    { name: 'staging', resources: 2 },
  ]);
});

test('what several worlds show is told once', async () => {
  const tree = { ...files, 'base/route.yaml': virtualService('cart', 'nowhere') };
  const { found, shown } = await analyze(tree, []);
  expect(found).toEqual(['IST0101 base/route.yaml production,staging']);
  expect(shown).toMatchObject({ summary: { errors: 1 } });
});

test.each([
  [['base'], ['IST0101 base/route.yaml staging'], 1],
  [['base/route.yaml'], ['IST0101 base/route.yaml staging'], 1],
  [['prod'], [], 0],
  [['.'], ['IST0101 base/route.yaml staging'], 1],
  [['other'], [], 0],
  [['other', '--world', 'closed'], ['IST0101 other/route.yaml '], 1],
  [['--world', 'open'], [], 0],
])('%j shows %j', async (args, expected, exit) => {
  const { found, code } = await analyze(files, args);
  expect({ found, code }).toEqual({ found: expected, code: exit });
});

test('what does not exist leaves the analysis incomplete', async () => {
  const tree = { ...files, 'meshlint.yaml': 'worlds: {production: [gone]}\n' };
  expect((await analyze(tree, [])).code).toBe(3);
  expect((await analyze(files, ['gone.yaml'])).code).toBe(3);
});

test('a suppression that works in one world is used', async () => {
  const quiet = virtualService('cart', 'public # meshlint-disable-line IST0101 -- known');
  const { found, code } = await analyze({ ...files, 'base/route.yaml': quiet }, ['--fail-on', 'info']);
  expect({ found, code }).toEqual({ found: [], code: 0 });
  const idle = virtualService('cart', 'public # meshlint-disable-line IST0101 -- known').replace(
    'public #',
    'x/own #',
  );
  // Only who looks for everything can tell that nothing is there.
  const all = files['meshlint.yaml'].replace(/rules: .*\n/, '');
  const both = {
    ...files,
    'meshlint.yaml': all,
    'base/route.yaml': idle,
    'base/gateway.yaml': gateway('own').replace('shop', 'x'),
  };
  const unused = await analyze(both, ['--fail-on', 'info']);
  expect(unused.found).toContain('IST1905 base/route.yaml production,staging');
  expect(unused.code).toBe(1);
});

test('the text names the worlds', async () => {
  await withTree(files, async (cwd) => {
    const { stdout } = await run(['analyze'], { cwd });
    expect(stdout).toContain('(in staging)');
    expect(stdout).toMatch(/^Worlds +production \(2 resources\), staging \(2 resources\)$/m);
  });
});

test('commands that show one graph want to be told which', async () => {
  await withTree(files, async (cwd) => {
    const { code, stderr } = await run(['graph'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain('No path was given');
  });
});

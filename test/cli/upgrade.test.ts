import { describe, expect, test } from 'vitest';
import { run, virtualService, withTree } from './run.ts';

const mirrored = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: cart, namespace: shop }
spec:
  hosts: [cart]
  http:
    - route: [{ destination: { host: cart } }]
      mirror: { host: next }
`;
const installed = `apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
metadata: { name: installed, namespace: istio-system }
spec: { tag: 1.27.3 }
`;

interface Report {
  readonly diagnostics: readonly { readonly code: string; readonly location: { readonly file: string } }[];
  readonly coverage: { readonly rules: { readonly skipped: readonly { rule: string; why: string }[] } };
}

async function analyze(
  files: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<{ code: number | null; codes: readonly string[]; report: Report }> {
  return withTree(files, async (cwd) => {
    const { code, stdout } = await run(['analyze', '.', '-o', 'json', ...args], { cwd });
    const report: Report = JSON.parse(stdout);
    const codes = report.diagnostics.map((one) => `${one.code} ${one.location.file}`);
    return { code, codes, report };
  });
}

describe('an upgrade', () => {
  test.each<[string, Readonly<Record<string, string>>, readonly string[], readonly string[]]>([
    [
      'changes what is written',
      { 'a.yaml': mirrored },
      ['--istio-version', '1.27', '--upgrade-to', '1.28'],
      ['IST0169 a.yaml'],
    ],
    [
      'begins where the input says',
      { 'a.yaml': mirrored, 'install.yaml': installed },
      ['--upgrade-to', '1.30.1'],
      ['IST0169 a.yaml'],
    ],
    [
      'changes nothing',
      { 'a.yaml': virtualService('cart') },
      ['--istio-version=1.27', '--upgrade-to=1.28'],
      [],
    ],
    [
      'leads too far, which is the fault of no file',
      { 'a.yaml': virtualService('cart') },
      ['--istio-version', '1.31', '--upgrade-to', '1.99'],
      ['IST0168 '],
    ],
    ['is not asked about', { 'a.yaml': mirrored }, ['--istio-version', '1.12'], []],
  ])('%s', async (_, files, args, expected) => {
    const { code, codes } = await analyze(files, ...args);
    expect({ code, codes }).toEqual({ code: 0, codes: expected });
  });

  test('that nobody asks about is why a rule is skipped', async () => {
    const { report } = await analyze({ 'a.yaml': mirrored });
    expect(report.coverage.rules.skipped).toContainEqual({
      rule: 'upgrade/changed-by-upgrade',
      code: 'IST0169',
      cause: 'out-of-scope',
      why: 'needs an upgrade (--upgrade-to)',
    });
  });
});

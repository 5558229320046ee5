import { describe, expect, test } from 'vitest';
import { type Outcome, run, virtualService, withTree } from './run.ts';

/** A definition of VirtualService with one field that there is not, and a rule. */
function definition(rule = 'size(self.hosts) < 2', version = 'v1'): string {
  return `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: virtualservices.networking.istio.io }
spec:
  group: networking.istio.io
  names: { kind: VirtualService, plural: virtualservices }
  scope: Namespaced
  versions:
    - name: ${version}
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
                hosts: { type: array, items: { type: string } }
                http: { type: array, items: { x-kubernetes-preserve-unknown-fields: true, type: object } }
                fresh: { type: string, enum: [yes and no] }
              x-kubernetes-validations:
                - { rule: '${rule}', message: one host only }
`;
}

const route = virtualService('cart');
const fresh = route.replace('spec:', 'spec:\n  fresh: maybe');
const two = route.replace('  http:', '  - b.example.com\n  http:');

function analyze(files: Readonly<Record<string, string>>, args: readonly string[]): Promise<Outcome> {
  return withTree(files, (cwd) => run(['analyze', ...args], { cwd }));
}

describe('--crds', () => {
  test('takes the place of the built-in schema', async () => {
    const without = await analyze({ 'a.yaml': fresh }, ['a.yaml']);
    expect(without.stdout).toContain('spec has no field fresh.');
    const { code, stdout } = await analyze({ 'a.yaml': fresh, 'crds/vs.yaml': definition() }, [
      'a.yaml',
      '--crds',
      'crds',
    ]);
    expect(code).toBe(1);
    expect(stdout).not.toContain('has no field');
    expect(stdout).toContain('error[IST0106] spec.fresh is "maybe", which is none of its values.');
    expect(stdout).toContain('--> a.yaml:7:10');
  });

  test('brings its rules, and is no part of the input', async () => {
    const files = { 'a.yaml': two, 'vs.yaml': definition() };
    const { code, stdout } = await analyze(files, ['a.yaml', '--crds', 'vs.yaml']);
    expect(code).toBe(1);
    expect(stdout).toContain('error[IST0106] spec: one host only.');
    expect(stdout).toContain('1 file, 1 document, 1 resource ');
    expect((await analyze({ ...files, 'a.yaml': route }, ['a.yaml', '--crds', 'vs.yaml'])).code).toBe(0);
  });

  test('names the rules that cannot be checked, in every format', async () => {
    const files = { 'a.yaml': two, 'vs.yaml': definition('self.hosts.frob()') };
    const { code, stdout } = await analyze(files, ['a.yaml', '--crds', 'vs.yaml']);
    expect(code).toBe(0);
    expect(stdout).toContain('Not checked  1 rule of CustomResourceDefinitions');
    expect(stdout).toContain(
      'VirtualService spec: self.hosts.frob() (it calls frob(), which is not known; in vs.yaml)',
    );
    const json = await analyze(files, ['a.yaml', '--crds', 'vs.yaml', '-o', 'json']);
    expect(JSON.parse(json.stdout).coverage.uncheckedRules).toEqual([
      {
        kind: 'VirtualService',
        field: 'spec',
        rule: 'self.hosts.frob()',
        why: 'it calls frob(), which is not known',
        file: 'vs.yaml',
      },
    ]);
  });

  test('tells versions that are not served', async () => {
    const { code, stdout } = await analyze({ 'a.yaml': route, 'vs.yaml': definition('true', 'v2') }, [
      'a.yaml',
      '--crds=vs.yaml',
    ]);
    expect(code).toBe(1);
    expect(stdout).toContain('error[IST1904] VirtualService has no version v1 in networking.istio.io.');
  });

  test('may stand in the input instead, and be given more than once', async () => {
    expect((await analyze({ 'a.yaml': two, 'vs.yaml': definition() }, ['.'])).stdout).toContain(
      'one host only',
    );
    const files = { 'a.yaml': two, 'x/vs.yaml': definition(), 'y/vs.yaml': definition('true') };
    expect((await analyze(files, ['a.yaml', '--crds', 'x', '--crds', 'y'])).code).toBe(0);
  });

  test.each([
    [['--crds', 'gone.yaml'], /^error: --crds gone\.yaml cannot be read: .*\n {2}help: /],
    [['--crds', 'a.yaml'], /^error: --crds a\.yaml holds no CustomResourceDefinition\.\n {2}help: /],
  ])('that give nothing are refused: %s', async (args, expected) => {
    const { code, stdout, stderr } = await analyze({ 'a.yaml': route }, ['a.yaml', ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(expected);
  });

  test('that do not parse leave the analysis incomplete', async () => {
    const { code, stdout } = await analyze({ 'a.yaml': route, 'vs.yaml': 'a: "open\n' }, [
      'a.yaml',
      '--crds',
      'vs.yaml',
    ]);
    expect(code).toBe(3);
    expect(stdout).toContain('IST1907');
  });
});

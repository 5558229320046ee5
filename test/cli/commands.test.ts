import { expect, test } from 'vitest';
import { run, virtualService, withTree } from './run.ts';

test('rules lists every rule, as a table and as JSON', async () => {
  const table = await run(['rules']);
  expect(table.code).toBe(0);
  expect(table.stdout).toMatch(/^CODE\s+NAME\s+SEVERITY\s+FIX\s+FINDS\n/);
  const { rules } = JSON.parse((await run(['rules', '--format', 'json'])).stdout);
  expect(rules).toContainEqual(
    expect.objectContaining({
      code: 'IST0101',
      name: 'routing/missing-gateway',
      severity: 'error',
      optIn: false,
      fixes: 'unsafe',
      reads: expect.objectContaining({ Gateway: 'all' }),
    }),
  );
  for (const { name } of rules) expect(table.stdout).toContain(name);
  const listed = await run(['analyze', '-L']);
  expect(listed).toEqual(table);
});

test('explain prints the pages of a code, a name and a short name', async () => {
  const named = await run(['explain', 'routing/missing-gateway']);
  expect(named.code).toBe(0);
  expect(named.stdout).toContain('# missing-gateway');
  expect(await run(['explain', 'missing-gateway'])).toEqual(named);
  expect((await run(['explain', 'ist0101'])).stdout).toContain(named.stdout.trim());
  const rendered = await run(['explain', 'missing-gateway', '--color']);
  expect(rendered.stdout).toContain('\u001b[1mmissing-gateway\u001b[22m');
  expect(rendered.stdout).not.toContain('```');
});

test.each([
  ['IST0104', 'IST0104 GatewayPortNotOnWorkload: nothing reports it any more.\n'],
  ['IST0141', 'IST0141 InsufficientPermissions: no rule reports this code yet.\n'],
])('explain knows %s, which no rule reports', async (name, said) => {
  expect(await run(['explain', name])).toEqual({ code: 0, stdout: said, stderr: '' });
});

test('world tells what was understood', async () => {
  const files = {
    'a/vs.yaml': virtualService('cart', 'public'),
    'b/vs.yaml': virtualService('cart', 'public'),
    'c.yaml': virtualService('floats', undefined, ''),
    'base/kustomization.yaml': 'namePrefix: dev-\nresources: [vs.yaml]\n',
    'base/vs.yaml': virtualService('based', undefined, 'base'),
  };
  await withTree(files, async (cwd) => {
    const { code, stdout } = await run(['world', '.', '--format', 'json', '--render', 'never'], { cwd });
    expect(code).toBe(0);
    const world = JSON.parse(stdout);
    expect(world).toMatchObject({
      version: '1',
      world: 'auto',
      floating: [{ file: 'c.yaml', resources: ['VirtualService floats'] }],
      variants: [{ folder: '', siblings: ['a', 'b'] }],
      kustomizations: [{ path: 'base/kustomization.yaml', transforms: ['namePrefix'] }],
    });
    expect(world.namespaces).toEqual([
      {
        name: 'base',
        kinds: [
          {
            kind: 'networking.istio.io/VirtualService',
            count: 1,
            complete: false,
            why: expect.stringContaining('base/kustomization.yaml'),
          },
        ],
      },
      { name: 'shop', kinds: [{ kind: 'networking.istio.io/VirtualService', count: 2, complete: true }] },
    ]);
    const text = await run(['world', '.', '--render', 'never'], { cwd });
    expect(text.stdout).toContain('c.yaml: VirtualService floats');
    expect(text.stdout).toContain('not complete: 1 networking.istio.io/VirtualService');
  });
});

test('graph draws what names what', async () => {
  await withTree(
    { 'a.yaml': virtualService('cart', 'public'), 'b.yaml': virtualService('other', 'else') },
    async (cwd) => {
      const json = await run(['graph', '.', '--world', 'closed', '--format', 'json'], { cwd });
      expect(json.code).toBe(0);
      expect(JSON.parse(json.stdout).edges).toContainEqual({
        from: { kind: 'VirtualService', namespace: 'shop', name: 'cart' },
        relation: expect.any(String),
        path: 'spec.gateways[0]',
        to: { kind: 'Gateway', namespace: 'shop', name: 'public' },
        state: 'absent',
      });
      const near = await run(['graph', '.', '--from', 'VirtualService/shop/cart'], { cwd });
      expect(near.stdout).toMatch(/^flowchart LR\n/);
      expect(near.stdout).not.toContain('other');
      expect((await run(['graph', '.', '--format', 'dot'], { cwd })).stdout).toMatch(/^digraph mesh \{\n/);
      const wrong = await run(['graph', '.', '--from', 'VirtualService/shop/crat'], { cwd });
      expect(wrong.code).toBe(2);
      expect(wrong.stderr).toContain('Did you mean VirtualService/shop/cart?');
    },
  );
});

import { describe, expect, test } from 'vitest';
import { finding, place, plain, reportOf } from './hand-made.ts';
import { formatText } from './text.ts';

const app = ['spec:', '  gateways:', '  - public', '  http:', '  - route: []', ''].join('\n');

function show(analysis: ReturnType<typeof reportOf>, options = {}): string {
  return `\n${[...formatText(analysis, { ...plain, ...options })].join('')}`;
}
/** The frame alone. */
function frame(text: string, ...place: [number, number, number]): string {
  const lines = show(reportOf(text, [finding(...place, { why: '', help: '' })]), { quiet: true }).split('\n');
  return `\n${lines.slice(3, lines.indexOf('', 3)).join('\n')}\n`;
}

describe('a finding', () => {
  test('shows its place, its frame, why and help', () => {
    expect(show(reportOf(app, [finding(3, 5, 6)]))).toMatchInlineSnapshot(`
      "
      error[IST0101] Gateway shop/public does not exist.
        --> app.yaml:3:5  VirtualService shop/cart  spec.gateways[0]
         |
       2 |   gateways:
       3 |   - public
         |     ^^^^^^
       4 |   http:
        why: Requests get 404.
        help: Create the Gateway.

      1 error in 1 file

      Read         1 file, 1 document, 1 resource (world: auto)
      Rules        1 ran
      meshlint explain CODE tells more about a finding.
      "
    `);
  });
  test('names the cluster of its resource, where there is one', () => {
    const { resource } = finding(3, 5, 6);
    if (resource === undefined) return expect.unreachable();
    const { namespace: _, ...bare } = resource;
    const told = [
      { ...resource, cluster: 'east' },
      { ...bare, floating: true, cluster: 'east' } as const,
    ].map((one) => show(reportOf(app, [finding(3, 5, 6, { resource: one })])).split('\n')[2]);
    expect(told).toEqual([
      '  --> app.yaml:3:5  VirtualService shop/cart (cluster east)  spec.gateways[0]',
      '  --> app.yaml:3:5  VirtualService cart (no namespace, cluster east)  spec.gateways[0]',
    ]);
  });
  test('wraps its prose to the width', () => {
    const why = 'istiod attaches the routes to no listener of that name, so requests through it get 404.';
    expect(
      show(reportOf(app, [finding(3, 5, 6, { why })]), { width: 50, quiet: true }),
    ).toMatchInlineSnapshot(`
      "
      error[IST0101] Gateway shop/public does not exist.
        --> app.yaml:3:5  VirtualService shop/cart  spec.gateways[0]
         |
       2 |   gateways:
       3 |   - public
         |     ^^^^^^
       4 |   http:
        why: istiod attaches the routes to no listener
             of that name, so requests through it get
             404.
        help: Create the Gateway.

      1 error in 1 file
      "
    `);
  });
  test('shows related places and a suggestion', () => {
    const related = [{ path: [], location: place(5, 5, 5), note: 'the routes' }];
    const diagnostic = finding(3, 5, 6, {
      related,
      severity: 'warning',
      suggestion: 'shop/pubic',
      nearMiss: true,
    });
    expect(show(reportOf(app, [diagnostic]), { quiet: true })).toMatchInlineSnapshot(`
      "
      warning[IST0101] Gateway shop/public does not exist.
        --> app.yaml:3:5  VirtualService shop/cart  spec.gateways[0]
         |
       2 |   gateways:
       3 |   - public
         |     ^^^^^^
       4 |   http:
        ::: app.yaml:5:5  the routes
         |
       5 |   - route: []
         |     ^^^^^
        why: Requests get 404.
        help: Did you mean shop/pubic? Create the Gateway.

      1 warning in 1 file
      "
    `);
  });
  test('shows the first of several lines', () => {
    const location = { ...place(2, 3, 9), endLine: 3, endColumn: 11 };
    expect(show(reportOf(app, [finding(2, 3, 9, { location })]), { quiet: true })).toMatchInlineSnapshot(`
      "
      error[IST0101] Gateway shop/public does not exist.
        --> app.yaml:2:3  VirtualService shop/cart  spec.gateways[0]
         |
       1 | spec:
       2 |   gateways:
         |   ^^^^^^^^^
         | ...
        why: Requests get 404.
        help: Create the Gateway.

      1 error in 1 file
      "
    `);
  });
  test('says that a field is not set', () => {
    const location = { ...place(1, 1, 4), exact: false };
    const text = show(reportOf(app, [finding(1, 1, 4, { location })]), { quiet: true });
    expect(text).toContain('app.yaml:1:1  VirtualService shop/cart  spec.gateways[0]  (not set)');
  });
  test('without a resource or a text stands alone', () => {
    const { location, resource, ...rest } = finding(1, 1, 1);
    expect(show(reportOf('', [{ ...rest, path: [] }]), { quiet: true })).toMatchInlineSnapshot(`
      "
      error[IST0101] Gateway shop/public does not exist.
        why: Requests get 404.
        help: Create the Gateway.

      1 error in 1 file
      "
    `);
  });
  test('of a file without text has no frame', () => {
    expect(frame('', 1, 1, 0)).toBe('\n\n');
  });
  test('never sends control characters to the terminal', () => {
    const message = 'Gateway \u001b[31mred\u0007\u202e does\nnot exist.';
    const text = show(reportOf('a: "\u001b[2J\u009b"\n', [finding(1, 4, 6, { message })]));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(text).toContain('Gateway ␛[31mred␇� does not exist.');
  });
});

describe('a code frame', () => {
  test('keeps the underline under tabs', () => {
    expect(frame('\ta:\tvalue\n', 1, 5, 5)).toMatchInlineSnapshot(`
      "
         |
       1 |     a:  value
         |         ^^^^^
      "
    `);
  });
  test('keeps the underline under wide and combining characters', () => {
    expect(frame('名前: 値 e\u0301 👍 x\n', 1, 12, 1)).toMatchInlineSnapshot(`
      "
         |
       1 | 名前: 値 é 👍 x
         |              ^
      "
    `);
  });
  test('cuts long lines around the place', () => {
    const text = `before\n${'a'.repeat(5000)}HERE${'b'.repeat(5000)}\nafter\n`;
    expect(frame(text, 2, 5001, 4)).toMatchInlineSnapshot(`
      "
         |
       1 |
       2 | …aaaaaaaaaaaaaaaaaaaHEREbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb…
         |                     ^^^^
       3 |
      "
    `);
  });
  test('cuts a place that is itself too long', () => {
    const lines = frame(`k: ${'v'.repeat(500)}\n`, 1, 4, 500).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(145);
  });
  test('marks an empty place by one sign', () => {
    expect(frame('spec:\n', 1, 6, 0)).toMatchInlineSnapshot(`
      "
         |
       1 | spec:
         |      ^
      "
    `);
  });
});

describe('the end', () => {
  const summaryOf = (analysis: ReturnType<typeof reportOf>): string =>
    show(analysis).trimStart().split('\n')[0] ?? '';

  test('says clean only of what was judged', () => {
    expect(summaryOf(reportOf(app, []))).toBe('No issues found in 1 file, 1 resource');
    expect(summaryOf(reportOf(app, [], { coverage: { resources: 0 } }))).toBe(
      'Nothing to judge: no resource that meshlint knows in 1 file',
    );
    const rules = { ran: [], skipped: [], crashed: [] };
    expect(summaryOf(reportOf(app, [], { coverage: { rules } }))).toBe(
      'Nothing to judge: no rule applies to what is in 1 file',
    );
    expect(summaryOf(reportOf(app, [], { summary: { incomplete: true } }))).toBe(
      'Incomplete: not all of the input could be judged. Nothing was found in the rest, 1 file',
    );
    expect(summaryOf(reportOf(app, [], { summary: { hidden: 2 } }))).toBe(
      'Nothing to show in 1 file (2 not shown)',
    );
  });
  test('counts', () => {
    const diagnostics = [finding(3, 5, 6), finding(3, 5, 6, { severity: 'info' })];
    const text = show(reportOf(app, diagnostics, { summary: { suppressed: 1 } }));
    expect(text).toContain('1 error, 1 note in 1 file (1 suppressed)\n');
  });
  test('tells what was not read or not judged', () => {
    const coverage = {
      files: 4,
      failures: [{ path: 'gone.yaml', why: 'it does not exist (any more)', help: 'Check the path.' }],
      skipped: [
        { path: 'values.yaml', reason: 'values', documents: 1 },
        { path: 'other/values.yaml', reason: 'values', documents: 1 },
        { path: 'kustomization.yaml', reason: 'kustomization', documents: 1 },
      ],
      otherKinds: { 'example.org/Thing': 2 },
      floating: 1,
      variants: [{ folder: '', siblings: ['dev', 'prod'] }],
      rules: {
        ran: ['a/b'],
        skipped: [
          { rule: 'a/c', code: 'IST0001', cause: 'idle' as const, why: 'no Gateway in the input' },
          { rule: 'a/d', code: 'IST0002', cause: 'opt-in' as const, why: 'opt-in (--enable IST0002)' },
        ],
        crashed: ['a/e'],
      },
      unresolved: {
        count: 1,
        references: [
          {
            what: 'Service',
            name: 'shop/cart',
            from: { apiVersion: 'v1', kind: 'VirtualService', name: 'cart', floating: true as const },
            file: 'app.yaml',
            why: 'no Service is loaded',
          },
        ],
      },
    };
    const analysis = reportOf(app, [], { coverage, summary: { incomplete: true } });
    expect(show(analysis)).toMatchInlineSnapshot(`
      "
      error gone.yaml was not read: it does not exist (any more)
        help: Check the path.

      Incomplete: not all of the input could be judged. Nothing was found in the rest, 4 files

      Read         4 files, 1 document, 1 resource (world: auto)
      Skipped      3 inputs: a values (2), a kustomization
      Other kinds  2 manifests of 1 kind that no rule reads
      Rules        1 ran, 2 skipped: nothing to judge, opt-in, 1 crashed
                     crashed: a/e
      Unsettled    1 reference could be neither found nor called missing
      Floating     1 manifest names no namespace (-n NAMESPACE places them)
      Variants     1 group of alternatives, not judged against each other
      -v names what is only counted here.
      "
    `);
    expect(show(analysis, { verbose: true })).toMatchInlineSnapshot(`
      "
      error gone.yaml was not read: it does not exist (any more)
        help: Check the path.

      Incomplete: not all of the input could be judged. Nothing was found in the rest, 4 files

      Read         4 files, 1 document, 1 resource (world: auto)
      Skipped      3 inputs: a values (2), a kustomization
                     values.yaml: a values
                     other/values.yaml: a values
                     kustomization.yaml: a kustomization
      Kinds        
                     1 networking.istio.io/VirtualService
      Other kinds  2 manifests of 1 kind that no rule reads
                     2 example.org/Thing
      Rules        1 ran, 2 skipped: nothing to judge, opt-in, 1 crashed
                     crashed: a/e
                     IST0001 a/c: no Gateway in the input
                     IST0002 a/d: opt-in (--enable IST0002)
      Unsettled    1 reference could be neither found nor called missing
                     Service shop/cart, named by VirtualService cart (no namespace) in app.yaml: no Service is loaded
      Floating     1 manifest names no namespace (-n NAMESPACE places them)
      Variants     1 group of alternatives, not judged against each other
                     .: dev, prod
      Mesh         root namespace istio-system, cluster domain cluster.local, trust
                   domain cluster.local (no mesh configuration found: defaults)
      "
    `);
  });
  test('is not there when quiet and clean', () => {
    expect(show(reportOf(app, []), { quiet: true })).toBe('\n');
  });
  test('has colours on request', () => {
    expect(show(reportOf(app, [finding(3, 5, 6)]), { color: true })).toContain(
      '\u001b[31merror[IST0101]\u001b[39m',
    );
  });
});

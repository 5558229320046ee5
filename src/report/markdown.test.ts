import fc from 'fast-check';
import { marked, type Tokens } from 'marked';
import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../engine/diagnostic.ts';
import { finding, place, plain, reportOf } from './hand-made.ts';
import { formatMarkdown } from './markdown.ts';

type Report = ReturnType<typeof reportOf>;

function write(report: Report, options = {}): string {
  return [...formatMarkdown(report, { ...plain, ...options })].join('');
}

/** The rows of all tables, as GitHub's flavour of Markdown reads them; cells as the HTML that people see. */
function rows(text: string): string[][] {
  return marked
    .lexer(text, { gfm: true })
    .filter((token): token is Tokens.Table => token.type === 'table')
    .flatMap((table) => table.rows.map((row) => row.map((cell) => marked.parseInline(cell.text) as string)));
}

/** Text without tags and entities. */
function seen(html: string): string {
  return html
    .replace(/<[^>]*>/g, '')
    .replaceAll('\u200b', '')
    .replace(
      /&(lt|gt|quot|amp|#39);/g,
      (_, name) => ({ lt: '<', gt: '>', quot: '"', amp: '&' })[name as 'lt'] ?? "'",
    );
}

test('a comment has a table for each severity, and the reasons folded', () => {
  const report = reportOf('', [
    finding(3, 5, 6),
    finding(5, 1, 2, { severity: 'warning', message: 'Name `a|b` is odd.' }),
  ]);
  expect(`\n${write(report)}`).toMatchInlineSnapshot(`
    "
    ### meshlint: 1 error, 1 warning in 1 file

    #### Errors

    | Code | Place | Finding |
    |---|---|---|
    | IST0101 | \`app.yaml:3\` | Gateway shop/public does not exist.<br>\`VirtualService shop/cart\` \`spec.gateways[0]\` |

    #### Warnings

    | Code | Place | Finding |
    |---|---|---|
    | IST0101 | \`app.yaml:5\` | Name \`a\\|b\` is odd.<br>\`VirtualService shop/cart\` \`spec.gateways[0]\` |

    <details><summary>Why, and what to do</summary>

    - **IST0101** Requests get 404. Create the Gateway. (\`app.yaml:3\`, \`app.yaml:5\`)

    </details>

    \`meshlint explain CODE\` tells more about a finding.

    <details><summary>What was read</summary>

    - **Read**: 1 file, 1 document, 1 resource (world: auto)
    - **Rules**: 1 ran

    </details>
    "
  `);
});

test('reasons that are the same are told once', () => {
  const report = reportOf(
    '',
    Array.from({ length: 8 }, (_, i) => finding(i + 1, 1, 1)),
  );
  const text = write(report);
  expect(text.match(/Requests get 404/g)).toHaveLength(1);
  expect(text).toContain('(`app.yaml:1`, `app.yaml:2`, `app.yaml:3`, `app.yaml:4`, `app.yaml:5`, 3 more)');
});

test('says what is incomplete before all else', () => {
  const report = reportOf('', [finding(3, 5, 6)], {
    summary: { incomplete: true },
    coverage: { failures: [{ path: 'gone_1.yaml', why: 'It does not exist.', help: 'Check it.' }] },
  });
  expect(write(report).slice(0, write(report).indexOf('####'))).toMatchInlineSnapshot(`
    "### meshlint: Incomplete: not all of the input could be judged. 1 error in 1 file

    > [!CAUTION]
    > Not all of the input could be judged, so there may be more to find.
    > - gone\\_1.yaml was not read: It does not exist. Check it.

    "
  `);
});

test('mentions nobody and links nothing', () => {
  const text = write(
    reportOf('', [finding(1, 1, 1, { message: 'Host @octo/cat and #12 and GH-7 <img src=x>.' })]),
  );
  expect(text).not.toMatch(/@octo|#12|GH-7|<img/);
  expect(
    rows(text)
      .map((row) => seen(row[2] ?? ''))
      .join(),
  ).toContain('Host @octo/cat and #12 and GH-7 <img src=x>.');
});

describe('its size', () => {
  const long = (n: number): Diagnostic[] =>
    Array.from({ length: n }, (_, i) =>
      finding(i + 1, 1, 1, {
        message: `${'*'.repeat(300)} ${i}`,
        why: `${'_'.repeat(300)} ${i}`,
        severity: i % 2 ? 'error' : 'info',
      }),
    );
  test.each([10, 100, 1_000])(
    'of %s findings is one that GitHub takes, and what is left out is told',
    (n) => {
      const text = write(
        reportOf('', long(n), {
          summary: { incomplete: true },
          coverage: {
            failures: Array.from({ length: n }, (_, i) => ({ path: `${i}`, why: '@'.repeat(900), help: '' })),
          },
        }),
      );
      expect(text.length).toBeLessThanOrEqual(65_536);
      const told = Number(/^([0-9]+) more findings? left out/m.exec(text)?.[1] ?? 0);
      expect(rows(text).length + told).toBe(n);
      if (n > 10) expect(text).toMatch(/^> - and [0-9]+ more$/m);
      expect(text).toContain('**Read**');
    },
  );
});

test('whatever a name holds stays in its cell', () => {
  const name = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((text) => /\S/.test(text));
  fc.assert(
    fc.property(name, name, (message, file) => {
      const diagnostic = finding(1, 1, 1, { message, location: place(1, 1, 1, file) });
      const found = rows(write(reportOf('', [diagnostic])));
      expect(found).toHaveLength(1);
      expect(found[0]).toHaveLength(3);
      expect(found[0]?.[0]).toBe('IST0101');
    }),
    { seed: 7, numRuns: 300 },
  );
});

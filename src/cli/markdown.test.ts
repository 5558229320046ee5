import { expect, test } from 'vitest';
import { renderMarkdown } from './markdown.ts';

const page = `# missing-gateway
\`IST0101\` · error

A VirtualService names a [Gateway](../x.md) that does **not** exist, so that nothing listens.

- one thing that is long enough to be
  wrapped
- another

\`\`\`yaml
kind: Gateway
  a:   b

c: d
\`\`\`
`;

test('prose is wrapped, code is indented as it is, links are their text', () => {
  expect(`\n${renderMarkdown(page, 40, false)}`).toMatchInlineSnapshot(`
    "
    missing-gateway
    \`IST0101\` · error

    A VirtualService names a
    Gateway that does not
    exist, so that nothing listens.

    - one thing that is long enough to be
      wrapped
    - another

        kind: Gateway
          a:   b

        c: d
    "
  `);
});

test('headings and code have looks', () => {
  const text = renderMarkdown(page, 80, true);
  expect(text).toContain('\u001b[1mmissing-gateway\u001b[22m');
  expect(text).toContain('\u001b[36mIST0101\u001b[39m');
});

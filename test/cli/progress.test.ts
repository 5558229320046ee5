import { describe, expect, test } from 'vitest';
import { virtualService, withTree } from './run.ts';
import { hasTerminal, startInTerminal } from './terminal.ts';

const ERASE = '\r\u001b[K';
/** Input that takes longer than half a second to come. */
const slowly = '{ sleep 1.2; cat cart.yaml; }';

async function inTerminal(line: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  return withTree({ 'cart.yaml': virtualService('cart', 'public') }, async (cwd) => {
    const terminal = startInTerminal(line, { cwd, env });
    await terminal.ended;
    return terminal.output();
  });
}

describe.skipIf(!hasTerminal)('progress, in a terminal of util-linux script,', () => {
  const runs = `${slowly} | meshlint analyze --world closed --no-color -`;

  test.each([
    ['analyze', runs],
    ['world', `${slowly} | meshlint world -`],
    ['graph', `${slowly} | meshlint graph -`],
    ['describe', `${slowly} | meshlint describe Service/shop/cart -`],
  ])('shows what %s does after half a second, and is gone before the output', async (_, line) => {
    const output = await inTerminal(line);
    expect(output).toContain(`${ERASE}reading files: 1 of 1`);
    const last = output.lastIndexOf(ERASE);
    expect(last).toBeGreaterThan(output.lastIndexOf(' of 1'));
    expect(output.slice(last + ERASE.length)).toMatch(/^\S/);
  });

  test('tells of judging, too', async () => {
    const many = Array.from({ length: 8000 }, (_, i) => virtualService(`cart-${i}`, 'public')).join('---\n');
    await withTree({ 'many.yaml': many }, async (cwd) => {
      const terminal = startInTerminal(
        '{ sleep 0.5; cat many.yaml; } | meshlint analyze --world closed - >/dev/null',
        { cwd },
      );
      await terminal.ended;
      const shown = terminal.output().split(ERASE);
      expect(shown).toContainEqual(
        expect.stringMatching(/^(?:running rules|placing findings): [0-9]+ of [0-9]+$/),
      );
      expect(shown.at(-1)).toBe('');
    });
  });

  test.each([
    ['quick', 'cat cart.yaml | meshlint analyze --world closed -', {}],
    ['quiet', `${slowly} | meshlint analyze --world closed --quiet -`, {}],
    ['standard error that is no terminal', `{ ${runs}; } 2>errors; cat errors`, {}],
    ['a terminal that cannot erase', runs, { TERM: 'dumb' }],
  ])('is not shown: %s', async (_, line, env) => {
    const output = await inTerminal(line, env);
    expect(output).toContain('IST0101');
    expect(output).not.toContain(' of 1');
    expect(output).not.toContain(ERASE);
  });

  test('does not disturb what goes elsewhere', async () => {
    const output = await inTerminal(`${slowly} | meshlint analyze --format json - > report; cat report`, {
      NO_COLOR: '1',
    });
    const report = output.slice(output.lastIndexOf(ERASE) + ERASE.length);
    expect(output).toContain(`${ERASE}reading files: 1 of 1`);
    expect(JSON.parse(report)).toMatchObject({ coverage: { files: 1 } });
  });
});

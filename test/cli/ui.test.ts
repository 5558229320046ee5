// Drives `meshlint ui` in a pseudo-terminal, and reads the screen. The session in docs/terminal.md is recorded here:
// MESHLINT_RECORD=1 npx vitest run test/cli/ui.test.ts writes it anew.
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { run, virtualService, withTree } from './run.ts';
import { type Extent, hasTerminal, screenOf, startInTerminal, type TerminalSetting } from './terminal.ts';

const UP = '\u001b[A';
const DOWN = '\u001b[B';
const ENTER = '\r';
const ESCAPE = '\u001b';
const TAB = '\t';
const CTRL_C = '\u0003';

interface Driven {
  /** Presses a key, and waits until the screen has all of these words. */
  press(key: string, words: readonly string[], without?: readonly string[]): Promise<string>;
  readonly resize: (columns: number, rows: number) => void;
  readonly output: () => string;
  readonly ended: Promise<number | null>;
}

async function drive(
  line: string,
  setting: TerminalSetting,
  use: (driven: Driven) => Promise<void>,
): Promise<void> {
  const extents: Extent[] = [{ columns: 80, rows: 24 }];
  const terminal = startInTerminal(`${line}; echo "code $?"`, setting);
  try {
    await use({
      async press(key, words, without = []) {
        let screen = '';
        let before = '';
        const fits = (): boolean =>
          words.every((word) => screen.includes(word)) && !without.some((word) => screen.includes(word));
        if (key !== '') terminal.type(key);
        const end = Date.now() + 15_000;
        do {
          await new Promise((resolve) => setTimeout(resolve, 20));
          before = screen;
          screen = (await screenOf(terminal.output(), ...extents)).join('\n');
        } while (!(fits() && screen === before) && Date.now() < end);
        if (!fits()) throw new Error(`wanted ${words}, not ${without}; there is\n${screen}`);
        return screen;
      },
      resize(columns, rows) {
        extents.push({ columns, rows, from: terminal.output().length });
        writeFileSync(`${setting.cwd}/size`, `cols ${columns} rows ${rows}`);
      },
      output: terminal.output,
      ended: terminal.ended,
    });
  } finally {
    terminal.kill();
  }
}

const shop = fileURLToPath(new URL('../../examples/shop', import.meta.url));
const page = fileURLToPath(new URL('../../docs/terminal.md', import.meta.url));

describe.skipIf(!hasTerminal)('meshlint ui, in a terminal of util-linux script,', () => {
  test('goes through a session, which the page shows', { timeout: 60_000 }, () =>
    withTree({}, async (cwd) => {
      cpSync(shop, `${cwd}/shop`, { recursive: true });
      const file = `${cwd}/shop/gateway.yaml`;
      const before = readFileSync(file, 'utf8');
      await drive('meshlint ui shop', { cwd }, async ({ press, ended, output }) => {
        const shots: string[] = [];
        const shot = async (title: string, ...asked: Parameters<Driven['press']>): Promise<void> => {
          shots.push(`${title}\n\n\`\`\`text\n${(await press(...asked)).trimEnd()}\n\`\`\`\n`);
        };
        await press('', ['by resource', 'q quit']);
        await shot('Findings stand by resource. `/` filters: `front`.', '/front', [
          'Filter: front',
          'IST0101',
        ]);
        await shot('Enter takes the filter, Enter again opens the finding.', ENTER + ENTER, [
          'why ',
          'help ',
        ]);
        await shot('`g` shows the resource in the graph: what it names, and what names it.', 'g', [
          '→ ',
          '(absent)',
          '› ',
        ]);
        await press(DOWN, ['› →']);
        await press(ESCAPE, ['why ']);
        await shot('`p` shows the page of the rule.', 'p', ['missing-gateway', 'Why']);
        await press(ESCAPE, ['help ']);
        await shot('`s` suppresses it, with a reason.', 'sThe gateway comes with the next release', [
          'with the next release',
        ]);
        await shot(
          'The comment is in the file, and the finding is gone.',
          ENTER,
          ['suppressed IST0101'],
          ['why '],
        );

        const lines = before.split('\n');
        const added = readFileSync(file, 'utf8')
          .split('\n')
          .filter((line) => !lines.includes(line));
        expect(added.map((line) => line.trim())).toEqual([
          '# meshlint-disable-next-line IST0101 -- The gateway comes with the next release',
        ]);
        writeFileSync(file, before);
        await press(ESCAPE, ['by resource'], ['filter:']);
        await press('r', ['checked', 'IST0101']);
        await press(`/front${ENTER}${ENTER}`, ['why ', 'fix ']);
        await shot(
          'Some findings have a fix. `f` applies it; one that may not be what was meant wants `F`.',
          'f',
          ['Look at it first'],
        );
        await press('F', ['fixed IST0101', '5 errors']);
        expect(readFileSync(file, 'utf8')).toBe(before.replace('- store-front\n', '- storefront\n'));
        await press('q', ['code 1']);
        await ended;
        // The screen is given back, and the cursor.
        expect(output().split('\u001b[?1049l')[1]).toContain('code 1');
        expect(output().lastIndexOf('\u001b[?25h')).toBeGreaterThan(output().lastIndexOf('\u001b[?25l'));

        const session = `<!-- session -->\n\n${shots.join('\n')}\n<!-- /session -->`;
        const written = readFileSync(page, 'utf8');
        const whole = written.replace(/<!-- session -->[\s\S]*<!-- \/session -->/, () => session);
        if ((process.env.MESHLINT_RECORD ?? '') !== '') writeFileSync(page, whole);
        expect(readFileSync(page, 'utf8')).toContain(session);
      });
    }),
  );

  const tree = {
    'cart.yaml': `# 买东西 ${'车'.repeat(60)}\n${virtualService('cart', 'public')}`,
    'many.yaml': Array.from({ length: 40 }, (_, i) => virtualService(`v${i}`, `g${i}`)).join('---\n'),
  };

  test('moves, groups, helps, resizes, without colours', { timeout: 60_000 }, () =>
    withTree(tree, async (cwd) => {
      const setting = { cwd, env: { NO_COLOR: '1' } };
      await drive('tty; meshlint ui --world closed .', setting, async ({ press, output }) => {
        await press('', ['41 errors', '› error', 'cart.yaml']);
        await press(UP + DOWN + DOWN, ['g1 does not exist']);
        await press('G', ['g1 does not exist']);
        for (let i = 0; i < 45; i++) await press(DOWN, ['q quit']);
        await press('', ['› error   IST0101 Gateway shop/g39']);
        await press(TAB, ['by code', 'routing/missing-gateway']);
        await press('?', ['Everywhere']);
        await press('?', ['by code']);
        const colors = output()
          .split('\u001b[')
          .filter((sequence) => /^(?:3|9)[0-7]m/.test(sequence));
        expect(colors).toEqual([]);
        await press(CTRL_C, ['code 1']);
      });
    }),
  );

  test('follows a change of size', { timeout: 60_000 }, () =>
    withTree(tree, async (cwd) => {
      const later = '( until [ -s size ]; do sleep 0.05; done; stty $(cat size) < /dev/tty ) &';
      await drive(`${later} meshlint ui --world closed .`, { cwd }, async ({ press, resize }) => {
        await press('', ['› error', 'q quit']);
        resize(60, 16);
        const small = await press('', ['─'.repeat(60), 'Gateway shop/public does', 'r che…'], ['q quit']);
        expect(small.split('\n').filter((line) => line.includes('meshlint'))).toHaveLength(1);
        await press('q', ['code 1']);
      });
    }),
  );

  test('flickers not: a key redraws at once, and clears nothing', { timeout: 60_000 }, () =>
    withTree(tree, async (cwd) => {
      await drive('meshlint ui --world closed .', { cwd }, async ({ press, output }) => {
        await press('', ['› error', 'q quit']);
        const start = output().length;
        await press(DOWN, ['› error   IST0101 Gateway shop/g0']);
        expect(output().slice(start)).not.toContain('\u001b[2J');
        await press('q', ['code 1']);
      });
    }),
  );
});

test('what cannot be browsed is refused, not passed over', async () => {
  const { code, stderr } = await run(['analyze', '-i', '--cluster', 'east=.']);
  expect(code).toBe(2);
  expect(stderr).toContain('--interactive cannot be combined with --cluster');
});

test.each([
  [['ui', '.'], {}],
  [['analyze', '-i', '.'], {}],
])('%s without a terminal is refused with a hint', async (args, env) => {
  const { code, stdout, stderr } = await run(args, { env });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('needs a terminal');
  expect(stderr).toContain('meshlint analyze');
});

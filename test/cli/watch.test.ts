import { spawn } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { run, virtualService, withTree } from './run.ts';
import { hasTerminal, startInTerminal, until } from './terminal.ts';

const command = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const wrong = virtualService('cart', 'public');
const right = virtualService('cart');

interface Watching {
  readonly folder: string;
  /** Does something, and waits for the next report on standard output that has all of these words. */
  after(act: () => void, words: readonly string[]): Promise<string>;
  readonly said: () => string;
  end(): Promise<number | null>;
}

async function watching(
  files: Readonly<Record<string, string>>,
  use: (watching: Watching) => Promise<void>,
  args: readonly string[] = ['manifests'],
): Promise<void> {
  await withTree(files, async (folder) => {
    const child = spawn(process.execPath, [command, 'analyze', '--watch', '--world', 'closed', ...args], {
      cwd: folder,
      env: { PATH: process.env.PATH },
    });
    let output = '';
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
    });
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    try {
      const after: Watching['after'] = async (act, words) => {
        const start = output.length;
        act();
        const fresh = (): string => output.slice(start);
        await until(
          () => words.every((word) => fresh().includes(word)),
          () => `${words}\n${output}\n${said}`,
        );
        return fresh();
      };
      await after(() => {}, ['Rules ']);
      await use({
        folder,
        after,
        said: () => said,
        end: () => {
          child.kill('SIGINT');
          return ended;
        },
      });
    } finally {
      child.kill('SIGKILL');
    }
  });
}

test(
  'what changes is analyzed again: written, replaced, new, deleted, broken and repaired',
  { timeout: 60_000 },
  () =>
    watching({ 'manifests/cart.yaml': wrong }, async ({ folder, after, end, said }) => {
      const path = (name: string): string => `${folder}/manifests/${name}`;
      const bad = ['1 error', 'IST0101'];
      const good = ['No issues'];
      await after(() => writeFileSync(path('cart.yaml'), right), good);
      await after(() => writeFileSync(path('cart.yaml'), wrong), bad);
      // Editors write another file and put it in the place of the old one; later changes must still be seen.
      for (const [text, words] of [
        [right, good],
        [wrong, bad],
        [right, good],
      ] as const) {
        await after(() => {
          writeFileSync(path('.cart.yaml.swp'), text);
          renameSync(path('.cart.yaml.swp'), path('cart.yaml'));
        }, words);
      }
      await after(() => writeFileSync(path('cart.yaml'), wrong), bad);
      await after(() => writeFileSync(path('cart.yaml'), 'kind: ['), ['IST1907', 'Incomplete']);
      await after(() => writeFileSync(path('cart.yaml'), right), good);
      await after(() => {
        mkdirSync(path('more/deep'), { recursive: true });
        writeFileSync(path('more/deep/pay.yaml'), virtualService('pay', 'hidden'));
      }, ['pay', '1 error']);
      await after(() => rmSync(path('more'), { recursive: true }), good);
      await after(() => rmSync(path(''), { recursive: true }), ['does not exist']);
      await after(() => {
        mkdirSync(path(''));
        writeFileSync(path('cart.yaml'), wrong);
      }, bad);
      expect(said()).toMatch(/^[0-9]{2}:[0-9]{2}:[0-9]{2} analyzed in [0-9]+ ms\n/);
      expect(await end()).toBe(1);
    }),
);

test('the configuration counts, and may be wrong for a while', () =>
  watching({ 'manifests/cart.yaml': wrong }, async ({ folder, after, said, end }) => {
    const config = (text: string) => () => writeFileSync(`${folder}/meshlint.yaml`, text);
    await after(config('rules: {IST0101: off}\n'), ['No issues']);
    config('rule: {IST0101: off}\n')();
    await until(() => said().includes('rule'), said);
    await after(config('rules: {IST0101: warning}\n'), ['1 warning']);
    expect(await end()).toBe(0);
  }));

test('what changes nothing says nothing', () =>
  watching({ 'manifests/cart.yaml': wrong }, async ({ folder, after, said }) => {
    writeFileSync(`${folder}/manifests/notes.txt`, 'x');
    writeFileSync(`${folder}/manifests/cart.yaml`, wrong);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(said().match(/analyzed/g)).toHaveLength(1);
    await after(() => writeFileSync(`${folder}/manifests/cart.yaml`, right), ['No issues']);
    expect(said().match(/analyzed/g)).toHaveLength(2);
  }));

test('at 1,000 manifests a change is judged within 100 ms', { timeout: 60_000 }, () => {
  const files = Object.fromEntries(
    Array.from({ length: 1000 }, (_, i) => [
      `manifests/${i % 20}/${i}.yaml`,
      virtualService(`v${i}`, 'mesh', `n${i % 20}`).replace('shop.example', `shop${i}.example`),
    ]),
  );
  return watching(files, async ({ folder, after, end }) => {
    const took: number[] = [];
    for (let i = 0; i < 8; i++) {
      const start = performance.now();
      const isBad = i % 2 === 0;
      const text = virtualService('v7', isBad ? 'nowhere' : 'mesh', 'n7').replace(
        'shop.example',
        'shop7.example',
      );
      await after(
        () => writeFileSync(`${folder}/manifests/7/7.yaml`, text),
        [isBad ? '1 error' : 'No issues'],
      );
      took.push(performance.now() - start);
    }
    console.log(`from writing to the report: ${took.map(Math.round).join(', ')} ms`);
    // Twice as much as promised: other tests run beside this one. The first rounds are not compiled yet.
    expect(Math.min(...took)).toBeLessThan(200);
    expect(await end()).toBe(0);
  });
});

test.each([
  [['-'], '--watch cannot watch standard input'],
  [['--fix', '.'], '--watch only looks'],
  [['--staged'], '--watch cannot be combined with --changed or --staged'],
])('%s cannot be watched', async (args, said) => {
  const { code, stderr } = await run(['analyze', '--watch', ...args]);
  expect(code).toBe(2);
  expect(stderr).toContain(said);
});

describe.skipIf(!hasTerminal)('on a terminal of util-linux script', () => {
  test('the screen is cleared and written anew', () =>
    withTree({ 'cart.yaml': wrong }, async (cwd) => {
      const terminal = startInTerminal('meshlint analyze --watch --world closed .; echo "code $?"', { cwd });
      const screen = (): string => terminal.output().split('\u001b[H\u001b[2J\u001b[3J').at(-1) ?? '';
      await until(
        () => /IST0101[\s\S]*watching 2 folders, analyzed at .* in \d+ ms; Ctrl-C ends/.test(screen()),
        screen,
      );
      writeFileSync(`${cwd}/cart.yaml`, right);
      await until(() => /No issues[\s\S]*watching 2 folders/.test(screen()), screen);
      expect(screen()).not.toContain('IST0101');
      terminal.type('\u0003');
      await terminal.ended;
      expect(terminal.output()).toContain('code 0');
    }));
});

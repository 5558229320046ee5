/* biome-ignore-all lint/suspicious/noTemplateCurlyInString: shells write it like that */
// Asks real shells what they would complete; those that are not installed are skipped by name.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { run, virtualService, withTree } from './run.ts';
import { route, snapshotText, stateOf } from './snapshots.ts';

const command = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** Completes the last of the words behind `meshlint`, in a folder with two resources; gives the words offered. */
type Ask = (words: readonly string[], cwd: string) => string[];

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

const shells: Readonly<Record<string, Ask>> = {
  bash: (words, cwd) => {
    // bash takes words apart at `=`.
    const parts = words.flatMap((word) =>
      word.startsWith('--') ? word.split(/(=)/).filter((part) => part !== '') : [word],
    );
    return ask('bash', ['--norc', '-c'], cwd, [
      'source <(meshlint completion bash)',
      'complete -p meshlint >/dev/null || exit 9',
      `COMP_WORDS=(meshlint ${parts.map(quoted).join(' ')})`,
      `COMP_CWORD=${parts.length}`,
      '_meshlint',
      'printf "%s\\n" "${COMPREPLY[@]}"',
    ]);
  },
  // Completion of zsh runs inside its line editor only: its two builtins are replaced by ones that print.
  zsh: (words, cwd) =>
    ask('zsh', ['-f', '-c'], cwd, [
      'compdef() { [[ "$*" == "_meshlint meshlint" ]] || exit 9 }',
      'compset() { : }',
      '_files() { : }',
      '_describe() { local -a all; all=("${(@P)2}"); print -rl -- "${(@)all%%:*}" }',
      'eval "$(meshlint completion zsh)"',
      `words=(meshlint ${words.map(quoted).join(' ')})`,
      'CURRENT=$#words',
      '_meshlint',
    ]),
  fish: (words, cwd) =>
    ask('fish', ['--no-config', '-c'], cwd, [
      'meshlint completion fish | source',
      `complete -C ${quoted(['meshlint', ...words].join(' '))}`,
    ]).map((line) => line.split('\t')[0] ?? ''),
};

function ask(shell: string, flags: readonly string[], cwd: string, lines: readonly string[]): string[] {
  const { stdout, stderr, status } = spawnSync(shell, [...flags, lines.join('\n')], {
    cwd,
    encoding: 'utf8',
    env: { PATH: `${cwd}/bin:${process.env.PATH}`, HOME: cwd },
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout.split('\n').filter((word) => word !== '');
}

/** Words before the cursor, some words that are offered, and some that are not. */
const cases: readonly {
  readonly words: readonly string[];
  readonly offers: readonly string[];
  readonly not?: readonly string[];
  /** Only the value stands there in bash. */
  readonly bash?: readonly string[];
}[] = [
  { words: ['a'], offers: ['analyze'], not: ['rules', '__complete'] },
  { words: [''], offers: ['analyze', 'explain', 'completion'], not: ['__complete'] },
  { words: ['help', 'w'], offers: ['world'], not: ['analyze'] },
  { words: ['completion', ''], offers: ['bash', 'zsh', 'fish'] },
  { words: ['analyze', '--fa'], offers: ['--fail-on'], not: ['--format', '--failure-threshold'] },
  { words: ['analyze', '--failu'], offers: ['--failure-threshold'] },
  { words: ['analyze', '--fail-on', ''], offers: ['error', 'warning', 'info', 'never'] },
  { words: ['analyze', '--fail-on=n'], offers: ['--fail-on=never'], bash: ['never'] },
  { words: ['analyze', '--world', 'c'], offers: ['closed'], not: ['auto'] },
  { words: ['analyze', '.', '-o', ''], offers: ['text', 'json', 'yaml'] },
  { words: ['graph', '-o', ''], offers: ['mermaid', 'dot', 'json'], not: ['text'] },
  { words: ['analyze', '--disable', 'IST01'], offers: ['IST0101', 'IST0118'], not: ['IST1001'] },
  { words: ['analyze', '--disable', 'IST0101,IST011'], offers: ['IST0101,IST0118'], not: ['IST0118'] },
  { words: ['analyze', '--rule', 'routing/missing-g'], offers: ['routing/missing-gateway'] },
  { words: ['explain', 'IST010'], offers: ['IST0101'], not: ['IST0104'] },
  { words: ['explain', 'Virt'], offers: ['VirtualService'] },
  { words: ['explain', 'm'], offers: ['mtls'] },
  { words: ['explain', 'waypoint', 'VirtualService/shop/c'], offers: ['VirtualService/shop/cart'] },
  { words: ['describe', 'VirtualService/'], offers: ['VirtualService/shop/cart', 'VirtualService/till/pay'] },
  { words: ['graph', 'routes', '--from', 'Virt'], offers: ['VirtualService/shop/cart'], not: ['VirtualService/till/pay'] },
  { words: ['analyze', '-n', ''], offers: ['shop', 'till'] },
  { words: ['graph', 'mesh.snapshot', '--from', 'VirtualService/lab/'], offers: ['VirtualService/lab/probe'] },
  { words: ['world', 'mesh.snapshot', '--context', ''], offers: ['east', 'west'] },
  { words: ['analyze', 'mesh.snapshot', 'cut.snapshot', '--contexts', 'east,w'], offers: ['east,west'], not: ['east'] },
  { words: ['world', 'cut.snapshot', '--context', ''], offers: [], not: ['east'] },
  { words: ['analyze', '--upgrade-to', '1.3'], offers: ['1.30'], not: ['1.29'] },
]; // biome-ignore format: one case a line

async function withShop(use: (cwd: string) => void): Promise<void> {
  const probe = { ...route('probe', 'mesh'), metadata: { name: 'probe', namespace: 'lab' } };
  const snapshot = await snapshotText(stateOf('east', [probe]), stateOf('west', []));
  const files = {
    'routes/cart.yaml': virtualService('cart'),
    'pay.yaml': virtualService('pay', undefined, 'till'),
    'broken.yaml': 'a: [',
    'mesh.snapshot': snapshot,
    'cut.snapshot': snapshot.slice(0, -3),
  };
  return withTree(files, async (cwd) => {
    mkdirSync(`${cwd}/bin`);
    writeFileSync(`${cwd}/bin/meshlint`, `#!/bin/sh\nexec ${process.execPath} ${command} "$@"\n`);
    chmodSync(`${cwd}/bin/meshlint`, 0o755);
    use(cwd);
  });
}

for (const [shell, offered] of Object.entries(shells)) {
  const isThere = spawnSync(shell, ['-c', 'true']).status === 0;
  test.skipIf(!isThere)(`${shell} completes commands, flags, values and names`, { timeout: 120_000 }, () =>
    withShop((cwd) => {
      for (const { words, offers, not = [], bash } of cases) {
        const answer = offered(words, cwd);
        const wanted = shell === 'bash' && bash !== undefined ? bash : offers;
        expect(answer, `${shell}: meshlint ${words.join(' ')}`).toEqual(expect.arrayContaining([...wanted]));
        expect(answer.filter((word) => not.includes(word))).toEqual([]);
      }
    }),
  );
}

test('paths are left to the shell', () =>
  withShop((cwd) => {
    const kinds = [
      ['analyze', ''],
      ['analyze', '--crds', 'r'],
      ['explain', 'authz', 'shop/cart', ''],
    ];
    for (const words of kinds) {
      const { stdout } = spawnSync(process.execPath, [command, '__complete', 'bash', '--', ...words], {
        cwd,
        encoding: 'utf8',
      });
      expect(stdout).toBe('files\n');
    }
  }));

test('an unknown shell is refused with those that are known', async () => {
  const { code, stderr } = await run(['completion', 'tcsh']);
  expect(code).toBe(2);
  expect(stderr).toBe(
    'error: There is no completion for "tcsh".\n  help: It is there for bash, zsh or fish.\n',
  );
});

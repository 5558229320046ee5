import { Command } from 'commander';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyzeFlags } from './analyze-flags.ts';
import { type Given, readPlain, spellings } from './flags.ts';
import { addFlags, withPlainSwitches } from './program.ts';

/** What commander reads; undefined where it refuses. */
function readWithCommander(args: readonly string[]): Given | undefined {
  const command = new Command()
    .argument('[path...]')
    .exitOverride()
    .configureOutput({ writeOut() {}, writeErr() {} });
  const flags = addFlags(command, analyzeFlags);
  try {
    command.parse(withPlainSwitches(args), { from: 'user' });
  } catch {
    return undefined;
  }
  return { positionals: command.args, flags };
}

const spelled = analyzeFlags.flatMap((flag) => [
  ...spellings(flag),
  ...(flag.value === undefined ? [`--no-${flag.name}`] : []),
]);
const word = fc.constantFrom(
  'a.yaml',
  'dir',
  '-',
  'json',
  'true',
  'false',
  'IST0101,IST0102',
  '--',
  '-x',
  '--nope',
  '',
);
const argument = fc.oneof(
  word,
  fc.constantFrom(...spelled),
  fc.tuple(fc.constantFrom(...spelled), word).map(([flag, value]) => `${flag}=${value}`),
  fc.tuple(fc.constantFrom(...spelled), word).map(([flag, value]) => `${flag}${value}`),
);

describe('the quick reader', () => {
  test('reads what commander reads, or leaves it to commander', () => {
    fc.assert(
      fc.property(fc.array(argument, { maxLength: 6 }), (args) => {
        const plain = readPlain(analyzeFlags, args);
        if (plain !== undefined) expect(plain).toEqual(readWithCommander(args));
      }),
      { numRuns: 2000, seed: 7 },
    );
  });
  test('reads the calls of hooks and pipelines itself', () => {
    const calls = [
      'a.yaml',
      '. --format json --world closed --enable IST0102,IST0133 --offline',
      '-n shop -A -v --no-color --fail-on=warning -S IST0101 -S IST0102 a b -',
      '--use-kube=false --failure-threshold Error --output-threshold Warning -o log dir',
    ];
    for (const call of calls) expect(readPlain(analyzeFlags, call.split(' '))).toBeDefined();
  });
  test('leaves help, unknown flags and missing values to commander', () => {
    for (const call of ['--help', '-h', '--formt json', '--format', '-Av', '--', '--format -v']) {
      expect(readPlain(analyzeFlags, call.split(' '))).toBeUndefined();
    }
  });
});

test('no two flags share a spelling', () => {
  const all = analyzeFlags.flatMap(spellings);
  expect(all.filter((spelling, i) => all.indexOf(spelling) !== i)).toEqual([]);
});

import { expect, test } from 'vitest';
import { type Fault, faults } from '../../../test/support/fake-transport.ts';
import { read, usual, whole } from '../../../test/support/reading.ts';
import { type Kind, kinds } from '../../model/kinds.gen.ts';
import type { LiveState } from '../../model/live.ts';

const ways: readonly Partial<Fault>[] = [
  { status: 500 },
  { status: 429, retryAfter: '2' },
  { status: 403 },
  { status: 404 },
  { status: 410 },
  { error: faults.reset },
  { error: faults.login },
  { text: 'no JSON' },
  { body: { kind: 'List' } },
  { hang: true },
  { delay: 30_000 },
];
const every = /./;
const paths = [/pods/, /services/, /istio\.io/, /continue/, /gateways/, /configmaps/, every];

/** A few faults at random, none of them before it is known which kinds there are. */
function someFaults(seed: number): readonly Fault[] {
  let state = seed;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  return Array.from({ length: 1 + below(4) }, () => {
    const match = paths[below(paths.length)] ?? every;
    const after = below(6) + (match === every ? 2 : 0);
    return { match, after, times: 1 + below(8), ...ways[below(ways.length)] };
  });
}

/** The objects of a kind, as text. */
function objectsOf({ objects }: LiveState, kind: Kind): readonly string[] {
  const { group, kind: name } = kinds[kind];
  const own = objects.filter(({ value }) => {
    const [first = '', second] = String(value.apiVersion).split('/');
    return value.kind === name && (second === undefined ? '' : first) === group;
  });
  return own.map(({ value }) => JSON.stringify(value));
}

test.each(Array.from({ length: 100 }, (_, seed) => seed))(
  'a kind is read as a whole, or it is said that it was not: %d',
  async (seed) => {
    const { state, took } = await read({ faults: someFaults(seed) }, { pageSize: 1 });
    expect(took).toBeLessThanOrEqual(usual.timeout);
    for (const { kind } of whole.outcomes) {
      const outcomes = state.outcomes.filter((one) => one.kind === kind);
      expect(outcomes).not.toEqual([]);
      const [there, all] = [state, whole].map((one) => objectsOf(one, kind as Kind));
      if (outcomes.every((one) => one.state === 'ok')) expect(there).toEqual(all);
      else if (outcomes.some((one) => one.state === 'expired' || one.names !== undefined))
        expect(all).toEqual(expect.arrayContaining([...(there ?? [])]));
      else expect(there).toEqual([]);
    }
  },
);

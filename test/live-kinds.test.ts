import { expect, test } from 'vitest';
import { rules } from '../rules/index.gen.ts';
import { liveKinds } from '../src/load/cluster/plan.ts';
import { type Kind, kinds } from '../src/model/kinds.gen.ts';

test('of a cluster exactly those kinds are read that rules read', async () => {
  const read = new Set<string>();
  for (const head of rules) for (const kind of Object.keys((await head.load()).rule.reads)) read.add(kind);
  const isInCluster = (kind: string): boolean => kinds[kind as Kind].pseudo !== true;
  expect([...liveKinds].sort()).toEqual([...read].filter(isInCluster).sort());
});

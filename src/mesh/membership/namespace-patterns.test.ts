import { expect, test } from 'vitest';
import type { World } from '../../graph/evidence.ts';
import { openTexts } from '../../session/session.ts';
import { findNamespaces } from './namespace-patterns.ts';

const input = `apiVersion: v1
kind: Namespace
metadata: { name: team-a }
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: who-asks, namespace: team-a }
`;
const inUse = `---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
`;

test.each<[string, World, string, string]>([
  ['team-a', 'closed', input, 'found'],
  ['Team-A', 'closed', input, 'found'],
  ['team-b', 'closed', input, 'absent'],
  ['team-b', 'auto', input, 'absent'],
  ['team-b', 'auto', input + inUse, 'unknown'],
  ['team-b', 'open', input, 'unknown'],
  ['*', 'open', '', 'found'],
  ['team-*', 'closed', input, 'found'],
  ['*-a', 'closed', input, 'found'],
  ['t*-*a', 'closed', input, 'found'],
  ['te.m-*', 'closed', input, 'absent'],
  ['*-b', 'auto', input, 'absent'],
  ['*-b', 'auto', input + inUse, 'unknown'],
  ['*-system', 'auto', input, 'unknown'],
  ['*-system', 'closed', input, 'absent'],
  ['default', 'auto', input, 'unknown'],
])('%s in a world that is %s', async (pattern, world, raw, expected) => {
  const { graph } = await openTexts([{ path: 'mesh.yaml', raw: raw === '' ? input : raw }], { world });
  const [from] = graph.list('AuthorizationPolicy');
  if (from === undefined) throw new Error('nobody asks');
  expect(findNamespaces(graph, pattern, from).state).toBe(expected);
});

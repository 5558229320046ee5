import { expect, test } from 'vitest';
import { view } from '../graph/view.ts';
import type { Kind } from '../model/kinds.gen.ts';
import { openExample } from './run-example.ts';
import { settingsOf } from './settings.ts';
import { trackReads } from './track-reads.ts';

const raw = 'apiVersion: v1\nkind: Service\nmetadata: { name: web, namespace: shop }\n';
const [session] = (await openExample([{ path: 'a.yaml', raw }], settingsOf([]))).sessions;
if (session === undefined) throw new Error('nothing was opened');
const whole = session.graph;
const [service] = whole.list('Service');

test('every question about a kind is noted', () => {
  const reads = new Set<Kind>();
  const graph = trackReads(whole, reads);
  const ref = { namespace: 'shop', name: 'web' };
  if (service === undefined) return expect.unreachable();
  graph.list('Service');
  graph.copies('Gateway', ref);
  graph.find('Namespace', { namespace: '', name: 'shop' }, service);
  graph.known('Pod', 'shop', service);
  graph.knownEverywhere({ name: 'workload', kinds: ['Deployment', 'Job'] }, service);
  graph.nearName('Sidecar', ref);
  graph.memo({}, () => graph.list('Secret'));
  const asked = ['Deployment', 'Gateway', 'Job', 'Namespace', 'Pod', 'Secret', 'Service', 'Sidecar'];
  expect([...reads].sort()).toEqual(asked);
});

test('a view counts as what it declares, each time it is used', () => {
  const services = view({ Service: 'some', ServiceEntry: 'some' }, (graph) => graph.list('Service'));
  const first = new Set<Kind>();
  const second = new Set<Kind>();
  expect(services(trackReads(whole, first))).toBe(services(trackReads(whole, second)));
  expect([...first].sort()).toEqual(['Service', 'ServiceEntry']);
  expect([...second].sort()).toEqual(['Service', 'ServiceEntry']);
});

import { expect, test } from 'vitest';
import { view } from '../graph/view.ts';
import { openExample } from './run-example.ts';
import { settingsOf } from './settings.ts';
import { trackReads } from './track-reads.ts';

const raw = 'apiVersion: v1\nkind: Service\nmetadata: { name: web, namespace: shop }\n';
const session = await openExample([{ path: 'a.yaml', raw }], settingsOf([]));
const [service] = session.graph.list('Service');

test('every question about a kind is noted', () => {
  const { graph, reads } = trackReads(session.graph);
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
  const first = trackReads(session.graph);
  const second = trackReads(session.graph);
  expect(services(first.graph)).toBe(services(second.graph));
  expect([...first.reads].sort()).toEqual(['Service', 'ServiceEntry']);
  expect([...second.reads].sort()).toEqual(['Service', 'ServiceEntry']);
});

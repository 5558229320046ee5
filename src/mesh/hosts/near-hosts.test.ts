import { expect, test } from 'vitest';
import { createNearHosts } from './near-hosts.ts';

const hosts = [
  'orders.shop.svc.cluster.local',
  'cards.pay.svc.cluster.local',
  'api.maps.example.com',
  'team-a.example.com',
  'web-api.maps.example.com',
];
test.each([
  ['ordres.shop.svc.cluster.local', 'orders.shop.svc.cluster.local'],
  ['orders.shp.svc.cluster.local', undefined],
  ['orders.shoop.svc.cluster.local', 'orders.shop.svc.cluster.local'],
  ['orders.shop.scv.cluster.local', undefined],
  ['orders.shop.svc.clusters.local', 'orders.shop.svc.cluster.local'],
  ['ordres.shoop.svc.cluster.local', undefined],
  // The name of something else is no typo, and neither is another member of a family.
  ['orders.maps.svc.cluster.local', undefined],
  ['team-b.example.com', undefined],
  ['app.maps.example.com', undefined],
  ['api.mapz.example.com', 'api.maps.example.com'],
  ['team-aa.example.com', undefined],
  ['web-pai.maps.example.com', 'web-api.maps.example.com'],
  ['web-app.maps.example.com', undefined],
  ['maps.example.com', undefined],
])('%s is nearly %s', (written, known) => {
  expect(createNearHosts(hosts).nearest(written)).toBe(known);
});

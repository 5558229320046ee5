import { describe, expect, test } from 'vitest';
import type { AuthorizationRule } from '../../model/kinds.gen.ts';
import { type Peer, peerOf, principalMatches, ruleMatches, type Verdict } from './peer-match.ts';
import { translateRule } from './ztunnel.ts';

const waypoint: Peer = { namespace: 'shop', account: 'waypoint' };
const someone: Peer = { namespace: 'shop', account: undefined };

describe('principals', () => {
  const rows: readonly [pattern: string, waypoint: Verdict, someone: Verdict][] = [
    ['*', 'yes', 'yes'],
    ['cluster.local/ns/shop/sa/waypoint', 'yes', 'unknown'],
    ['other.example/ns/shop/sa/waypoint', 'yes', 'unknown'],
    ['cluster.local/ns/shop/sa/front', 'no', 'unknown'],
    ['cluster.local/ns/depot/sa/waypoint', 'no', 'no'],
    ['cluster.local/ns/shop/*', 'yes', 'yes'],
    ['cluster.local/ns/shop/sa/way*', 'yes', 'unknown'],
    ['cluster.local/ns/sho*', 'yes', 'yes'],
    ['cluster.local/ns/depot/*', 'no', 'no'],
    ['cluster.local/*', 'unknown', 'unknown'],
    ['*/sa/waypoint', 'yes', 'unknown'],
    ['*/ns/shop/sa/waypoint', 'yes', 'unknown'],
    ['*/ns/depot/sa/waypoint', 'no', 'no'],
    ['waypoint', 'no', 'no'],
  ];
  test.each(rows)('%s', (pattern, forWaypoint, forSomeone) => {
    expect(principalMatches(pattern, waypoint)).toBe(forWaypoint);
    expect(principalMatches(pattern, someone)).toBe(forSomeone);
  });
});

describe('rules', () => {
  const rows: readonly [rule: AuthorizationRule, verdict: Verdict, action?: 'DENY'][] = [
    [{}, 'yes'],
    [{ from: [{ source: { namespaces: ['shop'] } }] }, 'yes'],
    [{ from: [{ source: { namespaces: ['s*'] } }] }, 'yes'],
    [{ from: [{ source: { namespaces: ['*op'] } }] }, 'yes'],
    [{ from: [{ source: { namespaces: ['depot'] } }] }, 'no'],
    [{ from: [{ source: { notNamespaces: ['shop'] } }] }, 'no'],
    [{ from: [{ source: { notNamespaces: ['depot'] } }] }, 'yes'],
    [{ from: [{ source: { serviceAccounts: ['waypoint'] } }] }, 'yes'],
    [{ from: [{ source: { serviceAccounts: ['shop/waypoint'] } }] }, 'yes'],
    [{ from: [{ source: { serviceAccounts: ['depot/waypoint'] } }] }, 'no'],
    [{ from: [{ source: { namespaces: ['depot'] } }, { source: { serviceAccounts: ['waypoint'] } }] }, 'yes'],
    [{ from: [{ source: { namespaces: ['shop'], notPrincipals: ['*/sa/waypoint'] } }] }, 'no'],
    [{ from: [{ source: { ipBlocks: ['10.0.0.0/8'] } }] }, 'unknown'],
    [{ from: [{ source: { notIpBlocks: ['10.0.0.0/8'] } }] }, 'unknown'],
    [{ from: [{ source: { ipBlocks: ['10.0.0.0/8'], namespaces: ['depot'] } }] }, 'no'],
    [{ to: [{ operation: { ports: ['8080'] } }] }, 'yes'],
    [{ to: [{ operation: { ports: ['9090'] } }] }, 'no'],
    [{ to: [{ operation: { notPorts: ['8080'] } }] }, 'no'],
    [{ to: [{ operation: { ports: ['9090'] } }, { operation: { ports: ['8080'] } }] }, 'yes'],
    [{ to: [{ operation: { ports: ['8080'] } }], from: [{ source: { namespaces: ['depot'] } }] }, 'no'],
    [{ when: [{ key: 'source.principal', values: ['*/sa/waypoint'] }] }, 'yes'],
    [{ when: [{ key: 'source.namespace', notValues: ['shop'] }] }, 'no'],
    [{ when: [{ key: 'destination.ip', values: ['10.0.0.1'] }] }, 'unknown'],
    [{ to: [{ operation: { methods: ['GET'] } }] }, 'no'],
    [{ to: [{ operation: { methods: ['GET'] } }] }, 'no', 'DENY'],
    [{ to: [{ operation: { methods: ['GET'], ports: ['8080'] } }] }, 'yes', 'DENY'],
    [{ to: [{ operation: { paths: ['/x'] } }], from: [{ source: { namespaces: ['shop'] } }] }, 'no', 'DENY'],
  ];
  test.each(rows)('%j is %s', (rule, verdict, action) => {
    const translated = translateRule(rule, 0, action ?? 'ALLOW');
    expect(ruleMatches(translated, { peer: waypoint, port: 8080 }, 'shop')).toBe(verdict);
  });

  test('a port that is not known', () => {
    const rule = translateRule({ to: [{ operation: { ports: ['8080'] } }] }, 0, 'ALLOW');
    expect(ruleMatches(rule, { peer: waypoint }, 'shop')).toBe('unknown');
  });
});

test('a principal that is written out names its peer', () => {
  expect(peerOf('cluster.local/ns/shop/sa/front')).toEqual({ namespace: 'shop', account: 'front' });
  expect(peerOf('*/ns/shop/sa/front')).toEqual({ namespace: 'shop', account: 'front' });
  expect(peerOf('cluster.local/ns/shop/sa/*')).toBeUndefined();
});

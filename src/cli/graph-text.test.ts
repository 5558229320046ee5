import { expect, test } from 'vitest';
import { formatDot, formatGraphJson, formatMermaid, type GraphEdge, neighbourhood } from './graph-text.ts';

const node = (kind: string, name: string) => ({ kind, namespace: 'shop', name });
const edges: readonly GraphEdge[] = [
  {
    from: node('VirtualService', 'cart'),
    relation: 'routes to',
    path: 'spec.http[0]',
    to: node('Service', 'cart'),
    state: 'found',
  },
  {
    from: node('VirtualService', 'cart'),
    relation: 'binds to',
    path: 'spec.gateways[0]',
    to: node('Gateway', 'public'),
    state: 'absent',
  },
  {
    from: node('DestinationRule', 'api'),
    relation: 'sets "policy" for',
    path: 'spec.host',
    to: { kind: 'host', name: 'api.example.com' },
    state: 'unknown',
  },
];
const joined = (pieces: Iterable<string>): string => [...pieces].join('');

test('Mermaid', () => {
  expect(joined(formatMermaid(edges))).toMatchInlineSnapshot(`
    "flowchart LR
      n0["VirtualService/shop/cart"]
      n1["Service/shop/cart"]
      n2["Gateway/shop/public"]
      n3["DestinationRule/shop/api"]
      n4["host/api.example.com"]
      n0 -->|"routes to"| n1
      n0 --x|"binds to"| n2
      n3 -.->|"sets #34;policy#34; for"| n4
    "
  `);
});
test('Graphviz', () => {
  expect(joined(formatDot(edges))).toMatchInlineSnapshot(`
    "digraph mesh {
      rankdir=LR;
      node [shape=box];
      n0 [label="VirtualService/shop/cart"];
      n1 [label="Service/shop/cart"];
      n2 [label="Gateway/shop/public"];
      n3 [label="DestinationRule/shop/api"];
      n4 [label="host/api.example.com"];
      n0 -> n1 [label="routes to"];
      n0 -> n2 [label="binds to", style=dashed, color=red];
      n3 -> n4 [label="sets \\"policy\\" for", style=dotted, color=gray];
    }
    "
  `);
});
test('JSON', () => {
  expect(JSON.parse(joined(formatGraphJson(edges)))).toEqual({ version: '1', edges });
  expect(JSON.parse(joined(formatGraphJson([])))).toEqual({ version: '1', edges: [] });
});
test('a neighbourhood holds what is so many steps away, whichever way the arrows point', () => {
  expect(neighbourhood(edges, 'Service/shop/cart', 1)).toEqual(edges.slice(0, 1));
  expect(neighbourhood(edges, 'Service/shop/cart', 2)).toEqual(edges.slice(0, 2));
  expect(neighbourhood(edges, 'host/api.example.com', 9)).toEqual(edges.slice(2));
  expect(neighbourhood(edges, 'Service/shop/none', 2)).toEqual([]);
});

import { expect, test } from 'vitest';
import { type Kind, kinds } from '../model/kinds.gen.ts';
import { createConformer, type Watch } from './conform.ts';
import { loadShapes } from './shapes.ts';

const shapes = await loadShapes(Object.keys(kinds) as Kind[]);

function told(kind: Kind, value: Record<string, unknown>, watch: Watch = 'all'): string[] {
  const found: string[] = [];
  createConformer(shapes, {
    breach: () => {},
    unknown: ({ path, suggestion, homes }) => {
      const hint = suggestion ?? homes.map((home) => home.join('.')).join(' or ');
      found.push(`${path.join('.')}${hint === '' ? '' : `: ${hint}`}`);
    },
  })(kind, value, watch);
  return found;
}

const cases: { name: string; kind: Kind; value: Record<string, unknown>; watch?: Watch; told: string[] }[] = [
  {
    name: 'another case and other separators are slips however long the name',
    kind: 'DestinationRule',
    value: {
      spec: {
        Host: 'a',
        trafficPolicy: { connectionPool: { http: { http1_max_pending_requests: 1, HTTP2maxrequests: 2 } } },
      },
    },
    told: [
      'spec.Host: host',
      'spec.trafficPolicy.connectionPool.http.http1_max_pending_requests: http1MaxPendingRequests',
      'spec.trafficPolicy.connectionPool.http.HTTP2maxrequests: http2MaxRequests',
    ],
  },
  {
    name: 'another number is another field',
    kind: 'DestinationRule',
    value: { spec: { trafficPolicy: { connectionPool: { http: { http3MaxRequests: 1 } } } } },
    told: ['spec.trafficPolicy.connectionPool.http.http3MaxRequests'],
  },
  {
    name: 'the nearest object around that has the field is its home',
    kind: 'VirtualService',
    value: { spec: { http: [{ route: [{ destination: { weight: 1, retries: {}, hosts: [] } }] }] } },
    told: [
      'spec.http.0.route.0.destination.weight: spec.http.0.route.0',
      'spec.http.0.route.0.destination.retries: spec.http.0',
      'spec.http.0.route.0.destination.hosts: host',
    ],
  },
  {
    name: 'or objects right below, the items of lists among them',
    kind: 'VirtualService',
    value: { spec: { route: [], timeout: '5s' }, http: [] },
    told: ['spec.route: spec.http. or spec.tcp. or spec.tls.', 'spec.timeout: spec.http.', 'http: spec'],
  },
  {
    name: 'objects without fields of their own take any',
    kind: 'EnvoyFilter',
    value: { spec: { configPatches: [{ patch: { value: { odd: 1 }, odd: 2 } }] } },
    told: ['spec.configPatches.0.patch.odd'],
  },
  {
    name: 'an unknown field counts without a value, and whatever is in it does not',
    kind: 'PeerAuthentication',
    value: { spec: { odd: null, 'x-anchor': { mtls: { mod: 1 } } } },
    told: ['spec.odd', 'spec.x-anchor'],
  },
  {
    name: 'in metadata only slips, in status nothing, and no directives of patches',
    kind: 'PeerAuthentication',
    value: {
      metadata: { lables: {}, selfLink: '' },
      spec: { $patch: 'delete' },
      status: { condition: [], odd: 1 },
    },
    told: ['metadata.lables: labels'],
  },
  {
    name: 'of what is known in part only slips',
    kind: 'Deployment',
    watch: 'slips',
    value: {
      metadata: {},
      spec: {
        paused: true,
        template: {
          spec: {
            priority: 1,
            volumes: [{ nam: 'open' }],
            containers: [{ imag: 'a', ports: [{ containerport: 1 }] }],
          },
        },
      },
    },
    told: [
      'spec.template.spec.containers.0.imag: image',
      'spec.template.spec.containers.0.ports.0.containerport: containerPort',
    ],
  },
  { name: 'nothing unless asked', kind: 'Sidecar', watch: 'none', value: { spec: { ingres: [] } }, told: [] },
];

test.each(cases)('$name', ({ kind, value, watch, told: expected }) => {
  expect(told(kind, value, watch)).toEqual(expected);
});

test('a conformer tells of every manifest anew', () => {
  const found: string[] = [];
  const conform = createConformer(shapes, {
    breach: () => {},
    unknown: ({ path, suggestion }) => found.push(`${path.join('.')}: ${suggestion}`),
  });
  for (let i = 0; i < 2; i++) conform('Service', { spec: { selecter: {} } }, 'slips');
  expect(found).toEqual(['spec.selecter: selector', 'spec.selecter: selector']);
});

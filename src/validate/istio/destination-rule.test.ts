import { expect, test } from 'vitest';
import { valueProblems } from '../../../test/value-problems.ts';

test.each([
  ['host: cart', []],
  ['host: ""', ['error host']],
  ['host: "a.*"', ['error host']],
  [
    'host: cart, subsets: [{name: v1}, {name: v1}, {name: a_b, labels: {"": x}}]',
    ['error subsets[1].name', 'error subsets[2].name', 'error subsets[2].labels.'],
  ],
  [
    'host: cart, workloadSelector: {matchLabels: {}}, exportTo: ["*"]',
    ['error exportTo[0]', 'warning workloadSelector'],
  ],
  [
    'host: cart, workloadSelector: {matchLabels: {a: "*"}}, exportTo: ["."]',
    ['error workloadSelector.matchLabels.a'],
  ],
  ['host: cart, trafficPolicy: {}', ['error trafficPolicy']],
  ['host: cart, trafficPolicy: {portLevelSettings: []}', ['error trafficPolicy']],
  [
    'host: cart, trafficPolicy: {portLevelSettings: [{}]}',
    ['error trafficPolicy.portLevelSettings[0].port', 'error trafficPolicy.portLevelSettings[0]'],
  ],
  [
    'host: cart, trafficPolicy: {tunnel: {protocol: GET, targetHost: a b, targetPort: 0}, proxyProtocol: {version: V3}}',
    [
      'error trafficPolicy.proxyProtocol',
      'error trafficPolicy.tunnel.protocol',
      'error trafficPolicy.tunnel.targetHost',
      'error trafficPolicy.tunnel.targetPort',
      'error trafficPolicy.proxyProtocol.version',
    ],
  ],
  [
    'host: cart, trafficPolicy: {retryBudget: {budgetInterval: x}}',
    ['error trafficPolicy.retryBudget.budgetInterval'],
  ],
  ['host: cart, trafficPolicy: {connectionPool: {}}', ['error trafficPolicy.connectionPool']],
  [
    'host: cart, trafficPolicy: {connectionPool: {http: {maxRetries: -1, idleTimeout: 0s, h2UpgradePolicy: UPGRADE, useClientProtocol: true, http2KeepAlive: {interval: 1s}}, tcp: {maxConnections: -2, connectTimeout: 0.5ms, idleTimeout: 0s, tcpKeepalive: {time: 1us}}}}',
    [
      'error trafficPolicy.connectionPool.http.maxRetries',
      'error trafficPolicy.connectionPool.http.idleTimeout',
      'error trafficPolicy.connectionPool.http.useClientProtocol',
      'error trafficPolicy.connectionPool.http.http2KeepAlive.timeout',
      'error trafficPolicy.connectionPool.tcp.maxConnections',
      'error trafficPolicy.connectionPool.tcp.connectTimeout',
      'error trafficPolicy.connectionPool.tcp.tcpKeepalive.time',
    ],
  ],
  [
    'host: cart, trafficPolicy: {outlierDetection: {interval: 0s, maxEjectionPercent: 101, minHealthPercent: -1, consecutiveErrors: 5, consecutiveLocalOriginFailures: 3}}',
    [
      'error trafficPolicy.outlierDetection.interval',
      'error trafficPolicy.outlierDetection.maxEjectionPercent',
      'error trafficPolicy.outlierDetection.minHealthPercent',
      'warning trafficPolicy.outlierDetection.consecutiveErrors',
      'error trafficPolicy.outlierDetection.consecutiveLocalOriginFailures',
    ],
  ],
  [
    'host: cart, trafficPolicy: {outlierDetection: {consecutiveLocalOriginFailures: 3, splitExternalLocalOriginErrors: true}}',
    [],
  ],
  [
    'host: cart, trafficPolicy: {loadBalancer: {simple: RANDOM, consistentHash: {useSourceIp: true, httpHeaderName: a}}}',
    [
      'error trafficPolicy.loadBalancer.consistentHash',
      'error trafficPolicy.loadBalancer.consistentHash.useSourceIp',
    ],
  ],
  [
    'host: cart, trafficPolicy: {loadBalancer: {consistentHash: {httpCookie: {ttl: 0s, attributes: [{name: a}, {name: a}, {}]}}}}',
    [
      'error trafficPolicy.loadBalancer.consistentHash.httpCookie.name',
      'error trafficPolicy.loadBalancer.consistentHash.httpCookie.attributes[1].name',
      'error trafficPolicy.loadBalancer.consistentHash.httpCookie.attributes[2].name',
    ],
  ],
  [
    'host: cart, trafficPolicy: {loadBalancer: {consistentHash: {useSourceIp: true, minimumRingSize: 10, maglev: {tableSize: 65536}}}}',
    [
      'warning trafficPolicy.loadBalancer.consistentHash.minimumRingSize',
      'error trafficPolicy.loadBalancer.consistentHash.minimumRingSize',
      'error trafficPolicy.loadBalancer.consistentHash.maglev.tableSize',
    ],
  ],
  [
    'host: cart, trafficPolicy: {loadBalancer: {consistentHash: {useSourceIp: true, maglev: {tableSize: 65537}}}}',
    [],
  ],
  [
    'host: cart, trafficPolicy: {loadBalancer: {consistentHash: {useSourceIp: true, maglev: {tableSize: 5000011}}}}',
    ['error trafficPolicy.loadBalancer.consistentHash.maglev.tableSize'],
  ],
  [
    'host: cart, trafficPolicy: {loadBalancer: {warmup: {}}}',
    ['error trafficPolicy.loadBalancer.warmup.duration'],
  ],
  [
    'host: cart, trafficPolicy: {loadBalancer: {warmup: {duration: 10s, minimumPercent: 101, aggression: 0}}}',
    [
      'error trafficPolicy.loadBalancer.warmup.minimumPercent',
      'error trafficPolicy.loadBalancer.warmup.aggression',
    ],
  ],
  [
    'host: cart, trafficPolicy: {loadBalancer: {localityLbSetting: {}, zoneAwareLbSetting: {}}}',
    ['error trafficPolicy.loadBalancer.zoneAwareLbSetting'],
  ],
  [
    'host: cart, trafficPolicy: {loadBalancer: {localityLbSetting: {failover: [{from: a, to: a}, {from: a/b, to: "*"}]}}}',
    [
      'warning trafficPolicy.loadBalancer.localityLbSetting',
      'error trafficPolicy.loadBalancer.localityLbSetting.failover[0].to',
      'error trafficPolicy.loadBalancer.localityLbSetting.failover[1].from',
      'error trafficPolicy.loadBalancer.localityLbSetting.failover[1].to',
    ],
  ],
  [
    'host: cart, trafficPolicy: {outlierDetection: {}, loadBalancer: {localityLbSetting: {failover: [{from: a, to: b}], failoverPriority: [topology.kubernetes.io/zone]}}}',
    ['error trafficPolicy.loadBalancer.localityLbSetting.failoverPriority[0]'],
  ],
  [
    'host: cart, trafficPolicy: {outlierDetection: {}, loadBalancer: {zoneAwareLbSetting: {failoverPriority: [topology.istio.io/subzone, x]}}}',
    ['error trafficPolicy.loadBalancer.zoneAwareLbSetting.failoverPriority[0]'],
  ],
  [
    'host: cart, trafficPolicy: {loadBalancer: {localityLbSetting: {distribute: [{from: a/b/*, to: {a/b: 50, c: 60}}, {from: a/b/c, to: {"a/*": 50, a/b: 50}}, {from: "a/*/c", to: {a//b: 100}}, {from: d, to: {e: 0, f: 100}}]}}}',
    [
      'error trafficPolicy.loadBalancer.localityLbSetting.distribute[0].to',
      'error trafficPolicy.loadBalancer.localityLbSetting.distribute[1].to.a/b',
      'error trafficPolicy.loadBalancer.localityLbSetting.distribute[2].to.a//b',
      'error trafficPolicy.loadBalancer.localityLbSetting.distribute[3].to.e',
      'error trafficPolicy.loadBalancer.localityLbSetting.distribute[1].from',
      'error trafficPolicy.loadBalancer.localityLbSetting.distribute[2].from',
    ],
  ],
  [
    'host: cart, trafficPolicy: {loadBalancer: {localityLbSetting: {distribute: [{from: "*", to: {a: 100}}, {from: a, to: {"*": 100}}], failover: [{from: a, to: b}]}}, outlierDetection: {}}',
    [
      'error trafficPolicy.loadBalancer.localityLbSetting.failover',
      'error trafficPolicy.loadBalancer.localityLbSetting.distribute[1].from',
    ],
  ],
  ['host: cart, trafficPolicy: {tls: {mode: mutual}}', ['error trafficPolicy.tls.mode']],
  [
    'host: cart, trafficPolicy: {tls: {mode: MUTUAL}}',
    ['error trafficPolicy.tls.clientCertificate', 'error trafficPolicy.tls.privateKey'],
  ],
  [
    'host: cart, trafficPolicy: {tls: {mode: MUTUAL, credentialName: a, caCertificates: b, caCrl: c}}',
    ['error trafficPolicy.tls.caCertificates', 'error trafficPolicy.tls.caCrl'],
  ],
  [
    'host: cart, trafficPolicy: {tls: {mode: SIMPLE, insecureSkipVerify: true, credentialName: a, subjectAltNames: [b]}}',
    ['error trafficPolicy.tls.credentialName', 'error trafficPolicy.tls.subjectAltNames'],
  ],
  [
    'host: cart, trafficPolicy: {tls: {mode: SIMPLE, credentialName: "configmap://a"}}',
    ['error trafficPolicy.tls.credentialName'],
  ],
  [
    'host: cart, trafficPolicy: {tls: {mode: SIMPLE, credentialName: "configmap://other/a"}}',
    ['error trafficPolicy.tls.credentialName'],
  ],
  ['host: cart, trafficPolicy: {tls: {mode: SIMPLE, credentialName: "configmap://shop/a"}}', []],
])('%s', async (spec, expected) => {
  const found = await valueProblems('networking.istio.io/v1', 'DestinationRule', `spec: {${spec}}`);
  expect(found.map((line) => line.replace(' spec.', ' '))).toEqual(expected);
});

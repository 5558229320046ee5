import { expect, test } from 'vitest';
import { valueProblems } from '../../../test/value-problems.ts';

test.each([
  ['hosts: [cart], http: [{route: [{destination: {host: cart}}]}]', []],
  ['hosts: [cart]', ['error spec']],
  [
    'hosts: [], gateways: [a], tls: [{match: [{sniHosts: [a]}], route: [{destination: {host: cart}}]}], http: [{route: [{destination: {host: cart}}]}]',
    ['error gateways', 'error tls', 'error tls[0].match[0].sniHosts[0]'],
  ],
  ['hosts: ["*"], http: [{route: [{destination: {host: cart}}]}]', ['error hosts[0]']],
  ['hosts: ["*"], gateways: [a], http: [{route: [{destination: {host: cart}}]}]', []],
  ['hosts: ["*"], gateways: [a, mesh], http: [{route: [{destination: {host: cart}}]}]', ['error hosts[0]']],
  [
    'hosts: [a.b, "*.b", a.b], http: [{route: [{destination: {host: cart}}]}]',
    ['error hosts[1]', 'error hosts[2]'],
  ],
  [
    'hosts: [a_b, 10.0.0.1, "*.a", "::1"], http: [{route: [{destination: {host: cart}}]}]',
    ['error hosts[0]'],
  ],
  [
    'hosts: [cart], gateways: [a, ns/a, ns/, /a, ns/a.b, "*/a", a.ns.svc], http: [{route: [{destination: {host: cart}}]}]',
    [
      'error gateways[2]',
      'error gateways[3]',
      'error gateways[4]',
      'error gateways[5]',
      'warning gateways[6]',
    ],
  ],
  [
    'hosts: [cart], exportTo: [".", shop], http: [{route: [{destination: {host: cart}}]}]',
    ['error exportTo[1]'],
  ],
  [
    'hosts: [cart], exportTo: ["*", "~"], http: [{route: [{destination: {host: cart}}]}]',
    ['error exportTo[1]', 'error exportTo[0]'],
  ],
  [
    'hosts: [cart], http: [{route: [{destination: {host: cart}}], match: [{headers: {"@request.auth.claims.sub": {exact: a}}}]}]',
    ['error http[0].match[0].headers.@request.auth.claims.sub'],
  ],
  [
    'hosts: [cart], http: [{route: [{destination: {host: cart}}], match: [{headers: {"a b": {exact: a}, ":path": {prefix: ""}}, withoutHeaders: {x: {regex: "*"}, z: {regex: "("}}}]}]',
    [
      'error http[0].match[0].headers.a b',
      'error http[0].match[0].headers.:path.prefix',
      'error http[0].match[0].withoutHeaders.z.regex',
    ],
  ],
  [
    'hosts: [cart], http: [{route: [{destination: {host: cart}}], match: [{uri: {prefix: "", exact: a}, method: {prefix: ""}, authority: {regex: ""}, port: 70000, sourceNamespace: a.b, sourceLabels: {"a b": ok, a: "b c"}, gateways: [ns/]}]}]',
    [
      'error http[0].match[0].uri.prefix',
      'error http[0].match[0].method.prefix',
      'error http[0].match[0].authority.regex',
      'error http[0].match[0].port',
      'error http[0].match[0].sourceLabels.a b',
      'error http[0].match[0].sourceLabels.a',
      'error http[0].match[0].gateways[0]',
      'error http[0].match[0].sourceNamespace',
    ],
  ],
  [
    'hosts: [cart], http: [{route: [{destination: {host: cart}}], match: [{uri: {prefix: ""}, port: 0}]}]',
    [],
  ],
  [
    'hosts: [cart], http: [{route: [{destination: {host: cart}}], match: [{uri: {regex: "(?=a)"}, queryParams: {q: {regex: "a**"}}}]}]',
    ['error http[0].match[0].uri.regex', 'error http[0].match[0].queryParams.q.regex'],
  ],
  [
    'hosts: [cart], http: [{route: [{destination: {host: cart}}], headers: {request: {set: {Host: a, ":path": b}, add: {"": c, x: "100%"}, remove: [host]}, response: {set: {":status": a}, remove: [":x", ok]}}}]',
    [
      'error http[0].headers.request.add.',
      'error http[0].headers.request.add.x',
      'error http[0].headers.request.set.:path',
      'error http[0].headers.request.remove[0]',
      'error http[0].headers.response.set.:status',
      'error http[0].headers.response.remove[0]',
    ],
  ],
  [
    'hosts: [cart], http: [{route: [{destination: {host: cart}}], headers: {request: {set: {Host: a}, add: {":authority": b}}}, rewrite: {authority: c}}]',
    ['error http[0].headers.request.set.Host', 'error http[0].headers.request.add.:authority'],
  ],
  [
    'hosts: [cart], http: [{route: [{destination: {host: cart}}], headers: {request: {set: {x: "%REQ(a)% 100%%"}}}}]',
    [],
  ],
  [
    'hosts: [cart], http: [{route: [{destination: {host: cart}}], redirect: {uri: /a}, fault: {delay: {fixedDelay: 1s}}, rewrite: {uri: /}, directResponse: {status: 200}}]',
    ['error http[0].route', 'error http[0].fault', 'error http[0].rewrite', 'error http[0].directResponse'],
  ],
  [
    'hosts: [cart], http: [{route: [{destination: {host: cart}}], directResponse: {status: 700}}]',
    ['error http[0].route', 'error http[0].directResponse.status'],
  ],
  [
    'hosts: [cart], http: [{directResponse: {status: 200, body: {string: a, bytes: YQ==}}}]',
    ['error http[0].directResponse.body.bytes'],
  ],
  ['hosts: [cart], http: [{}]', ['error http[0].route']],
  ['hosts: [cart], http: [{redirect: {}}]', ['error http[0].redirect']],
  [
    'hosts: [cart], http: [{match: [{uri: {exact: /a}}], redirect: {uri: /a, prefixRewrite: /b, redirectCode: 200, scheme: ftp, port: 99999}}]',
    [
      'error http[0].redirect.prefixRewrite',
      'error http[0].redirect.prefixRewrite',
      'error http[0].redirect.redirectCode',
      'error http[0].redirect.scheme',
      'error http[0].redirect.port',
    ],
  ],
  [
    'hosts: [cart], http: [{redirect: {port: 1, derivePort: FROM_REQUEST_PORT}}]',
    ['error http[0].redirect.derivePort'],
  ],
  ['hosts: [cart], http: [{route: [{destination: {host: cart}}], rewrite: {}}]', ['error http[0].rewrite']],
  [
    'hosts: [cart], http: [{route: [{destination: {host: cart}}], rewrite: {uri: /a, uriRegexRewrite: {match: "("}}}]',
    [
      'error http[0].rewrite.uriRegexRewrite',
      'error http[0].rewrite.uriRegexRewrite.rewrite',
      'error http[0].rewrite.uriRegexRewrite.match',
    ],
  ],
  [
    'hosts: [cart], http: [{route: [{destination: {host: cart}}], rewrite: {uriRegexRewrite: {match: a, rewrite: b}}}]',
    [],
  ],
  [
    'hosts: [cart], http: [{delegate: {name: a}, route: [{destination: {host: a}}], redirect: {uri: /}}]',
    ['error http[0].redirect', 'error http[0].route'],
  ],
  ['http: [{delegate: {name: a}}]', ['error http[0].delegate', 'error http[0].route']],
  ['hosts: [cart], http: [{route: [{destination: {host: cart}}], fault: {}}]', ['error http[0].fault']],
  [
    'hosts: [cart], http: [{route: [{destination: {host: cart}}], fault: {abort: {percentage: {value: 0.00001}}, delay: {exponentialDelay: 1s, percentage: {value: 101}}}}]',
    [
      'error http[0].fault.abort.percentage.value',
      'warning http[0].fault.abort',
      'error http[0].fault.delay.percentage.value',
      'error http[0].fault.delay.exponentialDelay',
    ],
  ],
  [
    'hosts: [cart], http: [{route: [{destination: {host: cart}}], fault: {abort: {grpcStatus: unavailable, httpStatus: 99}}}]',
    [
      'error http[0].fault.abort.grpcStatus',
      'error http[0].fault.abort.grpcStatus',
      'error http[0].fault.abort.httpStatus',
    ],
  ],
  [
    'hosts: [cart], http: [{route: [{destination: {host: cart}}], fault: {abort: {http2Error: x}, delay: {fixedDelay: 0s}}}]',
    ['error http[0].fault.abort.http2Error', 'error http[0].fault.delay.fixedDelay'],
  ],
  [
    'hosts: [cart], http: [{route: [{destination: {host: cart}}], mirror: {host: a}, mirrors: [{destination: {host: "*"}, percentage: {value: 101}}, {}]}]',
    [
      'error http[0].mirrors',
      'error http[0].mirrors[0].destination.host',
      'error http[0].mirrors[0].percentage.value',
      'error http[0].mirrors[1].destination',
    ],
  ],
  [
    'hosts: [cart], http: [{route: [{destination: {host: cart}}], mirrorPercent: 101, mirrorPercentage: {value: -1}}]',
    ['error http[0].mirrorPercent', 'warning http[0].mirrorPercent', 'error http[0].mirrorPercentage.value'],
  ],
  [
    'hosts: [cart], http: [{route: [{destination: {host: cart}}], retries: {attempts: -1}}]',
    ['error http[0].retries.attempts'],
  ],
  [
    'hosts: [cart], http: [{route: [{destination: {host: cart}}], retries: {attempts: 0, retryOn: 5xx}}]',
    ['error http[0].retries.attempts'],
  ],
  [
    'hosts: [cart], http: [{route: [{destination: {host: cart}}], retries: {attempts: 3, perTryTimeout: 100us, backoff: 1.5ms, retryOn: "5xx, reset,,999,503"}}]',
    [
      'error http[0].retries.perTryTimeout',
      'error http[0].retries.backoff',
      'error http[0].retries.retryOn',
      'error http[0].retries.retryOn',
      'error http[0].retries.retryOn',
    ],
  ],
  ['hosts: [cart], http: [{route: [{destination: {host: cart}}], timeout: soon}]', ['error http[0].timeout']],
  ['hosts: [cart], http: [{route: [{destination: {host: cart}}], timeout: 1h30m}]', []],
  [
    'hosts: [cart], http: [{route: [{destination: {host: cart}}], corsPolicy: {allowOrigins: [{}, {regex: "["}], allowMethods: [get, "*"], allowHeaders: ["", "*"], exposeHeaders: ["a b"], maxAge: 1500ms}}]',
    [
      'error http[0].corsPolicy.allowOrigins[0]',
      'error http[0].corsPolicy.allowOrigins[1].regex',
      'error http[0].corsPolicy.allowMethods[0]',
      'error http[0].corsPolicy.allowHeaders[0]',
      'error http[0].corsPolicy.exposeHeaders[0]',
      'error http[0].corsPolicy.maxAge',
    ],
  ],
  [
    'hosts: [cart], http: [{route: [{destination: {host: a}}, {destination: {host: b}}]}]',
    ['error http[0].route'],
  ],
  [
    'hosts: [cart], http: [{route: [{destination: {host: a, subset: v_1, port: {}}, weight: -1}, {weight: 2}]}]',
    [
      'error http[0].route[0].destination.subset',
      'error http[0].route[0].destination.port.number',
      'error http[0].route[1].destination',
      'error http[0].route[0].weight',
    ],
  ],
  ['hosts: [cart], tls: [{}]', ['error tls[0].match', 'error tls[0].route']],
  [
    'hosts: ["*.a"], gateways: [g], tls: [{match: [{sniHosts: [b.a, b.b, 1.1.1.1], destinationSubnets: [10.0.0.0/8, 10.0.0.0/33]}, {}], route: [{destination: {host: a}}]}]',
    [
      'error tls[0].match[0].sniHosts[1]',
      'warning tls[0].match[0].sniHosts[2]',
      'error tls[0].match[0].destinationSubnets[1]',
      'error tls[0].match[1].sniHosts',
    ],
  ],
  [
    'hosts: [outbound_.80_._.a.b], gateways: [g], tls: [{match: [{sniHosts: [outbound_.80_._.a.b, outbound_.x]}], route: [{destination: {host: a}}]}]',
    ['error tls[0].match[0].sniHosts[1]'],
  ],
  [
    'hosts: [cart], tcp: [{match: [{destinationSubnets: [a], port: 65536}]}]',
    ['error tcp[0].match[0].destinationSubnets[0]', 'error tcp[0].match[0].port', 'error tcp[0].route'],
  ],
])('%s', async (spec, expected) => {
  const found = await valueProblems('networking.istio.io/v1', 'VirtualService', `spec: {${spec}}`);
  expect(found.map((line) => line.replace(' spec.', ' '))).toEqual(expected);
});

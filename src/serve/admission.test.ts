import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../engine/diagnostic.ts';
import { type AdmissionRequest, answerReview, readReview, unjudged, verdictOn } from './admission.ts';

const metadata = { name: 'cart', namespace: 'shop' };
const object = { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', metadata, spec: {} };
const kind = { group: 'networking.istio.io', version: 'v1', kind: 'VirtualService' };
const asked = { uid: 'u1', kind, operation: 'CREATE', namespace: 'shop', name: 'cart', object };
const identity = { group: 'networking.istio.io', kind: 'VirtualService', namespace: 'shop', name: 'cart' };

function review(request: object): unknown {
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request };
}

describe('a review asks', () => {
  const cases: readonly [what: string, request: object, expected: object][] = [
    ['for a new object', asked, { uid: 'u1', operation: 'CREATE', identity, object }],
    [
      'for a new object that says its namespace by where it is sent',
      { ...asked, name: '', object: { ...object, metadata: { name: 'cart' } } },
      { identity, object: { metadata } },
    ],
    [
      'for one whose name the server makes up',
      { ...asked, name: '', object: { ...object, metadata: { generateName: 'cart-' } } },
      { identity: { name: 'cart-' } },
    ],
    ['for a change', { ...asked, operation: 'UPDATE', oldObject: object }, { operation: 'UPDATE', object }],
    ['for a dry run', { ...asked, dryRun: true }, { operation: 'CREATE' }],
    [
      'for a cluster-scoped object',
      { ...asked, namespace: undefined, object: { ...object, metadata: { name: 'cart' } } },
      { identity: { namespace: '' } },
    ],
    [
      'for a deletion',
      { ...asked, operation: 'DELETE', object: null, oldObject: object },
      { operation: 'DELETE', identity },
    ],
    ['nothing of a connection', { ...asked, operation: 'CONNECT' }, { uid: 'u1' }],
    ['nothing of a subresource', { ...asked, subResource: 'status' }, { uid: 'u1' }],
    ['nothing without an object', { ...asked, object: null }, { uid: 'u1' }],
    [
      'nothing of a whole collection',
      { ...asked, operation: 'DELETE', name: '', object: null },
      { uid: 'u1' },
    ],
    [
      'nothing of what is being deleted',
      {
        ...asked,
        object: { ...object, metadata: { ...metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } },
      },
      { uid: 'u1' },
    ],
  ];
  test.each(cases)('%s', (what, request, expected) => {
    const read = readReview(review(request));
    expect(read).toMatchObject(expected);
    // Nothing but the uid: the answer is yes, whatever the object says.
    expect('identity' in read).toBe(!what.startsWith('nothing'));
  });
  test('a deletion names no object', () => {
    expect(readReview(review({ ...asked, operation: 'DELETE', object: null }))).not.toHaveProperty('object');
  });
});

test.each([
  ['something else', { kind: 'Pod', apiVersion: 'v1' }],
  ['an older version', { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1beta1', request: asked }],
  ['no request', review({})],
  ['no mapping', 7],
  ['nothing', null],
])('%s is no review', (_, body) => {
  expect(() => readReview(body)).toThrow();
});

function finding(severity: Diagnostic['severity'], rest: Partial<Diagnostic> = {}): Diagnostic {
  return {
    code: 'IST0101',
    rule: 'routing/missing-gateway',
    severity,
    message: 'Gateway a does not exist.',
    why: '',
    help: '',
    path: ['spec', 'gateways', 0],
    related: [],
    fingerprint: '',
    docs: '',
    resource: { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', ...metadata },
    ...rest,
  };
}
const create: AdmissionRequest = { uid: 'u1', operation: 'CREATE', identity, object };
const remove: AdmissionRequest = { uid: 'u1', operation: 'DELETE', identity };

describe('the verdict', () => {
  const own = (severity: string) => `IST0101 ${severity}: Gateway a does not exist. (spec.gateways[0])`;
  const cases: readonly [
    what: string,
    introduced: readonly Diagnostic[],
    request: AdmissionRequest,
    deny: 'error' | 'warning' | undefined,
    expected: ReturnType<typeof verdictOn>,
  ][] = [
    ['nothing found', [], create, 'warning', { outcome: 'allowed', warnings: [] }],
    ['only a hint', [finding('info')], create, 'warning', { outcome: 'allowed', warnings: [] }],
    [
      'an error warns by default',
      [finding('error')],
      create,
      undefined,
      { outcome: 'warned', warnings: [own('error')] },
    ],
    [
      'an error is denied on request',
      [finding('error')],
      create,
      'error',
      { outcome: 'denied', message: own('error'), warnings: [] },
    ],
    [
      'what is denied says what it assumes',
      [finding('error', { assumes: ["Istio's default for trustDomain, since …"] })],
      create,
      'error',
      {
        outcome: 'denied',
        message: `${own('error')} Assumes Istio's default for trustDomain, since ….`,
        warnings: [],
      },
    ],
    [
      'a warning is no error',
      [finding('warning')],
      create,
      'error',
      { outcome: 'warned', warnings: [own('warning')] },
    ],
    [
      'a warning is denied on request, and an error with it',
      [finding('warning'), finding('error')],
      create,
      'warning',
      { outcome: 'denied', message: `${own('warning')}; ${own('error')}`, warnings: [] },
    ],
    [
      'what is not denied still warns',
      [finding('error'), finding('warning')],
      create,
      'error',
      { outcome: 'denied', message: own('error'), warnings: [own('warning')] },
    ],
    [
      'a deletion is never denied',
      [finding('error')],
      remove,
      'warning',
      { outcome: 'warned', warnings: [own('error')] },
    ],
    [
      'another object is named',
      [
        finding('error', {
          resource: {
            apiVersion: 'networking.istio.io/v1',
            kind: 'VirtualService',
            namespace: 'till',
            name: 'pay',
          },
        }),
      ],
      create,
      undefined,
      {
        outcome: 'warned',
        warnings: ['IST0101 error in VirtualService till/pay: Gateway a does not exist. (spec.gateways[0])'],
      },
    ],
  ];
  test.each(cases)('%s', (_, introduced, request, deny, expected) => {
    expect(verdictOn(introduced, request, deny)).toEqual(expected);
  });

  test('warnings are short, few, and of one line, as they become HTTP headers', () => {
    const many = Array.from({ length: 40 }, () =>
      finding('error', { message: `line\nbreak \u202e${'x'.repeat(400)}` }),
    );
    const { warnings } = verdictOn(many, create, undefined);
    expect(warnings).toHaveLength(13);
    expect(warnings.at(-1)).toContain('28 more');
    for (const warning of warnings) {
      expect(warning.length).toBeLessThanOrEqual(256);
      expect(warning).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });
});

describe('the answer', () => {
  const cases: readonly [verdict: ReturnType<typeof verdictOn>, response: object][] = [
    [
      { outcome: 'allowed', warnings: [] },
      { uid: 'u1', allowed: true },
    ],
    [
      { outcome: 'warned', warnings: ['w'] },
      { uid: 'u1', allowed: true, warnings: ['w'] },
    ],
    [
      { outcome: 'denied', message: 'no', warnings: [] },
      { uid: 'u1', allowed: false, status: { code: 403, reason: 'Forbidden', message: 'no' } },
    ],
    [unjudged('busy'), { uid: 'u1', allowed: true, warnings: ['meshlint: not checked: busy'] }],
  ];
  test.each(cases)('to %o', (verdict, response) => {
    expect(answerReview('u1', verdict)).toEqual({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      response,
    });
  });
});

import { describe, expect, test } from 'vitest';
import { cpuTime } from '../../../test/support/cpu-time.ts';
import type { World } from '../../graph/evidence.ts';
import { openTexts } from '../../session/session.ts';
import { addressFault, addressIp, injectionWebhooks, overlappingWebhooks } from './webhooks.ts';

const configuration = (name: string, webhooks: readonly object[], labels: object = {}): string =>
  `${JSON.stringify({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name, labels },
    webhooks,
  })}\n---\n`;

const call = (service: string): object => ({ service: { name: service, namespace: 'istio-system' } });
const webhook = (name: string, more: object = {}): object => ({
  name: `${name}.istio.io`,
  clientConfig: call('istiod'),
  ...more,
});
const labels = (matchLabels: object): object => ({ matchLabels });
const enabled = { namespaceSelector: labels({ 'istio-injection': 'enabled' }) };
const rev = (revision: string): object => ({ namespaceSelector: labels({ 'istio.io/rev': revision }) });

async function overlaps(texts: readonly string[], world: World = 'closed'): Promise<string[]> {
  const files = texts.map((raw, i) => ({ path: `${i}.yaml`, raw }));
  const { graph } = await openTexts(files, { world });
  return overlappingWebhooks(graph).map(
    (one) =>
      `${one.webhook.name?.replace('.istio.io', '')} ${one.others.length} ${one.callSame ? 'same' : 'other'}`,
  );
}

describe('webhooks that overlap', () => {
  test.each<[string, readonly object[], readonly string[]]>([
    ['two for one namespace label', [webhook('a', enabled), webhook('b', enabled)], ['a 1 same', 'b 1 same']],
    [
      'two control planes',
      [webhook('a', enabled), webhook('b', { ...enabled, clientConfig: call('istiod-canary') })],
      ['a 1 other', 'b 1 other'],
    ],
    ['no selector means all', [webhook('a'), webhook('b', rev('x'))], ['a 1 same', 'b 1 same']],
    ['two revisions', [webhook('a', rev('x')), webhook('b', rev('y'))], []],
    [
      'one by namespace, one by pod',
      [
        webhook('a', enabled),
        webhook('b', { objectSelector: labels({ 'sidecar.istio.io/inject': 'true' }) }),
      ],
      ['a 1 same', 'b 1 same'],
    ],
    [
      'the same, kept apart',
      [
        webhook('a', enabled),
        webhook('b', {
          objectSelector: labels({ 'sidecar.istio.io/inject': 'true' }),
          namespaceSelector: { matchExpressions: [{ key: 'istio-injection', operator: 'DoesNotExist' }] },
        }),
      ],
      [],
    ],
    [
      'a revision that only an expression names',
      [
        webhook('a', {
          namespaceSelector: { matchExpressions: [{ key: 'istio.io/rev', operator: 'In', values: ['x'] }] },
        }),
        webhook('b', rev('x')),
      ],
      ['a 1 same', 'b 1 same'],
    ],
    [
      'conditions are not evaluated',
      [
        webhook('a', enabled),
        webhook('b', { ...enabled, matchConditions: [{ name: 'n', expression: 'false' }] }),
      ],
      [],
    ],
    [
      'one that is not called for pods',
      [webhook('a', enabled), webhook('b', { ...enabled, rules: [{ resources: ['services'] }] })],
      [],
    ],
  ])('%s', async (_, webhooks, expected) => {
    expect(await overlaps([configuration('istio', webhooks)])).toEqual(expected);
  });

  test('of several configurations, in one file outside a closed world', async () => {
    const [a, b] = ['a', 'b'].map((name) => configuration(name, [webhook(name, enabled)]));
    expect(await overlaps([`${a}${b}`], 'auto')).toHaveLength(2);
    expect(await overlaps([`${a}`, `${b}`], 'auto')).toEqual([]);
    expect(await overlaps([`${a}`, `${b}`])).toHaveLength(2);
  });

  test('hundreds of revisions are tried in little time', async () => {
    const texts = Array.from({ length: 400 }, (_, i) =>
      configuration(`c${i}`, [webhook(`w${i}`, rev(`r${i}`))]),
    );
    const start = cpuTime();
    expect(await overlaps([texts.join('')])).toEqual([]);
    expect(cpuTime() - start).toBeLessThan(3000);
  });
});

test.each<[string, string, number]>([
  ['a name of Istio', configuration('x', [webhook('a')]), 1],
  ['a revision of its own', configuration('x', [{ name: 'a.example.com' }], { 'istio.io/rev': 'one' }), 1],
  ['a revision that it selects', configuration('x', [{ name: 'a.example.com', ...rev('one') }]), 1],
  ['nothing of Istio', configuration('x', [{ name: 'a.example.com' }, { name: 'notistio.io' }]), 0],
])('webhooks that inject are told by %s', async (_, raw, count) => {
  const { graph } = await openTexts([{ path: 'w.yaml', raw }], { world: 'closed' });
  expect(injectionWebhooks(graph)).toHaveLength(count);
});

test.each([
  ['https://istiod.example.com:15017/inject', undefined, undefined],
  ['https://10.0.0.1:15017/inject', undefined, '10.0.0.1'],
  ['https://[2001:db8::1]/inject', undefined, '2001:db8::1'],
  ['http://istiod.example.com', 'insecure', undefined],
  ['istiod.example.com/inject', 'malformed', undefined],
  ['https://', 'malformed', undefined],
  ['', 'malformed', undefined],
])('the address %s', (url, fault, ip) => {
  expect(addressFault(url)).toBe(fault);
  expect(addressIp(url)).toBe(ip);
});

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { World } from '../../graph/evidence.ts';
import { openTexts } from '../../session/session.ts';
import { certificates, missingAuthority, namedCredentials } from './certificates.ts';

// Made with `openssl ca -startdate … -enddate …`: good until 2124, expired since 2021, early until 2100.
const fixture = (name: string): string =>
  readFileSync(new URL(`../../../test/fixtures/certificates/${name}`, import.meta.url), 'utf8');
const good = fixture('good.crt');
const key = fixture('good.key');

type Values = Readonly<Record<string, string>>;

const secret = (name: string, values: { data?: Values; stringData?: Values }): string =>
  `${JSON.stringify({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: 'istio-system' },
    ...values,
  })}\n---\n`;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

async function faultOf(values: { data?: Values; stringData?: Values }, world: World): Promise<string> {
  const { graph } = await openTexts([{ path: 'secret.yaml', raw: secret('cert', values) }], { world });
  const [one] = graph.list('Secret');
  if (one === undefined) throw new Error('no Secret');
  const fault = certificates(graph).faultOf(one);
  return typeof fault === 'string' ? fault : `${fault.kind} ${fault.key} ${fault.date}`.trim();
}

describe('what is wrong with a certificate', () => {
  test.each<[string, Values, string]>([
    ['nothing', { 'tls.crt': good, 'tls.key': key }, 'fine'],
    ['nothing, by the other names', { cert: good, key }, 'fine'],
    ['nothing in a chain', { 'tls.crt': `${good}${fixture('expired.crt')}`, 'tls.key': key }, 'fine'],
    [
      'the first pair counts',
      { cert: fixture('expired.crt'), key, 'tls.crt': good, 'tls.key': key },
      'expired cert 2021-01-01',
    ],
    [
      'half of the first pair does not count',
      { cert: fixture('expired.crt'), 'tls.crt': good, 'tls.key': key },
      'fine',
    ],
    ['empty values', { 'tls.crt': '', 'tls.key': '' }, 'keys'],
    ['other names', { 'server.crt': good, 'server.key': key }, 'keys'],
    ['no key', { 'tls.crt': good }, 'keys'],
    ['no PEM', { 'tls.crt': 'certificate', 'tls.key': key }, 'certificate tls.crt'],
    ['a broken PEM', { 'tls.crt': good.replace('MIIB', 'AAAA'), 'tls.key': key }, 'certificate tls.crt'],
    ['a key for a certificate', { 'tls.crt': key, 'tls.key': key }, 'certificate tls.crt'],
    ['its end', { 'tls.crt': fixture('expired.crt'), 'tls.key': key }, 'expired tls.crt 2021-01-01'],
    ['its beginning', { 'tls.crt': fixture('early.crt'), 'tls.key': key }, 'early tls.crt 2100-01-01'],
    ['a certificate for a key', { 'tls.crt': good, 'tls.key': good }, 'key tls.key'],
    ['a key behind a passphrase', { 'tls.crt': good, 'tls.key': fixture('locked.key') }, 'key tls.key'],
    ['the key of another', { 'tls.crt': good, 'tls.key': fixture('other.key') }, 'mismatch tls.key'],
    ['a short RSA key', { 'tls.crt': fixture('weak.crt'), 'tls.key': fixture('weak.key') }, 'weak tls.crt'],
  ])('%s', async (_, stringData, expected) => {
    expect(await faultOf({ stringData }, 'closed')).toBe(expected);
    const data = Object.fromEntries(Object.entries(stringData).map(([name, text]) => [name, base64(text)]));
    expect(await faultOf({ data }, 'closed')).toBe(expected);
  });

  test('what is written as text wins over what is encoded', async () => {
    const data = { 'tls.crt': base64(fixture('expired.crt')), 'tls.key': base64(key) };
    expect(await faultOf({ data, stringData: { 'tls.crt': good } }, 'closed')).toBe('fine');
  });

  test.each<[string, Values, string]>([
    ['no values', {}, 'unclear'],
    ['values that are no certificate', { 'tls.crt': '$(CERT)', 'tls.key': '$(KEY)' }, 'unclear'],
    ['a key that comes from elsewhere', { 'tls.crt': good, 'tls.key': 'vault:secret/key' }, 'unclear'],
    ['the beginning of one', { 'tls.crt': '-----BEGIN CERTIFICATE-----\n...', 'tls.key': key }, 'unclear'],
    ['other entries', { password: 'none' }, 'unclear'],
    ['a certificate under another name', { 'server.crt': good, 'server.key': key }, 'keys'],
    ['a real one', { 'tls.crt': fixture('expired.crt'), 'tls.key': key }, 'expired tls.crt 2021-01-01'],
  ])('outside a closed world: %s', async (_, stringData, expected) => {
    expect(await faultOf({ stringData }, 'auto')).toBe(expected);
  });
});

test('several names win over a single one', () => {
  expect(namedCredentials({ credentialName: 'a', credentialNames: ['b', 'c'] })).toEqual([
    { name: 'b', index: 0 },
    { name: 'c', index: 1 },
  ]);
  expect(namedCredentials({ credentialName: 'a' })).toEqual([{ name: 'a', index: undefined }]);
  expect(namedCredentials({ credentialName: '' })).toEqual([]);
});

describe('the authority of the clients', () => {
  const pair = { 'tls.crt': good, 'tls.key': key };
  const plain = secret('cert', { stringData: pair });
  const separate = (values: Values): string => secret('cert-cacert', { stringData: values });

  async function missing(tls: { mode: string; caCertCredentialName?: string }, raw: string, world: World) {
    const gateway =
      'apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: { name: g, namespace: a }\n';
    const { graph } = await openTexts([{ path: 'mesh.yaml', raw: `${raw}${gateway}` }], { world });
    const [from] = graph.list('Gateway');
    if (from === undefined) throw new Error('no Gateway');
    return missingAuthority(graph, { credentialName: 'cert', ...tls }, 'istio-system', from)?.name;
  }
  const mutual = { mode: 'MUTUAL' };
  test.each<[string, { mode: string; caCertCredentialName?: string }, string, World, string | undefined]>([
    ['is nowhere', mutual, plain, 'closed', 'cert'],
    ['is optional', { mode: 'OPTIONAL_MUTUAL' }, plain, 'closed', 'cert'],
    ['is not asked for', { mode: 'SIMPLE' }, plain, 'closed', undefined],
    ['has a name of its own', { ...mutual, caCertCredentialName: 'ca' }, plain, 'closed', undefined],
    [
      'is in the Secret',
      mutual,
      secret('cert', { stringData: { ...pair, 'ca.crt': good } }),
      'closed',
      undefined,
    ],
    ['is beside it', mutual, plain + separate({ cacert: good }), 'closed', undefined],
    [
      'is beside it under a name that nobody looks for',
      mutual,
      plain + separate({ ca: good }),
      'closed',
      'cert-cacert',
    ],
    ['is no matter when the Secret is missing', mutual, '', 'closed', undefined],
    ['may be beside a Secret that is filled in later', mutual, secret('cert', {}), 'auto', undefined],
    ['is missed where certificates are loaded', mutual, plain, 'auto', 'cert'],
    ['may be anywhere in an open world', mutual, plain, 'open', undefined],
  ])('%s', async (_, tls, raw, world, expected) => {
    expect(await missing(tls, raw, world)).toBe(expected);
  });
});

// Objects of a cluster with secrets wherever they could stand, and a search for them.
import { createAuthority } from '../support/api-server/certificates.ts';
import { healthyObjects } from '../support/healthy-mesh.ts';
import { namespace, route } from './snapshots.ts';

/** Where a secret stands, and the secret. */
export const secret = (place: string): string => `CANARY-${place}-c4n4ry`;
export const planted = [
  'token',
  'token-of-exec',
  'output-of-exec',
  'password-of-proxy',
  'id-token',
  'refresh-token',
  'client-secret',
  'token-of-remote',
  'Secret',
  'release',
  'env-of-Deployment',
  'env-of-Pod',
  'argument',
  'last-applied',
  'ConfigMap',
  'ConfigMap-of-Istio',
].map(secret);
/** A token of OIDC that ends with the first day of a year; the canary is in all of its parts. */
export const idToken = (year: number): string => {
  const claims = { note: secret('id-token'), exp: Date.UTC(year) / 1000 };
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ note: secret('id-token') })}.${part(claims)}.${secret('id-token')}`;
};
/** What a snapshot keeps, since rules read it or what stands beside it, unless it is redacted. */
export const kept = ['annotation', 'env-of-istiod', 'proxyMetadata'].map(secret);
const own = createAuthority('books').issue({ commonName: 'books.example.com', names: ['books.example.com'] });
const unused = createAuthority('unused').issue({ commonName: 'unused' });

/** As text, in base64 whatever comes before it, and lines of private keys. */
const forms: readonly (readonly [string, string])[] = [
  ...[...planted, ...kept].flatMap((text) => [
    [text, text] as const,
    ...[0, 1, 2].map((shift) => {
      const coded = Buffer.from(`${'x'.repeat(shift)}${text}`).toString('base64');
      return [text, coded.slice(shift === 0 ? 0 : 4, -4)] as const;
    }),
  ]),
  ...[own, unused].flatMap(({ key }) => {
    const [line = ''] = key.split('\n').slice(1);
    return [
      ['private key', line] as const,
      ['private key', Buffer.from(key).toString('base64').slice(40, 80)] as const,
    ];
  }),
];

/** Which secrets a text holds. */
export function leaks(text: string): string[] {
  return [...new Set(forms.filter(([, form]) => text.includes(form)).map(([name]) => name))].sort();
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const workload = (name: string, canary: string) => ({
  containers: [
    {
      name,
      image: 'shop/cart:1',
      env: [{ name: 'PASSWORD', value: secret(canary) }],
      args: [`--password=${secret('argument')}`],
    },
  ],
});
const labels = { app: 'cart' };
const data = (canary: string) => ({ password: base64(secret(canary)) });

export function objectsWithSecrets(remote: string): readonly unknown[] {
  const v1 = { apiVersion: 'v1' };
  const metadata = (name: string, place = 'shop', extra: object = {}) => ({
    metadata: { name, namespace: place, ...extra },
  });
  const annotations = {
    'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ password: secret('last-applied') }),
    'example.com/note': secret('annotation'),
  };
  return [
    ...healthyObjects(),
    namespace('shop', { 'istio-injection': 'enabled' }),
    route('cart', 'shop/public'),
    { ...route('pay', 'shop/public'), ...metadata('pay', 'shop', { annotations }) },
    { ...v1, kind: 'Secret', ...metadata('own', 'shop'), type: 'Opaque', data: data('Secret') },
    {
      ...v1,
      kind: 'Secret',
      ...metadata('unused', 'shop'),
      type: 'kubernetes.io/tls',
      stringData: { 'tls.crt': unused.cert, 'tls.key': unused.key },
    },
    {
      ...v1,
      kind: 'Secret',
      ...metadata('served', 'istio-system', { annotations }),
      type: 'kubernetes.io/tls',
      stringData: { 'tls.crt': own.cert + own.key, 'tls.key': own.key, password: secret('Secret') },
    },
    {
      ...v1,
      kind: 'Secret',
      ...metadata('sh.helm.release.v1.cart.v1'),
      type: 'helm.sh/release.v1',
      data: data('release'),
    },
    { ...v1, kind: 'ConfigMap', ...metadata('settings'), data: { password: secret('ConfigMap') } },
    {
      ...v1,
      kind: 'ConfigMap',
      ...metadata('settings', 'istio-system'),
      data: { password: secret('ConfigMap-of-Istio') },
    },
    {
      ...v1,
      kind: 'ConfigMap',
      ...metadata('istio', 'istio-system'),
      data: { mesh: `defaultConfig:\n  proxyMetadata:\n    TOKEN: ${secret('proxyMetadata')}\n` },
    },
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'Gateway',
      ...metadata('tls', 'istio-system'),
      spec: {
        selector: { istio: 'ingressgateway' },
        servers: [
          {
            port: { number: 443, name: 'https', protocol: 'HTTPS' },
            tls: { mode: 'SIMPLE', credentialName: 'served' },
            hosts: ['books.example.com'],
          },
        ],
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      ...metadata('cart'),
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels, annotations }, spec: workload('cart', 'env-of-Deployment') },
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      ...metadata('istiod', 'istio-system', { labels: { app: 'istiod' } }),
      spec: {
        selector: { matchLabels: { app: 'istiod' } },
        template: {
          metadata: { labels: { app: 'istiod' } },
          spec: {
            containers: [
              {
                name: 'discovery',
                image: 'istio/pilot:1.29.0',
                env: [{ name: 'TOKEN', value: secret('env-of-istiod') }],
              },
            ],
          },
        },
      },
    },
    {
      ...v1,
      kind: 'Pod',
      ...metadata('cart-1', 'shop', { labels, annotations }),
      spec: workload('cart', 'env-of-Pod'),
    },
    {
      ...v1,
      kind: 'Secret',
      ...metadata('remote', 'istio-system', { labels: { 'istio/multiCluster': 'true' } }),
      stringData: { west: remote },
    },
  ];
}

import { expect, test } from 'vitest';
import { ClusterError } from './cluster-error.ts';
import { proxyFor } from './proxy.ts';

const proxy = { HTTPS_PROXY: 'http://proxy:3128' };
const except = (list: string): Record<string, string> => ({ ...proxy, NO_PROXY: list });

const cases: readonly (readonly [
  server: string,
  environment: Record<string, string>,
  host: string | undefined,
])[] = [
  ['https://api.example', {}, undefined],
  ['https://api.example', proxy, 'proxy:3128'],
  ['https://api.example', { https_proxy: 'http://lower:1' }, 'lower:1'],
  ['https://api.example', { ...proxy, https_proxy: 'http://lower:1' }, 'proxy:3128'],
  ['https://api.example', { HTTPS_PROXY: 'bare:3128' }, 'bare:3128'],
  ['https://api.example', { HTTPS_PROXY: 'user:pass@bare:3128' }, 'bare:3128'],
  ['https://api.example', { HTTPS_PROXY: '' }, undefined],
  ['https://api.example', { HTTP_PROXY: 'http://plain:1', ALL_PROXY: 'http://all:1' }, undefined],
  ['http://api.example', { ...proxy, HTTP_PROXY: 'http://plain:1' }, 'plain:1'],
  // A machine reaches itself without help.
  ['https://localhost:6443', proxy, undefined],
  ['https://127.0.0.1:6443', proxy, undefined],
  ['https://127.8.0.1:6443', proxy, undefined],
  ['https://[::1]:6443', proxy, undefined],
  ['https://api.example', except('*'), undefined],
  ['https://api.example', except('example'), undefined],
  ['https://api.example', except('a, EXAMPLE ,b'), undefined],
  ['https://api.example', except('.example'), undefined],
  ['https://api.example', except('*.example'), undefined],
  ['https://api.example', except('api.example'), undefined],
  ['https://api.example', except('.api.example'), 'proxy:3128'],
  ['https://api.example', except('i.example'), 'proxy:3128'],
  ['https://api.example', except('api.example:443'), undefined],
  ['https://api.example', except('api.example:6443'), 'proxy:3128'],
  ['https://api.example:6443', except('api.example:6443'), undefined],
  ['https://10.1.2.3', except('10.1.2.3'), undefined],
  ['https://10.1.2.3', except('10.1.2.4'), 'proxy:3128'],
  ['https://10.1.2.3', except('10.0.0.0/8'), undefined],
  ['https://10.1.2.3', except('10.2.0.0/16, 11.0.0.0/8'), 'proxy:3128'],
  ['https://10.1.2.3', except('10.0.0.0/99'), 'proxy:3128'],
  ['https://api.example', except('10.0.0.0/8'), 'proxy:3128'],
  ['https://[fd00::7]:6443', except('fd00::/8'), undefined],
  ['https://[fd00::7]:6443', except('[fd00::7]:6443'), undefined],
  ['https://[fd00::7]:6443', except('fd00::7'), undefined],
];
test.each(cases)('%s with %o goes through %s', (server, environment, host) => {
  expect(proxyFor(new URL(server), undefined, environment)?.host).toBe(host);
});

test('the proxy of a kubeconfig asks nobody else', () => {
  const found = proxyFor(new URL('https://localhost'), 'https://own.example', except('*'));
  expect(found?.href).toBe('https://own.example/');
});

test.each(['socks5://u:hidden@proxy:1', 'ftp://u:hidden@proxy', 'http://u:hidden@:1'])(
  '%s is refused',
  (address) => {
    const attempt = (): unknown =>
      proxyFor(new URL('https://a.example'), undefined, { HTTPS_PROXY: address });
    expect(attempt).toThrow(ClusterError);
    expect(attempt).toThrow(/HTTPS_PROXY/);
    expect(attempt).not.toThrow(/hidden/);
  },
);

import { expect, test } from 'vitest';
import { showObject } from '../model/object-id.ts';
import { readRemoved } from './removed.ts';

const named: readonly [written: string, object: string][] = [
  ['VirtualService/shop/cart', 'VirtualService shop/cart'],
  ['virtualservices/shop/cart', 'VirtualService shop/cart'],
  ['VirtualService.networking.istio.io/shop/cart', 'VirtualService shop/cart'],
  ['Gateway/shop/public', 'Gateway.networking.istio.io shop/public'],
  ['gateways.gateway.networking.k8s.io/shop/public', 'Gateway.gateway.networking.k8s.io shop/public'],
  ['Service/cart', 'Service here/cart'],
  ['Namespace/shop', 'Namespace shop'],
  ['Thing.example.org/shop/it', 'Thing shop/it'],
  ['Thing.example.org/it', 'Thing it'],
];
test.each(named)('--deleted %s', async (written, object) => {
  expect((await readRemoved([written]))('here').map(showObject)).toEqual([object]);
});

test.each(['cart', 'Thing/shop/it', 'Service/', 'Service/a/b/c', ''])(
  '--deleted "%s" names nothing',
  async (written) => {
    await expect(readRemoved([written])).rejects.toThrow(/is no object, and no file/);
  },
);

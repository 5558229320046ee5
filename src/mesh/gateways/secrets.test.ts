import { describe, expect, test } from 'vitest';
import type { World } from '../../graph/evidence.ts';
import { openTexts } from '../../session/session.ts';
import { secrets } from './secrets.ts';

const asker = `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: public, namespace: ingress }
---
`;
const secret = (name: string, content: string): string => `apiVersion: v1
kind: Secret
metadata: { name: ${name}, namespace: ingress }
${content}
---
`;
const made = (apiVersion: string, kind: string, spec: string): string => `apiVersion: ${apiVersion}
kind: ${kind}
metadata: { name: shop, namespace: ingress }
spec: ${spec}
---
`;

describe('find', () => {
  test.each<[string, World, string, string, string]>([
    ['a Secret', 'auto', secret('shop-cert', 'type: kubernetes.io/tls'), 'shop-cert', 'found'],
    [
      'what cert-manager makes',
      'closed',
      made('cert-manager.io/v1', 'Certificate', '{ secretName: shop-cert }'),
      'shop-cert',
      'found',
    ],
    [
      'what External Secrets makes',
      'closed',
      made('external-secrets.io/v1', 'ExternalSecret', '{ target: { name: shop-cert } }'),
      'shop-cert',
      'found',
    ],
    [
      'what External Secrets makes under its own name',
      'closed',
      made('external-secrets.io/v1', 'ExternalSecret', '{}'),
      'shop',
      'found',
    ],
    [
      'what is sealed',
      'closed',
      made('bitnami.com/v1alpha1', 'SealedSecret', '{ encryptedData: { a: b } }'),
      'shop',
      'found',
    ],
    [
      'what is sealed under another name',
      'closed',
      made('bitnami.com/v1alpha1', 'SealedSecret', '{ template: { metadata: { name: shop-cert } } }'),
      'shop-cert',
      'found',
    ],
    ['nothing in a closed world', 'closed', '', 'shop-cert', 'absent'],
    [
      'nothing beside other certificates',
      'auto',
      secret('other', 'stringData: { tls.crt: x }'),
      'shop-cert',
      'absent',
    ],
    [
      'nothing, with a hint',
      'auto',
      secret('shop-cert', 'data: { cert: eA== }'),
      'shop-crt',
      'absent ingress/shop-cert',
    ],
    [
      'nothing known beside Secrets of another sort',
      'auto',
      secret('registry', 'type: kubernetes.io/dockerconfigjson'),
      'shop-cert',
      'unknown',
    ],
    ['nothing known without any Secret', 'auto', '', 'shop-cert', 'unknown'],
  ])('%s', async (_, world, raw, name, expected) => {
    const { graph } = await openTexts([{ path: 'mesh.yaml', raw: asker + raw }], { world });
    const [from] = graph.list('Gateway');
    if (from === undefined) throw new Error('nobody asks');
    const lookup = secrets(graph).find({ namespace: 'ingress', name }, from);
    const hint = 'suggestion' in lookup && lookup.suggestion !== undefined ? ` ${lookup.suggestion}` : '';
    expect(lookup.state + hint).toBe(expected);
  });

  test('says where else there is one', async () => {
    const raw = asker + secret('shop-cert', '') + secret('shop-cert', '').replace('ingress', 'shop');
    const { graph } = await openTexts([{ path: 'mesh.yaml', raw }]);
    expect(secrets(graph).namespacesWith('shop-cert')).toEqual(['ingress', 'shop']);
  });
});

// A shop that is fine, and what breaks it in another file than the one that changes.
export const service = `apiVersion: v1
kind: Service
metadata: { name: cart, namespace: shop }
spec:
  selector: { app: cart }
  ports: [{ name: http, port: 80 }]
`;

export const route = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: cart, namespace: shop }
spec:
  hosts: [cart]
  http:
    - route: [{ destination: { host: cart, subset: v2 } }]
`;

/** A DestinationRule of cart with these subsets. */
export function subsets(...names: readonly string[]): string {
  return `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: cart, namespace: shop }
spec:
  host: cart
  subsets:
${names.map((name) => `    - { name: ${name}, labels: { version: ${name} } }\n`).join('')}`;
}

export const shop = { 'service.yaml': service, 'route.yaml': route, 'rule.yaml': subsets('v1', 'v2') };

/** Wrong in any world, and in no relation to anything else. */
export const bad = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: bad, namespace: shop }
spec:
  hosts: [bad.example.com]
  http:
    - timeout: soon
      directResponse: { status: 200 }
`;

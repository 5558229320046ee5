// A mesh without findings, as the objects of a cluster: the healthy example, a certificate, and Istio itself.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAuthority } from './api-server/certificates.ts';
import { readObjects } from './api-server/start.ts';

const EXAMPLE = 'examples/healthy';

const istio = `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: edge-tls, namespace: edge }
spec:
  selector: { app: edge-gateway }
  servers:
    - port: { number: 443, name: https, protocol: HTTPS }
      tls: { mode: SIMPLE, credentialName: edge-certificate }
      hosts: [books/books.example.com]
---
apiVersion: v1
kind: ConfigMap
metadata: { name: istio, namespace: istio-system }
data: { mesh: "accessLogFile: /dev/stdout\\n" }
---
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: { name: istio-waypoint }
spec: { controllerName: istio.io/mesh-controller }
`;

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** The objects, made anew: certificates last some days only. */
export function healthyObjects(): readonly Manifest[] {
  const { cert, key } = createAuthority('books').issue({
    commonName: 'books.example.com',
    names: ['books.example.com'],
    days: 300,
  });
  const certificate = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'edge-certificate', namespace: 'edge' },
    type: 'kubernetes.io/tls',
    stringData: { 'tls.crt': cert, 'tls.key': key },
  };
  const files = readdirSync(EXAMPLE, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.yaml'))
    .sort();
  const example = files.flatMap((path) => readObjects(readFileSync(join(EXAMPLE, path), 'utf8')));
  return [...example, ...readObjects(istio), certificate].map((object) => withTlsRoute(object as Manifest));
}

/** The route of the example takes the Gateway with the certificate, too. */
function withTlsRoute(
  object: Manifest & { readonly spec?: { readonly gateways?: readonly string[] } },
): Manifest {
  const { kind, spec } = object;
  if (kind !== 'VirtualService' || spec?.gateways === undefined) return object;
  return Object.assign({ ...object }, { spec: { ...spec, gateways: [...spec.gateways, 'edge/edge-tls'] } });
}

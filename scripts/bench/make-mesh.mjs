// @ts-check
// Writes a synthetic mesh of about N manifests below a folder: one file for each application, a healthy mesh with a
// few planted mistakes, the same bytes for the same arguments.
//   node scripts/bench/make-mesh.mjs FOLDER N
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const MANIFESTS_PER_APP = 9;
const APPS_PER_TEAM = 25;

/** Every so many applications, one has the next of these mistakes. */
const mistakes = ['missing subset', 'missing host', 'subset without pods', 'port name', 'policy selector'];
const MISTAKE_EVERY = 40;

/**
 * Returns how many manifests were written.
 * @param {string} folder
 * @param {number} wanted
 */
export function makeMesh(folder, wanted) {
  if (wanted === 1) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'routes.yaml'), `${virtualService('team-0', 'app-0', undefined)}\n`);
    return 1;
  }
  const apps = Math.max(1, Math.round(wanted / (MANIFESTS_PER_APP + 2 / APPS_PER_TEAM)));
  let written = 0;
  for (let app = 0; app < apps; app++) {
    const team = Math.floor(app / APPS_PER_TEAM);
    const namespace = `team-${team}`;
    const ambient = team % 3 === 2;
    const home = join(folder, namespace);
    if (app % APPS_PER_TEAM === 0) {
      mkdirSync(home, { recursive: true });
      writeFileSync(join(home, 'namespace.yaml'), namespaceFile(namespace, ambient));
      written += ambient ? 3 : 2;
    }
    const mistake =
      app % MISTAKE_EVERY === 13 ? mistakes[Math.floor(app / MISTAKE_EVERY) % mistakes.length] : undefined;
    const manifests = application(namespace, `app-${app}`, ambient, mistake);
    writeFileSync(join(home, `app-${app}.yaml`), `${manifests.join('\n---\n')}\n`);
    written += manifests.length;
  }
  return written;
}

/** @param {string} namespace @param {boolean} ambient */
function namespaceFile(namespace, ambient) {
  const labels = ambient
    ? '    istio.io/dataplane-mode: ambient\n    istio.io/use-waypoint: waypoint'
    : '    istio-injection: enabled';
  const waypoint = `---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata:
  name: waypoint
  namespace: ${namespace}
spec:
  gatewayClassName: istio-waypoint
  listeners:
    - name: mesh
      port: 15008
      protocol: HBONE
`;
  return `apiVersion: v1
kind: Namespace
metadata:
  name: ${namespace}
  labels:
${labels}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata:
  name: strict
  namespace: ${namespace}
spec:
  mtls:
    mode: STRICT
${ambient ? waypoint : ''}`;
}

/** @param {string} namespace @param {string} app @param {boolean} ambient @param {string | undefined} mistake */
function application(namespace, app, ambient, mistake) {
  const host = `${app}.${namespace}.svc.cluster.local`;
  return [
    `apiVersion: v1
kind: ServiceAccount
metadata:
  name: ${app}
  namespace: ${namespace}`,
    service(namespace, app, `    app: ${app}`, mistake === 'port name' ? 'web' : 'http'),
    service(namespace, `${app}-canary`, `    app: ${app}\n    version: v2`, 'http'),
    deployment(namespace, app, 'v1'),
    deployment(namespace, app, 'v2'),
    `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata:
  name: ${app}
  namespace: ${namespace}
spec:
  host: ${host}
  trafficPolicy:
    outlierDetection:
      consecutive5xxErrors: 7
      interval: 20s
    connectionPool:
      http: {http2MaxRequests: 400, maxRetries: 2}
  subsets:
    - name: v1
      labels:
        version: v1
    - name: v2
      labels:
        version: ${mistake === 'subset without pods' ? 'v9' : 'v2'}`,
    virtualService(namespace, app, mistake),
    ambient
      ? `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata:
  name: ${app}
  namespace: ${namespace}
spec:
  targetRefs:
    - group: ""
      kind: Service
      name: ${app}
  rules:
${rules(namespace, app)}`
      : `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata:
  name: ${app}
  namespace: ${namespace}
spec:
  selector:
    matchLabels:
      app: ${mistake === 'policy selector' ? `${app}-gone` : app}
  rules:
${rules(namespace, app)}`,
    `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata:
  name: ${app}-partner
  namespace: ${namespace}
spec:
  hosts:
    - ${app}.partner.example
  exportTo: ["."]
  location: MESH_EXTERNAL
  resolution: DNS
  ports:
    - number: 443
      name: tls
      protocol: TLS`,
  ];
}

/** @param {string} namespace @param {string} app */
function rules(namespace, app) {
  return `    - from:
        - source:
            principals: ["cluster.local/ns/${namespace}/sa/${app}"]
      to:
        - operation:
            methods: ["GET", "PUT"]
            paths: ["/v1/*", "/healthz"]`;
}

/** @param {string} namespace @param {string} app @param {string | undefined} mistake */
function virtualService(namespace, app, mistake) {
  const host = `${app}.${namespace}.svc.cluster.local`;
  const target = mistake === 'missing host' ? `${app}-gone.${namespace}.svc.cluster.local` : host;
  return `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: ${app}
  namespace: ${namespace}
spec:
  hosts:
    - ${host}
  http:
    - name: testers
      match:
        - uri: {prefix: /v1}
          headers:
            x-tester:
              exact: "yes"
      route:
        - destination:
            host: ${target}
            subset: ${mistake === 'missing subset' ? 'v3' : 'v2'}
      timeout: 5s
    - name: everyone
      retries:
        attempts: 2
        retryOn: gateway-error,connect-failure
      route:
        - destination:
            host: ${host}
            subset: v1
          weight: 95
        - destination:
            host: ${host}
            subset: v2
          weight: 5`;
}

/** @param {string} namespace @param {string} name @param {string} selector @param {string} port */
function service(namespace, name, selector, port) {
  return `apiVersion: v1
kind: Service
metadata:
  name: ${name}
  namespace: ${namespace}
spec:
  selector:
${selector}
  ports:
    - name: ${port}
      port: 80
      targetPort: 8080`;
}

/** @param {string} namespace @param {string} app @param {string} version */
function deployment(namespace, app, version) {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${app}-${version}
  namespace: ${namespace}
  labels: {app: ${app}, version: ${version}}
spec:
  replicas: 2
  selector:
    matchLabels:
      app: ${app}
      version: ${version}
  template:
    metadata:
      labels:
        app: ${app}
        version: ${version}
    spec:
      serviceAccountName: ${app}
      containers:
        - name: main
          image: registry.example/${namespace}/${app}:${version}
          ports:
            - name: http
              containerPort: 8080
          env:
            - name: LOG_LEVEL
              value: info
          readinessProbe:
            httpGet: {path: /healthz, port: 8080}
            periodSeconds: 10
          resources:
            requests: {cpu: 50m, memory: 64Mi}
            limits: {memory: 128Mi}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [folder, wanted] = process.argv.slice(2);
  if (folder === undefined || !(Number(wanted) > 0)) {
    console.error('usage: node scripts/bench/make-mesh.mjs FOLDER MANIFESTS');
    process.exitCode = 2;
  } else console.log(`${makeMesh(folder, Number(wanted))} manifests`);
}

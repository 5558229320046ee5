import { describe, expect, test } from 'vitest';
import type { World } from '../../graph/evidence.ts';
import { openTexts } from '../../session/session.ts';
import { type AnnotationFaults, annotationFaults } from './annotations.ts';

async function faultsOf(
  raw: string,
  world: World = 'auto',
  more: Readonly<Record<string, string>> = {},
): Promise<AnnotationFaults> {
  const texts = Object.entries({ 'mesh.yaml': raw, ...more }).map(([path, text]) => ({ path, raw: text }));
  return annotationFaults((await openTexts(texts, { world })).graph);
}

/** A Pod, Service or Namespace with annotations; each as `key: value`. */
function object(kind: string, annotations: readonly string[], more = ''): string {
  return `apiVersion: v1
kind: ${kind}
metadata:
  name: one
  annotations: { ${annotations.join(', ')} }
${more}`;
}

describe('unknown names', () => {
  const rows: readonly (readonly [name: string, meant: string | undefined])[] = [
    ['sidecar.istio.io/proxyMemoryLimits', 'annotation sidecar.istio.io/proxyMemoryLimit'],
    ['sidecar.istio.io/proxycpulimit', 'annotation sidecar.istio.io/proxyCPULimit'],
    ['sidecars.istio.io/inject', 'annotation sidecar.istio.io/inject'],
    ['sidecar.istio.io/excludeInboundPorts', 'annotation traffic.sidecar.istio.io/excludeInboundPorts'],
    ['istio.io/inject', 'annotation sidecar.istio.io/inject'],
    ['istio.io/dataplane-mode', 'label istio.io/dataplane-mode'],
    ['istio.io/use-waypiont', 'label istio.io/use-waypoint'],
    ['networking.istio.io/exportThree', undefined],
    ['team.istio.io/config', undefined],
    ['sidecar.istio.io/', undefined],
    ['istio.io', undefined],
  ];
  test.each(rows)('%s', async (name, expected) => {
    const { unknown, ...others } = await faultsOf(object('Pod', [`${name}: "x"`]));
    expect(unknown.map(({ meant }) => meant && `${meant.is} ${meant.name}`)).toEqual([expected]);
    expect(Object.values(others).flat()).toEqual([]);
  });

  const silent = [
    'sidecar.istio.io/status',
    'gateway.istio.io/controller-version',
    'istio.io/rev',
    'operator.istio.io/component',
    'istio.example.com/team',
    'myistio.io/inject',
    'kubernetes.io/ingress.classes',
    'toString',
    'istio-injection',
  ];
  test.each(silent)('%s is passed over', async (name) => {
    expect(Object.values(await faultsOf(object('Service', [`${name}: "x"`]))).flat()).toEqual([]);
  });
});

describe('the order of the questions', () => {
  /** Which of the five answers an annotation gets, on which kind. */
  const rows: readonly (readonly [kind: string, annotation: string, answers: string])[] = [
    ['Pod', 'sidecar.istio.io/proxyCPU: "1"', 'alpha'],
    ['Pod', 'sidecar.istio.io/proxyCPU: lots', 'alpha invalid'],
    ['Service', 'sidecar.istio.io/proxyCPU: lots', 'alpha misplaced'],
    ['Pod', 'sidecar.istio.io/inject: "false"', 'deprecated'],
    ['Namespace', 'sidecar.istio.io/inject: nope', 'deprecated misplaced'],
    ['Pod', 'sidecar.istio.io/inject: "no"', 'deprecated invalid'],
    ['Pod', 'traffic.sidecar.istio.io/kubevirtInterfaces: ","', 'alpha deprecated invalid'],
    ['Namespace', 'galley.istio.io/analyze-suppress: IST0107', 'alpha'],
    ['Namespace', 'kubernetes.io/ingress.class: istio', 'misplaced'],
    ['Service', 'toString.istio.io/constructor: x', 'unknown'],
    ['Pod', 'ambient.istio.io/redirection: enabled', ''],
    ['Pod', 'sidecar.istio.io/proxyCPU: "{{ .Values.cpu }}"', 'alpha'],
    // The API server makes these texts, or refuses them; they are no texts here.
    ['Pod', 'sidecar.istio.io/proxyCPU: 1', 'alpha'],
  ];
  test.each(rows)('%s with %s', async (kind, annotation, answers) => {
    const faults = Object.entries(await faultsOf(object(kind, [annotation])));
    const given = faults.flatMap(([name, found]) => found.map(() => name));
    expect(given.sort().join(' ')).toBe(answers);
  });

  test('whoever has the label keeps the annotation', async () => {
    const both = `apiVersion: v1
kind: Pod
metadata:
  name: one
  labels: { sidecar.istio.io/inject: "true" }
  annotations: { sidecar.istio.io/inject: "true" }
`;
    expect((await faultsOf(both)).deprecated).toEqual([]);
  });
});

describe('proxy configurations', () => {
  const rows: readonly (readonly [it: string, text: string, problem: string | undefined])[] = [
    ['nothing', '', undefined],
    ['an empty mapping', '{}', undefined],
    ['fields that nobody knows', 'holdAplication: true', undefined],
    ['numbers as texts', 'concurrency: "2"', undefined],
    ['unusual YAML', 'proxyMetadata: &a\n  A: "1"', undefined],
    ['a text', 'debug', 'it is no mapping'],
    ['a list', '- a', 'it is no mapping'],
    ['no YAML', 'a: [', 'it is no YAML'],
    ['a tab', 'image:\n\timageType: debug', 'it is no YAML'],
    ['two documents', 'a: 1\n---\nb: 1', 'it holds more than one document'],
    [
      'a number for a text',
      'proxyMetadata:\n  A: 1',
      '`proxyMetadata.A` has to be a text, not a number; put it in quotes',
    ],
    [
      'a text for a boolean',
      'holdApplicationUntilProxyStarts: "true"',
      '`holdApplicationUntilProxyStarts` has to be a boolean, not a text',
    ],
    ['a mapping for a text', 'image:\n  imageType: {}', '`image.imageType` has to be a text, not a mapping'],
    ['a mode', 'interceptionMode: redirect', '`interceptionMode` is none of `REDIRECT`, `TPROXY` and `NONE`'],
    ['a port', 'statusPort: 0', '`statusPort` is no port from 1 to 65535'],
    ['a duration', 'drainDuration: 45', '`drainDuration` has to be a text, not a number; put it in quotes'],
    ['a duration without a unit', 'drainDuration: "45"', '`drainDuration` is no duration like `45s`'],
    ['an address', 'discoveryAddress: istiod.istio-system.svc', '`discoveryAddress` is no `host:port`'],
    ['an address with a port', 'discoveryAddress: istiod.istio-system.svc:15012', undefined],
    ['an empty field', 'serviceCluster: ""', '`serviceCluster` is empty'],
  ];
  test.each(rows)('%s', async (_, text, problem) => {
    const { invalid } = await faultsOf(object('Pod', [`proxy.istio.io/config: ${JSON.stringify(text)}`]));
    expect(invalid.map((one) => one.problem)).toEqual(problem === undefined ? [] : [problem]);
  });
});

describe('who carries annotations', () => {
  const annotated = 'annotations: { sidecar.istio.io/proxyCPU: lots }';
  const template = `template: { metadata: { ${annotated} }, spec: {} }`;

  test.each([
    ['apps/v1', 'Deployment', template, 'spec.template.metadata.annotations'],
    ['apps/v1', 'StatefulSet', template, 'spec.template.metadata.annotations'],
    [
      'batch/v1',
      'CronJob',
      `jobTemplate: { spec: { ${template} } }`,
      'spec.jobTemplate.spec.template.metadata.annotations',
    ],
  ])('%s %s', async (apiVersion, kind, spec, path) => {
    const { misplaced, invalid } = await faultsOf(
      `{ apiVersion: ${apiVersion}, kind: ${kind}, metadata: { name: one, ${annotated} }, spec: { ${spec} } }`,
    );
    expect(misplaced.map((one) => [one.bearer, one.template?.path])).toEqual([[kind, path]]);
    expect(invalid.map((one) => one.bearer)).toEqual(['Pod']);
  });

  test('a pod of a loaded owner is judged as its template', async () => {
    const owner = `{ apiVersion: apps/v1, kind: StatefulSet, metadata: { name: one }, spec: { ${template} } }`;
    const owned = object('Pod', ['sidecar.istio.io/proxyCPU: lots']).replace(
      'name: one',
      'name: one-0\n  ownerReferences: [{ apiVersion: apps/v1, kind: StatefulSet, name: one }]',
    );
    const { invalid } = await faultsOf(`${owner}\n---\n${owned}`);
    expect(invalid.map(({ resource }) => resource.kind)).toEqual(['StatefulSet']);
  });

  test('what Istio deploys for a Gateway has a copy of its annotations', async () => {
    const managed = object('Service', ['networking.istio.io/service-type: NodePort']).replace(
      'name: one',
      'name: one\n  labels: { gateway.istio.io/managed: istio.io-gateway-controller }',
    );
    expect(Object.values(await faultsOf(managed)).flat()).toEqual([]);
  });

  test('what the injector wrote is not alpha', async () => {
    const written = ['sidecar.istio.io/interceptionMode: REDIRECT'];
    const withInit = object('Pod', written, 'spec: { initContainers: [{ name: istio-init }] }');
    expect((await faultsOf(object('Pod', written), 'closed')).alpha).toHaveLength(0);
    expect((await faultsOf(object('Pod', written), 'auto')).alpha).toHaveLength(1);
    expect((await faultsOf(withInit, 'closed')).alpha).toHaveLength(1);
  });

  test('values that a kustomization patches are not judged', async () => {
    const kustomization = `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [mesh.yaml]
patches: [{ path: patch.yaml }]
`;
    const faults = await faultsOf(
      object('Pod', ['sidecar.istio.io/proxyCPU: lots', 'sidecar.istio.io/proxyCUP: "1"']),
      'auto',
      { 'kustomization.yaml': kustomization },
    );
    expect(faults.invalid).toEqual([]);
    expect(faults.unknown).toHaveLength(1);
  });
});

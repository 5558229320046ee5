import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readTexts } from '../load/index.ts';
import { identify } from '../validate/identify.ts';
import { findMesh, type MeshRequest } from './mesh.ts';

async function mesh(raw: string, request: MeshRequest = {}): Promise<Awaited<ReturnType<typeof findMesh>>> {
  return findMesh(
    request,
    (await identify((await readTexts([{ path: 'a.yaml', raw }])).manifests)).resources,
  );
}

const configMap = (namespace: string, text: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: ${namespace}}\ndata:\n  mesh: |\n    ${text}\n`;

const operator = (spec: string): string =>
  `apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: {name: x}\nspec: {${spec}}\n`;

const istiod = (image: string, name = 'istiod'): string =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ${name}}\nspec: {template: {metadata: {labels: {app: istiod}}, spec: {containers: [{name: discovery, image: "${image}"}]}}}\n`;

test.each([
  ['"', 'is never closed'],
  ['just words', 'It is no mapping'],
])('settings that are none are told: %s', async (text, why) => {
  const { problems } = await mesh(configMap('istio-system', text));
  expect(problems).toEqual([
    expect.objectContaining({
      rule: 'input/unparsable-input',
      message: 'syntax',
      data: { problem: expect.stringContaining(why) },
      place: expect.objectContaining({ field: expect.objectContaining({ path: ['data', 'mesh'] }) }),
    }),
  ]);
});

describe('found in the input', () => {
  test.each([
    ['nothing', '', { rootNamespace: 'istio-system', trustDomain: 'cluster.local', configKnown: false }],
    [
      'the istio ConfigMap of the root namespace',
      configMap('istio-system', 'trustDomain: corp.example'),
      { trustDomain: 'corp.example', configKnown: true, source: 'ConfigMap istio in a.yaml' },
    ],
    [
      'a namesake elsewhere is another thing',
      configMap('shop', 'trustDomain: corp.example'),
      { configKnown: false },
    ],
    ['a broken one is none', configMap('istio-system', '"'), { configKnown: false }],
    ['a text in its place is none', configMap('istio-system', 'just words'), { configKnown: false }],
    [
      'an IstioOperator, with its version',
      'apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: {name: x}\nspec: {namespace: mesh, tag: 1.27.1, meshConfig: {trustDomain: corp.example}}\n',
      { rootNamespace: 'mesh', trustDomain: 'corp.example', istioVersion: '1.27', configKnown: true },
    ],
    [
      'values of an IstioOperator',
      'apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: {name: x}\nspec: {values: {meshConfig: {rootNamespace: mesh}}}\n',
      { rootNamespace: 'mesh' },
    ],
    [
      'an Istio resource',
      'apiVersion: sailoperator.io/v1\nkind: Istio\nmetadata: {name: default}\nspec: {version: v1.28-latest, namespace: mesh, values: {meshConfig: {trustDomain: corp.example}}}\n',
      { rootNamespace: 'mesh', trustDomain: 'corp.example', istioVersion: '1.28' },
    ],
    ['the release of istiod', istiod('docker.io/istio/pilot:1.28.3-distroless'), { istioVersion: '1.28' }],
    [
      'the release that is asked for before that which runs',
      `${istiod('example.com:5000/pilot:1.28.3')}---\n${operator('tag: 1.29.0')}`,
      { istioVersion: '1.29' },
    ],
  ])('%s', async (_, raw, expected) => {
    expect((await mesh(raw)).mesh).toMatchObject(expected);
  });

  test.each([
    ['of another image', istiod('example.com/istio/proxyv2:1.28.3')],
    ['of an image by digest', istiod('example.com/istio/pilot@sha256:1234')],
    ['that is no number', istiod('example.com/istio/pilot:latest')],
    [
      'that Deployments disagree on',
      `${istiod('istio/pilot:1.28.3')}---\n${istiod('istio/pilot:1.29.0', 'istiod-1-29')}`,
    ],
  ])('no release %s', async (_, raw) => {
    expect((await mesh(raw)).mesh.istioVersion).toBeUndefined();
  });

  test('flags win over what the input says', async () => {
    const request = {
      rootNamespace: 'mesh',
      trustDomain: 'flag.example',
      clusterDomain: 'corp',
      istioVersion: '1.30',
    };
    expect((await mesh(configMap('mesh', 'trustDomain: corp.example'), request)).mesh).toMatchObject({
      ...request,
      configKnown: true,
    });
  });
});

describe('given as files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'meshlint-mesh-'));
  function file(name: string, text: string): string {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  }

  test('a MeshConfig wins over the ConfigMap of the input, and is a resource of its own', async () => {
    const path = file('mesh.yaml', 'rootNamespace: mesh\nenableAutoMtls: false\n');
    const found = await mesh(configMap('istio-system', 'trustDomain: corp.example'), {
      meshConfigFile: path,
    });
    expect(found.mesh).toMatchObject({ rootNamespace: 'mesh', trustDomain: 'cluster.local', source: path });
    expect(found.files.map(({ kind, identity }) => [kind, identity])).toEqual([
      ['MeshConfig', { namespace: 'mesh', name: 'istio' }],
    ]);
  });

  test('the whole ConfigMap will do', async () => {
    const path = file('configmap.yaml', configMap('anywhere', 'trustDomain: corp.example'));
    expect((await mesh('', { meshConfigFile: path })).mesh.trustDomain).toBe('corp.example');
  });

  test('networks are read as MeshNetworks istio-system/meshnetworks', async () => {
    const path = file('networks.yaml', 'networks: {one: {endpoints: [{fromRegistry: Kubernetes}]}}\n');
    expect((await mesh('', { meshNetworksFile: path })).files).toMatchObject([
      { kind: 'MeshNetworks', identity: { namespace: 'istio-system', name: 'meshnetworks' } },
    ]);
  });

  test.each([
    ['gone.yaml', undefined, /gone\.yaml \(--mesh-config\) cannot be read/],
    ['broken.yaml', 'a: "', /broken\.yaml \(--mesh-config\) cannot be parsed/],
    ['list.yaml', '- a\n', /list\.yaml \(--mesh-config\) holds no mapping/],
    ['other.yaml', 'apiVersion: v1\nkind: ConfigMap\ndata: {x: y}\n', /without a "mesh" key/],
  ])('%s is refused', async (name, text, message) => {
    const path = text === undefined ? join(folder, name) : file(name, text);
    await expect(mesh('', { meshConfigFile: path })).rejects.toThrow(message);
  });
});

describe('an upgrade', () => {
  test.each<[MeshRequest, string, string]>([
    [
      { istioVersion: '1.30', upgradeTo: '1.30' },
      '',
      '--upgrade-to 1.30 is not after 1.30, which --istio-version names.',
    ],
    [{ istioVersion: '1.30', upgradeTo: '1.9' }, '', '--upgrade-to 1.9 is not after 1.30'],
    [{ upgradeTo: '1.30' }, '', 'nothing says which release of Istio is in use'],
    [{ upgradeTo: '1.28' }, operator('tag: 1.28.1'), 'which IstioOperator in a.yaml says is in use'],
    [{ upgradeTo: '1.28' }, istiod('istio/pilot:1.28.3'), 'which istiod says is in use'],
  ])('%j is refused', async (request, raw, message) => {
    await expect(mesh(raw, request)).rejects.toThrow(message);
  });

  test.each<[MeshRequest, readonly string[]]>([
    [{ istioVersion: '1.20', upgradeTo: '1.31' }, []],
    [{ istioVersion: '1.19', upgradeTo: '1.31' }, ['upgrade/unknown-release']],
    [{ istioVersion: '1.20', upgradeTo: '1.32' }, ['upgrade/unknown-release']],
    [{ istioVersion: '1.20' }, []],
  ])('%j leaves open %j', async (request, expected) => {
    const { problems, mesh: found } = await mesh('', request);
    expect(problems.map(({ rule, place }) => rule + place.source.path)).toEqual(expected);
    expect(found.upgradeTo).toBe(request.upgradeTo);
  });
});

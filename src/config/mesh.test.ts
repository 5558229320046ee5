import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readTexts } from '../load/index.ts';
import { identify } from '../validate/identify.ts';
import { findMesh, type MeshRequest } from './mesh.ts';

async function mesh(raw: string, request: MeshRequest = {}): Promise<Awaited<ReturnType<typeof findMesh>>> {
  return findMesh(request, identify((await readTexts([{ path: 'a.yaml', raw }])).manifests).resources);
}

const configMap = (namespace: string, text: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: ${namespace}}\ndata:\n  mesh: |\n    ${text}\n`;

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
  ])('%s', async (_, raw, expected) => {
    expect((await mesh(raw)).mesh).toMatchObject(expected);
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

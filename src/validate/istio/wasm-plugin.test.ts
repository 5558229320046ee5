import { expect, test } from 'vitest';
import { valueProblems } from '../../../test/value-problems.ts';

const check = (spec: string) =>
  valueProblems('extensions.istio.io/v1alpha1', 'WasmPlugin', `spec: {${spec}}`);
const sum = '01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b';

test.each([
  ['', ['error spec.url']],
  ['url: ""', ['error spec.url']],
  ['url: "oci://r/m", phase: FIRST', ['error spec.phase']],
  ['url: "oci://r/m", selector: {}', ['warning spec.selector']],
  ['url: "oci://r/m", targetRefs: [{kind: Pod, name: p}]', ['error spec.targetRefs[0].kind']],
  ['url: "oci://r/m", match: [{mode: SERVER, ports: [{number: 80}]}]', []],
  [
    'url: "oci://r/m", match: [{mode: BOTH, ports: [{number: 0}, {}, {number: 65536}]}]',
    [
      'error spec.match[0].mode',
      'error spec.match[0].ports[0].number',
      'error spec.match[0].ports[1].number',
      'error spec.match[0].ports[2].number',
    ],
  ],
  [`url: "oci://r/m", sha256: ${sum}`, []],
  [`url: "oci://r/m", sha256: ${sum.toUpperCase()}`, ['error spec.sha256']],
  ['url: "oci://r/m", sha256: abc', ['error spec.sha256']],
  [`url: "oci://r/m", imagePullSecret: ${'s'.repeat(253)}`, []],
  [`url: "oci://r/m", imagePullSecret: ${'s'.repeat(254)}`, ['error spec.imagePullSecret']],
  [
    'url: "oci://r/m", pluginName: "", imagePullSecret: ""',
    ['error spec.imagePullSecret', 'error spec.pluginName'],
  ],
  [`url: "oci://r/m", pluginName: ${'p'.repeat(257)}`, ['error spec.pluginName']],
  [
    'url: "oci://r/m", failStrategy: OPEN, imagePullPolicy: Never, type: TCP',
    ['error spec.failStrategy', 'error spec.imagePullPolicy', 'error spec.type'],
  ],
  ['url: "oci://r/m", vmConfig: {env: [{name: A, value: x}, {name: B, valueFrom: HOST}]}', []],
  [
    'url: "oci://r/m", vmConfig: {env: [{name: A}, {name: A}, {}, {name: B, valueFrom: HOST, value: x}, {name: C, valueFrom: POD}]}',
    [
      'error spec.vmConfig.env[1]',
      'error spec.vmConfig.env[2].name',
      'error spec.vmConfig.env[3].value',
      'error spec.vmConfig.env[4].valueFrom',
    ],
  ],
])('%s', async (spec, expected) => {
  expect(await check(spec)).toEqual(expected);
});

test.each([
  ['oci://registry.example.com/m:v1', true],
  ['registry.example.com/m:v1', true],
  ['10.0.0.1:5000/m', true],
  ['oci://registry:5000/m', true],
  ['file:///opt/m.wasm', true],
  ['HTTPS://example.com/m.wasm', true],
  ['registry:5000/m', false],
  ['s3://bucket/m.wasm', false],
  ['#%blah$#@', false],
  ['https://example.com/%zz', false],
])('the URL %s is right: %s', async (url, right) => {
  expect(await check(`url: ${JSON.stringify(url)}`)).toEqual(right ? [] : ['error spec.url']);
});

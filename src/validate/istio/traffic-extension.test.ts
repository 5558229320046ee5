import { expect, test } from 'vitest';
import { valueProblems } from '../../../test/value-problems.ts';

test.each([
  ['lua: {inlineCode: "function envoy_on_request(handle) end"}', []],
  ['wasm: {url: "oci://r/m"}', []],
  ['', ['error spec']],
  ['lua: {inlineCode: x}, wasm: {url: "oci://r/m"}', ['error spec.lua']],
  ['lua: {}', ['error spec.lua.inlineCode']],
  [`lua: {inlineCode: ${'x'.repeat(65536)}}`, []],
  [`lua: {inlineCode: ${'x'.repeat(65537)}}`, ['error spec.lua.inlineCode']],
  [`lua: {inlineCode: ${'é'.repeat(32769)}}`, ['error spec.lua.inlineCode']],
  ['wasm: {}', ['error spec.wasm.url']],
  ['wasm: {url: "ftp://r/m", sha256: x}', ['error spec.wasm.url', 'error spec.wasm.sha256']],
  ['lua: {inlineCode: x}, phase: LAST', ['error spec.phase']],
  ['lua: {inlineCode: x}, match: [{ports: [{number: 70000}]}]', ['error spec.match[0].ports[0].number']],
  ['lua: {inlineCode: x}, selector: {}', ['warning spec.selector']],
  [
    'lua: {inlineCode: x}, selector: {matchLabels: {a: b}}, targetRefs: [{kind: Service, name: s}]',
    ['error spec.targetRefs'],
  ],
])('%.80s', async (spec, expected) => {
  expect(await valueProblems('extensions.istio.io/v1alpha1', 'TrafficExtension', `spec: {${spec}}`)).toEqual(
    expected,
  );
});

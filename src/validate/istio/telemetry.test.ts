import { expect, test } from 'vitest';
import { valueProblems } from '../../../test/value-problems.ts';

test.each([
  ['', []],
  ['tracing: [{providers: [{name: otel}], randomSamplingPercentage: 100}]', []],
  ['tracing: [{providers: [{}]}]', ['error tracing[0].providers[0].name']],
  ['tracing: [{providers: [{name: a}, {name: b}]}]', ['warning tracing[0].providers[1]']],
  ['tracing: [{}, {}]', ['warning tracing[1]']],
  ['tracing: [{randomSamplingPercentage: -0.1}]', ['error tracing[0].randomSamplingPercentage']],
  ['tracing: [{randomSamplingPercentage: 100.1}]', ['error tracing[0].randomSamplingPercentage']],
  ['tracing: [{match: {mode: client}}]', ['error tracing[0].match.mode']],
  ['tracing: [{customTags: {a: {}}}]', []],
  ['tracing: [{customTags: {a: {literal: {value: x}}}}]', []],
  ['tracing: [{customTags: {"": {literal: {value: x}}}}]', ['error tracing[0].customTags.']],
  ['tracing: [{customTags: {a: {literal: {}}}}]', ['error tracing[0].customTags.a.literal.value']],
  ['tracing: [{customTags: {a: {header: {}}}}]', ['error tracing[0].customTags.a.header.name']],
  [
    'tracing: [{customTags: {a: {environment: {name: ""}}}}]',
    ['error tracing[0].customTags.a.environment.name'],
  ],
  ['tracing: [{customTags: {a: {formatter: {}}}}]', ['error tracing[0].customTags.a.formatter.value']],
  [
    'tracing: [{customTags: {a: {header: {name: h}, literal: {value: x}}}}]',
    ['error tracing[0].customTags.a.header'],
  ],
  ['metrics: [{providers: [{name: p}], reportingInterval: 5s}]', []],
  ['metrics: [{providers: [{name: ""}]}]', ['error metrics[0].providers[0].name']],
  ['metrics: [{reportingInterval: 5}]', ['error metrics[0].reportingInterval']],
  ['metrics: [{reportingInterval: fast}]', ['error metrics[0].reportingInterval']],
  ['metrics: [{overrides: [{match: {metric: REQUESTS}}]}]', ['error metrics[0].overrides[0].match.metric']],
  [
    'metrics: [{overrides: [{match: {customMetric: ""}}]}]',
    ['error metrics[0].overrides[0].match.customMetric'],
  ],
  [
    'metrics: [{overrides: [{match: {metric: ALL_METRICS, customMetric: x}}]}]',
    ['error metrics[0].overrides[0].match.customMetric'],
  ],
  ['metrics: [{overrides: [{match: {mode: BOTH}}]}]', ['error metrics[0].overrides[0].match.mode']],
  ['metrics: [{overrides: [{tagOverrides: {a: {value: x}}}]}]', []],
  ['metrics: [{overrides: [{tagOverrides: {a: {operation: REMOVE}}}]}]', []],
  [
    'metrics: [{overrides: [{tagOverrides: {a: {}}}]}]',
    ['error metrics[0].overrides[0].tagOverrides.a.value'],
  ],
  [
    'metrics: [{overrides: [{tagOverrides: {a: {operation: REMOVE, value: x}}}]}]',
    ['error metrics[0].overrides[0].tagOverrides.a.value'],
  ],
  [
    'metrics: [{overrides: [{tagOverrides: {a: {operation: ADD, value: x}}}]}]',
    ['error metrics[0].overrides[0].tagOverrides.a.operation'],
  ],
  [
    'metrics: [{overrides: [{tagOverrides: {"": {value: x}}}]}]',
    ['warning metrics[0].overrides[0].tagOverrides.'],
  ],
  ['accessLogging: [{providers: [{name: a}, {name: b}]}, {}]', []],
  [
    'accessLogging: [{providers: [{}], match: {mode: X}}]',
    ['error accessLogging[0].providers[0].name', 'error accessLogging[0].match.mode'],
  ],
  ['selector: {}', ['warning selector']],
  ['targetRef: {kind: Gateway, name: g}', ['error targetRef.group']],
])('%s', async (spec, expected) => {
  const found = await valueProblems('telemetry.istio.io/v1', 'Telemetry', `spec: {${spec}}`);
  expect(found.map((line) => line.replace(' spec.', ' '))).toEqual(expected);
});

import { describe, expect, test } from 'vitest';
import { rules } from '../../rules/index.gen.ts';
import { liveStateOf } from '../../test/support/live-state.ts';
import type { Diagnostic } from '../engine/diagnostic.ts';
import { compareFindings } from '../engine/impact.ts';
import { readTexts } from '../load/index.ts';
import type { KindOutcome, LiveState } from '../model/live.ts';
import { openLive } from './live.ts';
import { openOverlay } from './overlay.ts';
import type { MeshRequest } from './session.ts';

const policies = `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: no-admin, namespace: shop }
spec: { action: DENY, rules: [{ to: [{ operation: { paths: ["/admin*"] } }] }] }
---
apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: { name: tokens, namespace: shop }
spec: { jwtRules: [{ issuer: "https://id.example.com", jwksUri: "http://id.example.com/keys" }] }
`;

function meshConfig(mesh: string, namespace = 'istio-system'): string {
  return `
apiVersion: v1
kind: ConfigMap
metadata: { name: istio, namespace: ${namespace} }
data: { mesh: "${mesh}" }
`;
}

const labels = 'labels: { app: istiod }';
const pod = 'containers: [{ name: discovery, image: registry.example.com/pilot:1.28.0 }]';
const istiodPod = `
apiVersion: v1
kind: Pod
metadata: { name: istiod-1, namespace: istio-system, ${labels} }
spec: { ${pod} }
`;
const istiod = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: istiod, namespace: istio-system }
spec: { template: { metadata: { ${labels} }, spec: { ${pod} } } }
`;

/** A cluster with these objects, of which some kinds were only read in some namespaces. */
async function clusterOf(
  texts: readonly string[],
  readIn: Readonly<Record<string, readonly string[]>> = {},
): Promise<LiveState> {
  const state = await liveStateOf([{ path: 'cluster.yaml', raw: texts.join('---') }]);
  const outcomes = state.outcomes.flatMap((outcome): KindOutcome[] => {
    const namespaces = readIn[outcome.kind];
    if (namespaces === undefined) return [outcome];
    return [
      { ...outcome, namespaces },
      { ...outcome, state: 'forbidden' },
    ];
  });
  return { ...state, outcomes };
}

const MESH = "Istio's default for pathNormalization, since the mesh configuration could not be read";
const ISTIOD =
  "Istio's default for PILOT_JWT_ENABLE_REMOTE_JWKS, since istiod's Deployment could not be read";

interface Case {
  readonly what: string;
  readonly has: readonly string[];
  readonly readIn?: Readonly<Record<string, readonly string[]>>;
  readonly asked?: MeshRequest;
  /** Laid over the cluster. */
  readonly file?: string;
  readonly assumes: readonly string[];
}

const cases: readonly Case[] = [
  { what: 'all is read', has: [meshConfig('accessLogFile: x'), istiod], assumes: [] },
  { what: 'there is neither mesh configuration nor istiod', has: [], assumes: [] },
  { what: 'ConfigMaps are not read', has: [istiod], readIn: { ConfigMap: [] }, assumes: [MESH] },
  {
    what: 'ConfigMaps are only read elsewhere',
    has: [istiod],
    readIn: { ConfigMap: ['shop'] },
    assumes: [MESH],
  },
  { what: 'the mesh configuration does not parse', has: [meshConfig('a: [')], assumes: [MESH] },
  {
    what: 'ConfigMaps are not read, and a file has the mesh configuration',
    has: [istiod],
    readIn: { ConfigMap: [] },
    file: meshConfig('accessLogFile: x'),
    assumes: [],
  },
  {
    what: 'ConfigMaps are read where Istio is said to be',
    has: [meshConfig('accessLogFile: x', 'mesh'), istiod],
    readIn: { ConfigMap: ['mesh'] },
    asked: { istioNamespace: 'mesh' },
    assumes: [],
  },
  { what: 'istiod is not read', has: [], readIn: { Deployment: ['shop'] }, assumes: [ISTIOD] },
  { what: 'a Pod of istiod is read', has: [istiodPod], readIn: { Deployment: ['shop'] }, assumes: [] },
  {
    what: 'nothing of Istio is read',
    has: [],
    readIn: { ConfigMap: [], Deployment: ['shop'] },
    assumes: [MESH, ISTIOD],
  },
];

const selection = { enable: new Set(['authz/evadable-path-rule']) };

async function findingsOf({ has, readIn, asked = {}, file }: Case): Promise<readonly Diagnostic[]> {
  const state = await clusterOf([policies, ...has], readIn);
  const files = await readTexts([{ path: 'mesh.yaml', raw: file ?? '' }]);
  const session =
    file === undefined
      ? await openLive(state, { mesh: asked })
      : await openOverlay(state, files, { mesh: asked });
  const { report } = await session.analyze(rules, 'test', { selection });
  return report.diagnostics.filter(({ rule }) => /evadable-path-rule|insecure-jwks-uri/.test(rule));
}

describe('what findings assume where', () => {
  test.each(cases)('$what', async (one) => {
    const found = await findingsOf(one);
    expect(found).toHaveLength(2);
    expect(found.flatMap(({ assumes = [] }) => assumes)).toEqual(one.assumes);
  });
});

test('a finding is the same one, whatever it assumes', async () => {
  const [whole = [], blind = []] = await Promise.all(
    ['all is read', 'nothing of Istio is read'].map((what) =>
      findingsOf(cases.find((one) => one.what === what) as Case),
    ),
  );
  expect(blind.map(({ fingerprint }) => fingerprint)).toEqual(whole.map(({ fingerprint }) => fingerprint));
  expect(compareFindings(whole, blind).introduced).toEqual([]);
});

test('rules that assumed something are counted, those that found nothing too', async () => {
  const session = await openLive(await clusterOf([policies], { ConfigMap: [], Deployment: ['shop'] }));
  const own = rules.filter(({ name }) => /^authz\/(evadable-path-rule|insecure-jwks-uri)$/.test(name));
  const { report } = await session.analyze(own, 'test', { selection });
  expect(report.coverage.live?.assumed).toEqual([
    { why: `1 rule assumes ${MESH}`, rules: 1 },
    { why: `1 rule assumes ${ISTIOD}`, rules: 1 },
  ]);
});

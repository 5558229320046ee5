import { describe, expect, test } from 'vitest';
import type { WholeGraph } from '../../graph/graph.ts';
import { openTexts } from '../../session/session.ts';
import { workloads } from '../workloads/workloads.ts';
import { accepted, type MtlsOutcome, mtlsOutcomes } from './outcome.ts';

/** Where istio/istio (86c9f01) says so; each row names one of them. */
const sources = {
  inherit: 'pilot/pkg/security/authn/policy_applier.go ComposePeerAuthentication',
  inbound: 'pilot/pkg/security/authn/policy_applier.go InboundMTLSSettings',
  endpoint: 'pilot/pkg/xds/endpoints/mtls_checker.go checkMtlsEnabled',
  outer: 'pilot/pkg/xds/endpoints/mtls_checker.go trafficPolicyTLSModeForPort',
  infer: 'pilot/pkg/model/push_context.go BestEffortInferServiceMTLSMode',
  settings: 'pilot/pkg/networking/core/cluster_tls.go buildUpstreamTLSSettings',
  context: 'pilot/pkg/networking/core/cluster_tls.go buildUpstreamClusterTLSContext',
  merge: 'pilot/pkg/networking/util/util.go MergeSubsetTrafficPolicy',
  hbone: 'pilot/pkg/networking/core/cluster_tls.go applyHBONETransportSocketMatches',
  tunnel: 'pilot/pkg/serviceregistry/ambient/workloads.go setTunnelProtocol',
  attach: 'pilot/pkg/serviceregistry/ambient/authorization.go convertedSelectorPeerAuthentications',
  convert: 'pilot/pkg/serviceregistry/ambient/authorization.go convertPeerAuthentication',
  scope: 'pilot/pkg/serviceregistry/ambient/workloads.go fetchPeerAuthentications',
  capture: 'tools/istio-iptables/pkg/capture/run.go',
  injected: 'manifests/charts/istio-control/istio-discovery/files/injection-template.yaml',
} as const;

type Side = 'sidecar' | 'ambient' | 'none';

/**
 * Who connects to whom; what is set (`mesh`, `ns`, `wl`: modes of PeerAuthentications, `port`: of the workload's for the
 * port, `other`: for another port, `dr`, `drport`, `subset`, `subsetport`: TLS modes of the DestinationRule, `{}` for an
 * entry without any); what happens; and what proves it.
 */
type Row = readonly [from: Side, to: Side, given: string, is: string, source: keyof typeof sources];

const rows: readonly Row[] = [
  // Nothing set: by who stands on each side.
  ['sidecar', 'sidecar', '', 'mtls', 'endpoint'],
  ['sidecar', 'ambient', '', 'hbone', 'hbone'],
  ['sidecar', 'none', '', 'plaintext', 'endpoint'],
  ['ambient', 'ambient', '', 'hbone', 'tunnel'],
  ['ambient', 'none', '', 'plaintext', 'tunnel'],
  ['ambient', 'sidecar', 'hbone=true', 'hbone', 'injected'],
  ['ambient', 'sidecar', 'hbone=false', 'plaintext', 'tunnel'],
  ['ambient', 'sidecar', '', 'unknown', 'injected'],
  ['none', 'sidecar', '', 'plaintext', 'inbound'],
  ['none', 'ambient', '', 'plaintext', 'attach'],
  ['none', 'none', '', 'plaintext', 'endpoint'],
  // Servers with a sidecar, and who is not in the mesh.
  ['none', 'sidecar', 'mesh=STRICT', 'plaintext-refused', 'inherit'],
  ['none', 'sidecar', 'mesh=PERMISSIVE', 'plaintext', 'inherit'],
  ['none', 'sidecar', 'mesh=DISABLE', 'plaintext', 'inherit'],
  ['none', 'sidecar', 'mesh=STRICT ns=UNSET', 'plaintext-refused', 'inherit'],
  ['none', 'sidecar', 'mesh=STRICT ns=PERMISSIVE', 'plaintext', 'inherit'],
  ['none', 'sidecar', 'mesh=STRICT ns=DISABLE', 'plaintext', 'inherit'],
  ['none', 'sidecar', 'ns=STRICT', 'plaintext-refused', 'inherit'],
  ['none', 'sidecar', 'ns=STRICT wl=UNSET', 'plaintext-refused', 'inherit'],
  ['none', 'sidecar', 'ns=STRICT wl=PERMISSIVE', 'plaintext', 'inherit'],
  ['none', 'sidecar', 'ns=PERMISSIVE wl=STRICT', 'plaintext-refused', 'inherit'],
  ['none', 'sidecar', 'wl=STRICT port=PERMISSIVE', 'plaintext', 'inherit'],
  ['none', 'sidecar', 'wl=STRICT port=DISABLE', 'plaintext', 'inherit'],
  ['none', 'sidecar', 'wl=STRICT port=UNSET', 'plaintext-refused', 'inherit'],
  ['none', 'sidecar', 'wl=STRICT other=PERMISSIVE', 'plaintext-refused', 'inherit'],
  ['none', 'sidecar', 'wl=PERMISSIVE port=STRICT', 'plaintext-refused', 'inherit'],
  ['none', 'sidecar', 'mesh=STRICT wl=UNSET port=DISABLE', 'plaintext', 'inherit'],
  ['none', 'sidecar', 'mesh=STRICT bare', 'plaintext-refused', 'inherit'],
  ['none', 'sidecar', 'ns=STRICT excluded', 'plaintext', 'capture'],
  ['none', 'none', 'mesh=STRICT', 'plaintext', 'inbound'],
  // The same before ambient servers: ztunnel only gets rules that refuse.
  ['none', 'ambient', 'mesh=STRICT', 'plaintext-refused', 'attach'],
  ['none', 'ambient', 'mesh=DISABLE', 'plaintext', 'attach'],
  ['none', 'ambient', 'mesh=STRICT ns=UNSET', 'plaintext-refused', 'attach'],
  ['none', 'ambient', 'mesh=STRICT ns=DISABLE', 'plaintext', 'attach'],
  ['none', 'ambient', 'ns=STRICT wl=PERMISSIVE', 'plaintext', 'attach'],
  ['none', 'ambient', 'wl=STRICT', 'plaintext-refused', 'attach'],
  ['none', 'ambient', 'wl=STRICT port=PERMISSIVE', 'plaintext', 'convert'],
  ['none', 'ambient', 'wl=STRICT port=DISABLE', 'plaintext', 'convert'],
  ['none', 'ambient', 'wl=PERMISSIVE port=STRICT', 'plaintext-refused', 'convert'],
  ['none', 'ambient', 'wl=PERMISSIVE other=STRICT', 'plaintext', 'convert'],
  ['none', 'ambient', 'mesh=STRICT wl=UNSET port=PERMISSIVE', 'plaintext', 'convert'],
  ['none', 'ambient', 'mesh=STRICT wl=UNSET port=DISABLE', 'plaintext-refused', 'attach'],
  ['none', 'ambient', 'mesh=STRICT wl=UNSET port=DISABLE other=PERMISSIVE', 'plaintext', 'convert'],
  ['none', 'ambient', 'ns=STRICT wl=UNSET port=DISABLE', 'plaintext-refused', 'attach'],
  ['none', 'ambient', 'mesh=STRICT bare', 'plaintext', 'scope'],
  ['none', 'ambient', 'mesh=STRICT bare ns=STRICT', 'plaintext-refused', 'scope'],
  // Mutual TLS of the mesh by itself.
  ['sidecar', 'sidecar', 'mesh=STRICT', 'mtls', 'endpoint'],
  ['sidecar', 'sidecar', 'ns=DISABLE', 'plaintext', 'infer'],
  ['sidecar', 'sidecar', 'mesh=DISABLE', 'plaintext', 'infer'],
  ['sidecar', 'sidecar', 'mesh=DISABLE ns=STRICT', 'mtls', 'infer'],
  ['sidecar', 'sidecar', 'ns=DISABLE wl=STRICT', 'plaintext-refused', 'infer'],
  ['sidecar', 'sidecar', 'ns=DISABLE port=STRICT', 'plaintext-refused', 'infer'],
  ['sidecar', 'sidecar', 'wl=DISABLE', 'plaintext', 'endpoint'],
  ['sidecar', 'sidecar', 'wl=STRICT port=DISABLE', 'plaintext', 'endpoint'],
  ['sidecar', 'sidecar', 'wl=DISABLE port=STRICT', 'mtls', 'endpoint'],
  ['sidecar', 'sidecar', 'ns=STRICT auto=false', 'plaintext-refused', 'settings'],
  ['sidecar', 'sidecar', 'auto=false', 'plaintext', 'settings'],
  ['sidecar', 'sidecar', 'ns=STRICT auto=false dr=ISTIO_MUTUAL', 'mtls', 'settings'],
  ['sidecar', 'sidecar', 'excluded', 'mtls-unanswered', 'capture'],
  ['sidecar', 'sidecar', 'label=disabled', 'plaintext', 'endpoint'],
  ['sidecar', 'sidecar', 'label=disabled ns=STRICT', 'plaintext-refused', 'endpoint'],
  ['sidecar', 'none', 'label=istio', 'mtls', 'endpoint'],
  ['sidecar', 'sidecar', 'unsent ns=STRICT', 'plaintext-refused', 'capture'],
  ['sidecar', 'sidecar', 'ns=DISABLE ns2=STRICT', 'mtls | plaintext', 'inherit'],
  // A DestinationRule against each mode of the server.
  ['sidecar', 'sidecar', 'dr=DISABLE', 'plaintext', 'settings'],
  ['sidecar', 'sidecar', 'dr={}', 'plaintext', 'settings'],
  ['sidecar', 'sidecar', 'dr=DISABLE ns=STRICT', 'plaintext-refused', 'settings'],
  ['sidecar', 'sidecar', 'dr=DISABLE ns=DISABLE', 'plaintext', 'settings'],
  ['sidecar', 'sidecar', 'dr=SIMPLE', 'tls', 'inbound'],
  ['sidecar', 'sidecar', 'dr=SIMPLE ns=STRICT', 'tls-refused', 'inbound'],
  ['sidecar', 'sidecar', 'dr=SIMPLE ns=DISABLE', 'tls', 'inbound'],
  ['sidecar', 'sidecar', 'dr=MUTUAL', 'tls', 'inbound'],
  ['sidecar', 'sidecar', 'dr=MUTUAL ns=STRICT', 'certificate-refused', 'inbound'],
  ['sidecar', 'sidecar', 'dr=ISTIO_MUTUAL ns=STRICT', 'mtls', 'settings'],
  ['sidecar', 'sidecar', 'dr=ISTIO_MUTUAL ns=DISABLE', 'mtls-unanswered', 'endpoint'],
  ['sidecar', 'sidecar', 'dr=ISTIO_MUTUAL wl=STRICT port=DISABLE', 'mtls-unanswered', 'endpoint'],
  ['sidecar', 'sidecar', 'dr=SIMPLE secret ns=STRICT', 'plaintext-refused', 'context'],
  // Its ports and subsets.
  ['sidecar', 'sidecar', 'dr=ISTIO_MUTUAL drport=DISABLE ns=STRICT', 'plaintext-refused', 'settings'],
  ['sidecar', 'sidecar', 'dr=DISABLE drport=ISTIO_MUTUAL ns=STRICT', 'mtls', 'settings'],
  ['sidecar', 'sidecar', 'dr=DISABLE drport={} ns=STRICT', 'plaintext-refused', 'outer'],
  ['sidecar', 'sidecar', 'dr=ISTIO_MUTUAL drport={} ns=STRICT', 'mtls', 'outer'],
  ['sidecar', 'sidecar', 'drport=SIMPLE ns=STRICT', 'tls-refused', 'settings'],
  ['sidecar', 'sidecar', 'dr=DISABLE subset=ISTIO_MUTUAL ns=STRICT', 'mtls', 'merge'],
  ['sidecar', 'sidecar', 'dr=DISABLE subset={} ns=STRICT', 'plaintext-refused', 'merge'],
  ['sidecar', 'sidecar', 'drport=ISTIO_MUTUAL subset=DISABLE ns=STRICT', 'plaintext-refused', 'merge'],
  ['sidecar', 'sidecar', 'subset=ISTIO_MUTUAL subsetport=SIMPLE ns=STRICT', 'tls-refused', 'merge'],
  // A DestinationRule and servers that are ambient, or not in the mesh.
  ['sidecar', 'ambient', 'dr=DISABLE ns=STRICT', 'hbone', 'hbone'],
  ['sidecar', 'ambient', 'dr=ISTIO_MUTUAL ns=DISABLE', 'hbone', 'hbone'],
  ['sidecar', 'ambient', 'dr=SIMPLE ns=STRICT', 'tls', 'hbone'],
  ['sidecar', 'ambient', 'auto=false ns=STRICT', 'hbone', 'hbone'],
  ['sidecar', 'ambient', 'ns=DISABLE wl=STRICT', 'hbone', 'hbone'],
  ['sidecar', 'none', 'dr=ISTIO_MUTUAL', 'mtls-unanswered', 'endpoint'],
  ['sidecar', 'none', 'dr=ISTIO_MUTUAL label=istio', 'mtls', 'endpoint'],
  ['sidecar', 'none', 'dr=SIMPLE', 'tls', 'settings'],
  ['sidecar', 'none', 'dr=DISABLE ns=STRICT', 'plaintext', 'inbound'],
  // ztunnel as the client: no DestinationRule, no mutual TLS as sidecars know it.
  ['ambient', 'ambient', 'ns=STRICT', 'hbone', 'tunnel'],
  ['ambient', 'ambient', 'ns=DISABLE', 'hbone', 'tunnel'],
  ['ambient', 'ambient', 'dr=DISABLE ns=STRICT', 'hbone', 'tunnel'],
  ['ambient', 'ambient', 'dr=SIMPLE', 'hbone', 'tunnel'],
  ['ambient', 'sidecar', 'hbone=true ns=STRICT', 'hbone', 'injected'],
  ['ambient', 'sidecar', 'hbone=false ns=STRICT', 'plaintext-refused', 'tunnel'],
  ['ambient', 'sidecar', 'hbone=false ns=DISABLE', 'plaintext', 'tunnel'],
  ['ambient', 'sidecar', 'hbone=false dr=ISTIO_MUTUAL ns=STRICT', 'plaintext-refused', 'tunnel'],
  ['ambient', 'none', 'dr=ISTIO_MUTUAL mesh=STRICT', 'plaintext', 'tunnel'],
  ['none', 'sidecar', 'dr=ISTIO_MUTUAL ns=STRICT', 'plaintext-refused', 'inbound'],
  // Names that lead straight to pods.
  ['sidecar', 'sidecar', 'headless ns=STRICT', 'mtls', 'infer'],
  ['sidecar', 'sidecar', 'headless mixed ns=STRICT', 'plaintext-refused', 'infer'],
  ['sidecar', 'sidecar', 'headless wl=DISABLE', 'mtls-unanswered', 'infer'],
];

describe.each(rows)('%s to %s, %s', (from, to, given, is, source) => {
  test(`${is} (${sources[source]})`, async () => {
    const settings = settingsOf(given);
    const raw = JSON.stringify(meshOf(from, to, settings));
    const { graph } = await openTexts([{ path: 'mesh.json', raw }]);
    const found = ask(graph, settings);
    const results = [...new Set(found.map(({ result }) => result))].sort();
    expect(results.join(' | ')).toBe(is);
    for (const { result, steps } of found) {
      // A table is little use to who asks why: each side says something, and every object of the two exists.
      expect(steps.map(({ side }) => side)).toEqual(['client', 'server']);
      if (result.endsWith('refused')) expect(accepted(result)).toBe(false);
    }
  });
});

type Settings = ReadonlyMap<string, string>;

function settingsOf(given: string): Settings {
  return new Map(
    given
      .split(' ')
      .filter((word) => word !== '')
      .map((word): [string, string] => {
        const [key = '', value = ''] = word.split('=');
        return [key, value];
      }),
  );
}

function ask(graph: WholeGraph, settings: Settings): readonly MtlsOutcome[] {
  const named = (name: string) => workloads(graph).all.find(({ resource }) => resource.name === name);
  const [target] = graph.list('Service');
  const [from, to] = [named('client'), named('web')];
  if (from === undefined || to === undefined || target === undefined) throw new Error('somebody is missing');
  const subset = settings.has('subset') || settings.has('subsetport') ? { subset: 'v1' } : {};
  return mtlsOutcomes(graph, { from, to, target, port: 80, ...subset });
}

const PORT = 8080;

function meshOf(from: Side, to: Side, settings: Settings): object {
  const exclude = 'traffic.sidecar.istio.io/exclude';
  const hbone = settings.get('hbone');
  const config = {
    enableAutoMtls: settings.get('auto') !== 'false',
    ...(hbone === undefined ? {} : { defaultConfig: { proxyMetadata: { ISTIO_META_ENABLE_HBONE: hbone } } }),
  };
  const label = settings.get('label');
  const own = label === undefined ? {} : { 'security.istio.io/tlsMode': label };
  const items = [
    namespace('clients', from),
    namespace('shop', to),
    deployment('clients/client', {}, settings.has('unsent') ? { [`${exclude}OutboundPorts`]: '80' } : {}),
    deployment('shop/web', own, settings.has('excluded') ? { [`${exclude}InboundPorts`]: `${PORT}` } : {}),
    ...(settings.has('mixed') ? [deployment('shop/old', { 'sidecar.istio.io/inject': 'false' }, {})] : []),
    manifest('v1', 'Service', 'shop/web', {
      selector: { tier: 'shop' },
      ports: [{ name: 'http', port: 80, targetPort: PORT }],
      ...(settings.has('headless') ? { clusterIP: 'None' } : {}),
    }),
    {
      ...manifest('v1', 'ConfigMap', 'istio-system/istio', undefined),
      data: { mesh: JSON.stringify(config) },
    },
    ...policiesOf(settings),
    ...ruleOf(settings),
  ];
  return { apiVersion: 'v1', kind: 'List', items };
}

function* policiesOf(settings: Settings): Iterable<object> {
  const peer = (at: string, spec: object): object =>
    manifest('security.istio.io/v1', 'PeerAuthentication', at, spec);
  const wide: [string, string][] = [
    ['mesh', 'istio-system/mesh'],
    ['ns', 'shop/ns'],
    ['ns2', 'shop/ns2'],
  ];
  for (const [key, at] of wide) {
    const mode = settings.get(key);
    const selector = key === 'mesh' && settings.has('bare') ? { selector: {} } : {};
    if (mode !== undefined) yield peer(at, { ...selector, mtls: { mode } });
  }
  const [mode, port, other] = [settings.get('wl'), settings.get('port'), settings.get('other')];
  if (mode === undefined && port === undefined && other === undefined) return;
  yield peer('shop/wl', {
    selector: { matchLabels: { app: 'web' } },
    ...(mode === undefined ? {} : { mtls: { mode } }),
    portLevelMtls: {
      ...(port === undefined ? {} : { [PORT]: { mode: port } }),
      ...(other === undefined ? {} : { 9090: { mode: other } }),
    },
  });
}

function* ruleOf(settings: Settings): Iterable<object> {
  const top = policyOf(settings, 'dr');
  const own = policyOf(settings, 'subset');
  if (top === undefined && own === undefined) return;
  yield manifest('networking.istio.io/v1', 'DestinationRule', 'shop/web', {
    host: 'web',
    trafficPolicy: top,
    ...(own === undefined ? {} : { subsets: [{ name: 'v1', trafficPolicy: own }] }),
  });
}

function policyOf(settings: Settings, key: 'dr' | 'subset'): object | undefined {
  const [all, port] = [settings.get(key), settings.get(`${key}port`)];
  if (all === undefined && port === undefined) return undefined;
  const secret = settings.has('secret') ? { credentialName: 'ca' } : {};
  return {
    ...(all === undefined || (all === '{}' && key === 'subset')
      ? {}
      : { tls: all === '{}' ? {} : { mode: all, ...secret } }),
    ...(port === undefined
      ? {}
      : { portLevelSettings: [{ port: { number: 80 }, ...(port === '{}' ? {} : { tls: { mode: port } }) }] }),
  };
}

function namespace(name: string, side: Side): object {
  const labels =
    side === 'none'
      ? {}
      : side === 'sidecar'
        ? { 'istio-injection': 'enabled' }
        : { 'istio.io/dataplane-mode': 'ambient' };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

function deployment(at: string, labels: object, annotations: object): object {
  const [tier, app] = at.split('/');
  const template = {
    metadata: { labels: { app, tier, ...labels }, annotations },
    spec: { containers: [{ name: app, image: app }] },
  };
  return manifest('apps/v1', 'Deployment', at, { selector: { matchLabels: { app } }, template });
}

function manifest(apiVersion: string, kind: string, at: string, spec: object | undefined): object {
  const [space, name] = at.split('/');
  return { apiVersion, kind, metadata: { name, namespace: space }, spec };
}

import { analyzeFlags } from './analyze-flags.ts';
import { clusterFlags } from './cluster-flags.ts';
import type { Flag } from './flags.ts';
import type { CommandHelp } from './help.ts';

const SERVE = 'What is served:';

/** What `analyze` has that means the same for a cluster that is followed. */
const shared: ReadonlySet<string> = new Set([
  'config',
  'mesh-config',
  'mesh-networks',
  'crds',
  'istio-version',
  'upgrade-to',
  'root-namespace',
  'cluster-domain',
  'trust-domain',
  'namespace',
  'all-namespaces',
  'rule',
  'enable',
  'disable',
  'suppress',
  'baseline',
  'show',
  'debug',
]);
/** There is no end of reading to hurry for, and no file instead. */
const endless: ReadonlySet<string> = new Set(['timeout', 'use-kube']);

export const serveFlags: readonly Flag[] = [
  {
    name: 'listen',
    value: 'ADDRESS',
    group: SERVE,
    help: 'where metrics, report and health are served over HTTP, as HOST:PORT or :PORT (default: 127.0.0.1:8080)',
  },
  {
    name: 'admission',
    group: SERVE,
    help: 'answer admission reviews of the API server, too; needs --tls-cert and --tls-key',
  },
  {
    name: 'admission-listen',
    value: 'ADDRESS',
    group: SERVE,
    help: 'where admission reviews are answered over HTTPS (default: :8443)',
  },
  {
    name: 'tls-cert',
    value: 'FILE',
    group: SERVE,
    help: 'certificate of the webhook, in PEM; read again when it changes',
  },
  { name: 'tls-key', value: 'FILE', group: SERVE, help: 'key of that certificate, in PEM' },
  {
    name: 'deny',
    value: 'LEVEL',
    choices: ['error', 'warning'],
    group: SERVE,
    help: 'deny changes that bring findings of this level or above: error or warning (default: only warn)',
  },
  ...[...analyzeFlags, ...clusterFlags].filter(
    ({ name }, i, all) =>
      (shared.has(name) || clusterFlags.some((flag) => flag.name === name)) &&
      !endless.has(name) &&
      all.findIndex((flag) => flag.name === name) === i,
  ),
];

export const serveHelp: CommandHelp = {
  about: `Follows a cluster and judges it again whenever it changes, until it is told to end: serves the findings as Prometheus metrics and as a JSON report, and on request answers the API server as a validating admission webhook, by warnings or, with --deny, by refusing what brings findings. It reads, and never writes. Manifests to run it in a cluster are in deploy/.`,
  after: `
Paths:
  /metrics   findings by code, rule, severity and namespace, and how following the cluster goes
  /report    the current report, as analyze --format json prints it
  /healthz   whether it lives
  /readyz    whether the cluster was read and judged
  /admit     admission reviews, over HTTPS on the address of --admission-listen

Examples:
  meshlint serve
  meshlint serve --context staging --listen :9090
  meshlint serve --admission --tls-cert /tls/tls.crt --tls-key /tls/tls.key --deny error
`,
};

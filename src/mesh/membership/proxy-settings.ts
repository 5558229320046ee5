import type { ProxySettings } from '../../model/kinds.gen.ts';
import type { ProxyReading } from '../../model/proxy-reading.ts';

/**
 * Why the injector rejects an annotation `proxy.istio.io/config`, in words that go on after a colon
 * (`validateProxyConfig` in pkg/kube/inject/validate.go, `ValidateMeshConfigProxyConfig` in pkg/config/validation/agent).
 */
export function proxyConfigProblem({ settings, problem }: ProxyReading): string | undefined {
  if (problem !== undefined) return problem;
  for (const check of [wrongMode, wrongPort, wrongDuration, wrongAddress, emptyField]) {
    const found = check(settings);
    if (found !== undefined) return found;
  }
  return undefined;
}

function wrongMode({ interceptionMode }: ProxySettings): string | undefined {
  if (interceptionMode === undefined || ['REDIRECT', 'TPROXY', 'NONE'].includes(interceptionMode))
    return undefined;
  return `\`interceptionMode\` is none of \`REDIRECT\`, \`TPROXY\` and \`NONE\``;
}

function wrongPort(settings: ProxySettings): string | undefined {
  for (const field of ['statusPort', 'proxyAdminPort'] as const) {
    const port = settings[field];
    if (port !== undefined && (port < 1 || port > 65_535)) return `\`${field}\` is no port from 1 to 65535`;
  }
  return undefined;
}

/** Durations as Go spells them. */
const duration = /^[+-]?(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h))+)$/;

function wrongDuration(settings: ProxySettings): string | undefined {
  const fields = [
    'drainDuration',
    'terminationDrainDuration',
    'discoveryRefreshDelay',
    'fileFlushInterval',
  ] as const;
  const wrong = fields.find((field) => !duration.test(settings[field] ?? '0'));
  return wrong && `\`${wrong}\` is no duration like \`45s\``;
}

/** An address and a port, in brackets where it is IPv6. */
const address = /^(?:\[[^\]]+\]|[^:]+):(?<port>\d+)$/;

function wrongAddress({ discoveryAddress }: ProxySettings): string | undefined {
  if (discoveryAddress === undefined) return undefined;
  const port = Number(address.exec(discoveryAddress)?.groups?.port ?? 0);
  return port >= 1 && port <= 65_535 ? undefined : '`discoveryAddress` is no `host:port`';
}

function emptyField(settings: ProxySettings): string | undefined {
  const empty = (['configPath', 'binaryPath', 'serviceCluster'] as const).find(
    (field) => settings[field] === '',
  );
  return empty && `\`${empty}\` is empty`;
}

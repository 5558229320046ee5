// Credentials from a program that the kubeconfig names (client.authentication.k8s.io; client-go: plugin/pkg/client/auth/exec).
import { isAbsolute } from 'node:path';
import { isatty } from 'node:tty';
import { isMapping } from '../classify.ts';
import { runTool } from '../render/run-tool.ts';
import { findProgram } from '../render/tools.ts';
import type { Credential, Credentials } from './access.ts';
import { ClusterError } from './cluster-error.ts';
import type { CredentialsOptions } from './credentials.ts';
import type { Fields } from './fields.ts';
import type { Entry } from './kubeconfig-file.ts';
import { pathIn, pemSource, readPem } from './pem.ts';
import { withoutSecrets } from './secrets.ts';

const GROUP = 'client.authentication.k8s.io';
const VERSIONS: readonly string[] = [`${GROUP}/v1`, `${GROUP}/v1beta1`];

/** Milliseconds that a plugin gets at least; somebody who is asked for a password takes longer. */
const LONGEST = 30_000;
const LONGEST_ASKING = 180_000;

export interface ExecOptions extends CredentialsOptions {
  /** Sent along with what the plugin gives. */
  readonly headers: Credential['headers'];
  /** Milliseconds instead of the usual limit, for tests. */
  readonly longest?: number;
}

/** A plugin, as the kubeconfig has it. */
interface Plugin {
  readonly command: string;
  readonly args: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  readonly apiVersion: string;
  readonly hint: string;
  readonly asks: 'Never' | 'IfAvailable' | 'Always';
  /** What it is told of the cluster. */
  readonly info: (() => Promise<Readonly<Record<string, unknown>>>) | undefined;
}

interface Issued {
  readonly credential: Credential;
  /** Milliseconds since 1970; undefined as long as the server takes it. */
  readonly expires?: number;
}

/**
 * Runs the plugin when credentials are needed first, when they expire, and once more when the server rejects them. Throws a
 * `ClusterError` at once for settings that are not supported, and later for a plugin that fails.
 */
export function execCredentials(exec: Fields, options: ExecOptions): Credentials {
  const plugin = readPlugin(exec, options);
  let issued: Issued | undefined;
  let running: Promise<Issued> | undefined;
  // Whoever asks while the plugin runs gets what it gives.
  const issue = async (signal: AbortSignal | undefined): Promise<Credential> => {
    running ??= runPlugin(plugin, options, signal)
      .then((given) => {
        issued = given;
        return given;
      })
      .finally(() => {
        running = undefined;
      });
    return (await running).credential;
  };
  return {
    who: options.who,
    asks: plugin.asks !== 'Never' && isatty(0),
    advice: `Sign in again with the tool that "${plugin.command}" belongs to.`,
    running: () => (running === undefined ? undefined : `the exec plugin "${plugin.command}"`),
    async current(signal) {
      const isGood = issued !== undefined && (issued.expires === undefined || Date.now() < issued.expires);
      return isGood && issued !== undefined ? issued.credential : issue(signal);
    },
    async renew(used, signal) {
      return issued !== undefined && issued.credential !== used ? issued.credential : issue(signal);
    },
  };
}

function readPlugin(exec: Fields, { folder, cluster }: ExecOptions): Plugin {
  const command = exec.text('command');
  if (command === undefined) throw wrong(exec, 'names no command', 'Add command.');
  const apiVersion = exec.text('apiVersion') ?? '';
  if (!VERSIONS.includes(apiVersion))
    throw new ClusterError(
      'unsupported',
      `The exec plugin "${command}" speaks "${apiVersion}", which is not supported.`,
      `Update the plugin, and write apiVersion: ${VERSIONS.join(' or ')}.`,
    );
  const mode = exec.text('interactiveMode') ?? (apiVersion.endsWith('/v1') ? '' : 'IfAvailable');
  if (mode !== 'Never' && mode !== 'IfAvailable' && mode !== 'Always')
    throw wrong(exec, 'has no valid interactiveMode', 'Write Never, IfAvailable or Always.');
  const variables = exec.list('env').map((entry) => [entry.text('name') ?? '', entry.text('value') ?? '']);
  if (variables.some(([name]) => name === ''))
    throw wrong(exec, 'has a variable without a name', 'Give each entry of env a name.');
  return {
    // A command with a folder in it is relative to the kubeconfig.
    command: /[\\/]/.test(command) ? pathIn(folder, command) : command,
    args: exec.texts('args'),
    variables: Object.fromEntries(variables),
    apiVersion,
    hint: exec.text('installHint') ?? '',
    asks: mode,
    info: exec.flag('provideClusterInfo') && cluster !== undefined ? () => clusterInfo(cluster) : undefined,
  };
}

/** What a plugin is told of the cluster (client-go: rest.ConfigToExecCluster): an authority in a file as data, too. */
async function clusterInfo({ fields, folder }: Entry): Promise<Record<string, unknown>> {
  const extension = fields.list('extensions').find((each) => each.text('name') === `${GROUP}/exec`);
  const told = [
    'server',
    'tls-server-name',
    'insecure-skip-tls-verify',
    'certificate-authority-data',
    'proxy-url',
    'disable-compression',
  ];
  const info = told.filter((key) => fields.keys.includes(key)).map((key) => [key, fields.raw(key)]);
  const authority = pemSource(fields, 'certificate-authority', folder);
  const ca = authority && (await readPem(authority, fields, 'certificate-authority'));
  return {
    ...Object.fromEntries(info),
    ...(ca !== undefined && { 'certificate-authority-data': Buffer.from(ca).toString('base64') }),
    config: extension?.raw('extension') ?? null,
  };
}

async function runPlugin(
  plugin: Plugin,
  { environment, headers, longest, patience }: ExecOptions,
  signal: AbortSignal | undefined,
): Promise<Issued> {
  const { command, args, asks, apiVersion } = plugin;
  const isTerminal = isatty(0);
  if (asks === 'Always' && !isTerminal)
    throw failed(
      `The exec plugin "${command}" must ask somebody, and there is no terminal.`,
      'Run meshlint in a terminal, or use credentials that need nobody.',
    );
  const program = isAbsolute(command) ? command : findProgram(command, environment);
  if (program === undefined)
    throw failed(
      `The exec plugin "${command}" is not installed: it is in no folder of PATH.`,
      plugin.hint.trim() || 'Install it, or choose another context with --context.',
    );
  const terminal = asks !== 'Never' && isTerminal;
  const spec = { ...(plugin.info && { cluster: await plugin.info() }), interactive: terminal };
  const timeout = longest ?? Math.max(patience ?? 0, terminal ? LONGEST_ASKING : LONGEST);
  const started = performance.now();
  const answer = await runTool({
    program,
    args,
    cwd: process.cwd(),
    timeout,
    environment: {
      ...environment,
      ...plugin.variables,
      KUBERNETES_EXEC_INFO: JSON.stringify({ apiVersion, kind: 'ExecCredential', spec }),
    },
    terminal,
    ...(signal && { signal }),
  });
  signal?.throwIfAborted();
  if (answer.ok) return readIssued(answer.output, plugin, headers);
  const said = withoutSecrets(answer.why, secretsOf(plugin));
  const lines = said.split(/\r?\n/).filter((line) => line.trim() !== '');
  const isLate = patience !== undefined && performance.now() - started >= timeout;
  const more = isLate ? 'allow more time with --timeout, of which it gets half' : 'sign in again';
  throw failed(
    `The exec plugin "${command}" failed: ${lines.slice(-4).join('\n  ')}`,
    `Run it yourself to see why (kubectl runs it too), or ${more}. ${plugin.hint}`.trim(),
  );
}

const TELLING = /secret|token|password|passwd|key|credential/i;

/** What the kubeconfig hands to the plugin and nobody else should see. */
function secretsOf({ args, variables }: Plugin): string[] {
  const found = Object.entries(variables).filter(([name]) => TELLING.test(name));
  const values = args.map((arg, index) => {
    const [, flag = '', value] = /^(--?[^=]+)(?:=(.*))?$/s.exec(arg) ?? [];
    return TELLING.test(flag) ? (value ?? args[index + 1] ?? '') : '';
  });
  return [...found.map(([, value]) => value), ...values];
}

/** Reads what the plugin printed, of which no message ever shows anything. */
function readIssued(output: string, { command, apiVersion }: Plugin, headers: Credential['headers']): Issued {
  const bad = (what: string): ClusterError =>
    failed(`The exec plugin "${command}" printed ${what}.`, 'Check its arguments, or update it.');
  const value = parseJson(output);
  if (!isMapping(value) || value.kind !== 'ExecCredential') throw bad('no ExecCredential');
  if (value.apiVersion !== apiVersion)
    throw bad(`an ExecCredential of another version than the kubeconfig asks for, ${apiVersion}`);
  const status = isMapping(value.status) ? value.status : {};
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp } = status;
  const hasToken = typeof token === 'string' && token !== '';
  const hasCertificate = typeof cert === 'string' && cert !== '';
  const hasKey = typeof key === 'string' && key !== '';
  if (hasCertificate !== hasKey) throw bad('a certificate without its key, or the other way round');
  if (!hasToken && !hasCertificate) throw bad('an ExecCredential without a token or certificate');
  if (hasToken && !/^[\x21-\x7e]+$/.test(token)) throw bad('a token with characters that no token has');
  const expires = typeof expirationTimestamp === 'string' ? Date.parse(expirationTimestamp) : Number.NaN;
  return {
    credential: {
      headers: { ...headers, ...(hasToken && { authorization: `Bearer ${token}` }) },
      ...(hasCertificate && hasKey && { certificate: { cert, key } }),
    },
    ...(Number.isFinite(expires) && { expires }),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function wrong(exec: Fields, what: string, help: string): ClusterError {
  return new ClusterError('kubeconfig', `The ${exec.place} ${what}.`, help);
}

function failed(message: string, help: string): ClusterError {
  return new ClusterError('exec', message, help);
}

import type { TrafficSelector, VmConfig } from '../../../model/kinds.gen.ts';
import type { ValueReport } from '../../value-check.ts';
import { type Fault, quoted, refuse } from './fault.ts';
import { enumFault } from './names.ts';
import { portFault } from './ports.ts';
import { parseRequestUrl, parseUrl } from './urls.ts';

/** What a WasmPlugin and the module of a TrafficExtension have in common. */
interface WasmModule {
  readonly failStrategy?: string;
  readonly imagePullPolicy?: string;
  readonly imagePullSecret?: string;
  readonly pluginName?: string;
  readonly sha256?: string;
  readonly type?: string;
  readonly url?: string;
  readonly vmConfig?: VmConfig;
}

const schemes: ReadonlySet<string> = new Set(['', 'file', 'http', 'https', 'oci']);

/** Checks a Wasm module and where it comes from (`validateWasmPlugin…`, config/validation). */
export function checkWasmModule(module: WasmModule, report: ValueReport): void {
  refuse(report, module, 'url', urlFault(module.url ?? ''));
  refuse(report, module, 'sha256', checksumFault(module.sha256 ?? ''));
  refuse(
    report,
    module,
    'imagePullSecret',
    lengthFault(module.imagePullSecret, 253, 'The name of the secret'),
  );
  refuse(report, module, 'pluginName', lengthFault(module.pluginName, 256, 'The name of the plugin'));
  refuse(report, module, 'failStrategy', enumFault(module.failStrategy, failStrategies, 'failStrategy'));
  refuse(
    report,
    module,
    'imagePullPolicy',
    enumFault(module.imagePullPolicy, pullPolicies, 'imagePullPolicy'),
  );
  refuse(report, module, 'type', enumFault(module.type, types, 'type'));
  checkEnvironment(module.vmConfig?.env ?? [], report);
}
const failStrategies = ['FAIL_CLOSE', 'FAIL_OPEN', 'FAIL_RELOAD'];
const pullPolicies = ['UNSPECIFIED_POLICY', 'IfNotPresent', 'Always'];
const types = ['UNSPECIFIED_PLUGIN_TYPE', 'HTTP', 'NETWORK'];

/** Checks the traffic that an extension is for: modes and port numbers. */
export function checkTrafficSelectors(
  selectors: readonly TrafficSelector[] | undefined,
  report: ValueReport,
): void {
  for (const selector of selectors ?? []) {
    refuse(report, selector, 'mode', enumFault(selector.mode, modes, 'mode'));
    for (const port of selector.ports ?? []) {
      refuse(report, port, 'number', port.number === undefined ? missingPort : portFault(port.number));
    }
  }
}
const modes = ['UNDEFINED', 'CLIENT', 'SERVER', 'CLIENT_AND_SERVER'];
const missingPort: Fault = { problem: 'The port has no number', help: 'Write its `number`' };

/** Where a module is loaded from; a URL without a scheme is taken for an OCI image (`validateWasmPluginURL`). */
function urlFault(url: string): Fault | undefined {
  const help = 'Write oci://, https://, http:// or file:// and where the module is';
  if (url === '') return { problem: 'The Wasm module has no `url`', help };
  const request = parseRequestUrl(url);
  const image = 'fault' in request;
  const whole = image ? `http://${url}` : url;
  const fallback = image ? parseRequestUrl(whole) : request;
  if ('fault' in fallback)
    return { problem: `The URL ${quoted(url)} ${image ? request.fault : fallback.fault}`, help };
  const strict = parseUrl(whole);
  if ('fault' in strict) return { problem: `The URL ${quoted(url)} ${strict.fault}`, help };
  if (schemes.has(fallback.scheme)) return undefined;
  const host = /^[^/:]+:\d+(?:\/|$)/.test(url);
  return {
    problem: host
      ? `In the URL ${quoted(url)} the host is taken for a scheme, since a port follows it`
      : `A Wasm module cannot be loaded from ${quoted(`${fallback.scheme}:`)}`,
    help: host ? `Write oci://${url}` : help,
  };
}

function checksumFault(sha256: string): Fault | undefined {
  if (sha256 === '' || /^[a-f0-9]{64}$/.test(sha256)) return undefined;
  return {
    problem:
      sha256.length === 64
        ? `The checksum ${quoted(sha256)} has characters other than 0-9 and a-f`
        : `The checksum ${quoted(sha256)} has ${sha256.length} characters`,
    help: 'Write the SHA-256 of the module: 64 digits from 0-9 and a-f, in lower case',
  };
}

/** A text that may be left out, and is not empty when it is there. */
function lengthFault(text: string | undefined, most: number, what: string): Fault | undefined {
  if (text === undefined || (text !== '' && text.length <= most)) return undefined;
  return {
    problem: text === '' ? `${what} is empty` : `${what} is ${text.length} characters long`,
    help: text === '' ? 'Write it, or leave the field out' : `Write at most ${most}`,
  };
}

function checkEnvironment(variables: NonNullable<VmConfig['env']>, report: ValueReport): void {
  const seen = new Set<string>();
  for (const variable of variables) {
    const { name = '', value = '', valueFrom = 'INLINE' } = variable;
    if (name === '') {
      report.error(variable, 'name', 'The environment variable has no name', 'Write its `name`');
      continue;
    }
    if (seen.has(name)) {
      report.error(
        variable,
        undefined,
        `The environment variable ${quoted(name)} is set twice`,
        'Keep one of them',
      );
    }
    seen.add(name);
    refuse(report, variable, 'name', lengthFault(name, 256, 'The name of the variable'));
    refuse(report, variable, 'valueFrom', enumFault(valueFrom, ['INLINE', 'HOST'], 'valueFrom'));
    if (valueFrom === 'HOST' && value !== '') {
      report.error(
        variable,
        'value',
        `The environment variable ${quoted(name)} is taken from the host, and has a value all the same`,
        'Drop `value`, or drop `valueFrom: HOST`',
      );
    }
  }
}

import type { ProviderName, TelemetrySpec } from '../../model/kinds.gen.ts';
import type { ValueCheck, ValueReport } from '../value-check.ts';
import { durationFault } from './shared/durations.ts';
import { refuse } from './shared/fault.ts';
import { checkSelector } from './shared/labels.ts';
import { checkMetadata } from './shared/metadata.ts';
import { enumFault } from './shared/names.ts';
import { percentFault } from './shared/numbers.ts';
import { checkTargets } from './shared/targets.ts';

type Tracing = NonNullable<TelemetrySpec['tracing']>[number];
type Metrics = NonNullable<TelemetrySpec['metrics']>[number];
type Override = NonNullable<Metrics['overrides']>[number];

const modes = ['CLIENT_AND_SERVER', 'CLIENT', 'SERVER'];
const metrics = [
  'ALL_METRICS',
  'REQUEST_COUNT',
  'REQUEST_DURATION',
  'REQUEST_SIZE',
  'RESPONSE_SIZE',
  'TCP_OPENED_CONNECTIONS',
  'TCP_CLOSED_CONNECTIONS',
  'TCP_SENT_BYTES',
  'TCP_RECEIVED_BYTES',
  'GRPC_REQUEST_MESSAGES',
  'GRPC_RESPONSE_MESSAGES',
];

/** `ValidateTelemetry`, config/validation. */
export const checkTelemetry: ValueCheck<'Telemetry'> = ({ body: { metadata, spec = {} } }, report) => {
  checkMetadata(report, metadata);
  checkSelector(report, spec, 'selector', spec.selector);
  checkTargets(report, spec);
  for (const logging of spec.accessLogging ?? []) {
    checkProviders(logging.providers, report);
    checkMode(logging.match, report);
  }
  for (const one of spec.metrics ?? []) checkMetrics(one, report);
  const { tracing = [] } = spec;
  for (const one of tracing) checkTracing(one, report);
  if (tracing.length > 1) {
    report.warning(
      tracing,
      1,
      'Tracing is configured by several entries, of which Istio takes only one',
      'Put all the settings into one entry',
    );
  }
};

function checkProviders(providers: readonly ProviderName[] | undefined, report: ValueReport): void {
  for (const provider of providers ?? []) {
    if ((provider.name ?? '') !== '') continue;
    report.error(
      provider,
      'name',
      'The provider has no name',
      'Name an extension provider of the mesh configuration',
    );
  }
}

function checkMode(match: { readonly mode?: string } | undefined, report: ValueReport): void {
  if (match !== undefined) refuse(report, match, 'mode', enumFault(match.mode, modes, 'mode'));
}

function checkTracing(tracing: Tracing, report: ValueReport): void {
  const { providers = [], randomSamplingPercentage: sampling } = tracing;
  checkProviders(providers, report);
  checkMode(tracing.match, report);
  if (providers.length > 1) {
    report.warning(
      providers,
      1,
      'Tracing names several providers, and Istio sends spans to one only',
      'Keep one provider',
    );
  }
  if (sampling !== undefined) refuse(report, tracing, 'randomSamplingPercentage', percentFault(sampling));
  const { customTags = {} } = tracing;
  for (const [name, tag] of Object.entries(customTags)) {
    if (name === '') report.error(customTags, name, 'A tag has no name', 'Write the name of the tag');
    const { literal, header, environment, formatter } = tag;
    const sources = Object.entries({ literal, header, environment, formatter }).filter(
      ([, from]) => from !== undefined,
    );
    for (const [second] of sources.slice(1)) {
      report.error(
        tag,
        second,
        `The tag "${name}" takes its value from \`${sources[0]?.[0]}\` and from \`${second}\``,
        'Keep one of them',
      );
    }
    if (literal !== undefined)
      checkPart(literal, 'value', literal.value, 'The tag has an empty value', report);
    if (header !== undefined)
      checkPart(header, 'name', header.name, 'The header to tag with has no name', report);
    if (environment !== undefined) {
      checkPart(
        environment,
        'name',
        environment.name,
        'The environment variable to tag with has no name',
        report,
      );
    }
    if (formatter !== undefined)
      checkPart(formatter, 'value', formatter.value, 'The tag has an empty format', report);
  }
}

function checkPart(owner: object, key: string, value = '', problem: string, report: ValueReport): void {
  if (value === '') report.error(owner, key, problem, `Write its \`${key}\``);
}

function checkMetrics(one: Metrics, report: ValueReport): void {
  checkProviders(one.providers, report);
  const { reportingInterval: interval } = one;
  if (interval !== undefined) refuse(report, one, 'reportingInterval', durationFault(interval));
  for (const override of one.overrides ?? []) checkOverride(override, report);
}

function checkOverride({ match, tagOverrides = {} }: Override, report: ValueReport): void {
  checkMode(match, report);
  if (match !== undefined) {
    refuse(report, match, 'metric', enumFault(match.metric, metrics, 'metric'));
    if (match.customMetric === '') {
      report.error(match, 'customMetric', 'The custom metric has no name', 'Write the name of the metric');
    }
    if (match.metric !== undefined && match.customMetric !== undefined) {
      report.error(match, 'customMetric', '`metric` and `customMetric` are both set', 'Keep one of them');
    }
  }
  for (const [name, tag] of Object.entries(tagOverrides)) {
    const { operation = 'UPSERT', value = '' } = tag;
    if (name === '') {
      report.warning(tagOverrides, name, 'A tag to override has no name', 'Write the name of the tag');
    }
    refuse(report, tag, 'operation', enumFault(operation, ['UPSERT', 'REMOVE'], 'operation'));
    if (operation === 'UPSERT' && value === '') {
      report.error(
        tag,
        'value',
        `The tag "${name}" is to be set, and has no value`,
        'Write the expression that gives its value, or `operation: REMOVE` to drop the tag',
      );
    } else if (operation === 'REMOVE' && value !== '') {
      report.error(
        tag,
        'value',
        `The tag "${name}" is removed, and has a value all the same`,
        'Drop the value, or the operation',
      );
    }
  }
}

import type { Kinds } from '../../model/kinds.gen.ts';
import type { ValueCheck, ValueReport } from '../value-check.ts';
import { quoted, refuse } from './shared/fault.ts';
import { probeHeaderFault } from './shared/headers.ts';
import { checkLabels } from './shared/labels.ts';
import { checkMetadata } from './shared/metadata.ts';
import { checkCounters } from './shared/numbers.ts';
import { checkOneOf } from './shared/one-of.ts';
import { portFault } from './shared/ports.ts';

type Probe = NonNullable<NonNullable<Kinds['WorkloadGroup']['spec']>['probe']>;

/** `ValidateWorkloadGroup` of config/validation. The template is not looked at: workloads fill in what it lacks. */
export const checkWorkloadGroup: ValueCheck<'WorkloadGroup'> = ({ body }, report) => {
  checkMetadata(report, body.metadata);
  const { spec = {} } = body;
  if (spec.template === undefined) {
    report.error(
      spec,
      'template',
      'The WorkloadGroup has no template',
      'Add template, with a serviceAccount at least',
    );
  }
  checkLabels(report, spec.metadata?.labels);
  if (spec.probe !== undefined) checkProbe(report, spec, spec.probe);
};

const methods = ['httpGet', 'tcpSocket', 'exec', 'grpc'] as const;

/** `validateReadinessProbe` of config/validation. */
function checkProbe(report: ValueReport, owner: object, probe: Probe): void {
  checkCounters(report, probe, [
    'initialDelaySeconds',
    'timeoutSeconds',
    'periodSeconds',
    'successThreshold',
    'failureThreshold',
  ]);
  checkOneOf(report, probe, methods);
  if (methods.every((method) => probe[method] === undefined)) {
    report.error(
      owner,
      'probe',
      'The probe does not say what to ask',
      'Set httpGet, tcpSocket, exec or grpc',
    );
  }
  for (const method of ['httpGet', 'tcpSocket', 'grpc'] as const) {
    const request = probe[method];
    if (request !== undefined) refuse(report, request, 'port', portFault(request.port ?? 0));
  }
  const { httpGet, exec } = probe;
  if (httpGet?.scheme && httpGet.scheme !== 'HTTP' && httpGet.scheme !== 'HTTPS') {
    report.error(
      httpGet,
      'scheme',
      `${quoted(httpGet.scheme)} is not a scheme to probe by`,
      'Write HTTP or HTTPS',
    );
  }
  for (const header of httpGet?.httpHeaders ?? []) {
    refuse(report, header, 'name', probeHeaderFault(header.name ?? ''));
  }
  if (exec !== undefined && (exec.command ?? []).length === 0) {
    report.error(exec, 'command', 'The probe has no command', 'List the command and its arguments');
  }
}

import type { ClientTls } from '../../model/kinds.gen.ts';
import type { ValueReport } from '../value-check.ts';
import { either, quoted, refuse } from './shared/fault.ts';
import { enumFault } from './shared/names.ts';

/** `ValidateTLS` of config/validation/agent. */
export function checkClientTls(report: ValueReport, tls: ClientTls, namespace: string | undefined): void {
  const { mode, credentialName, insecureSkipVerify } = tls;
  refuse(report, tls, 'mode', enumFault(mode, ['DISABLE', 'SIMPLE', 'MUTUAL', 'ISTIO_MUTUAL'], 'tls.mode'));
  checkConfigMap(report, tls, namespace);
  if (mode !== 'SIMPLE' && mode !== 'MUTUAL') return;
  if (insecureSkipVerify) {
    // A credential may hold the client certificate too, which MUTUAL needs.
    const verifying =
      mode === 'SIMPLE'
        ? (['caCertificates', 'credentialName', 'subjectAltNames'] as const)
        : (['caCertificates', 'subjectAltNames'] as const);
    for (const key of verifying) {
      if (!isSet(tls[key])) continue;
      report.error(
        tls,
        key,
        `${key} says what to trust, while insecureSkipVerify trusts everything`,
        `Take insecureSkipVerify or ${key} away`,
      );
    }
  }
  if (credentialName) {
    for (const key of ['clientCertificate', 'privateKey', 'caCertificates', 'caCrl'] as const) {
      if (!isSet(tls[key])) continue;
      report.error(
        tls,
        key,
        `${key} and credentialName are both set`,
        `Keep ${either([key, 'credentialName'])}`,
      );
    }
    return;
  }
  if (mode === 'SIMPLE') return;
  for (const key of ['clientCertificate', 'privateKey'] as const) {
    if (isSet(tls[key])) continue;
    report.error(
      tls,
      key,
      `MUTUAL needs a ${key}`,
      `Set credentialName or ${key}, or use ISTIO_MUTUAL for workloads of the mesh`,
    );
  }
}

function isSet(value: string | readonly string[] | undefined): boolean {
  return value !== undefined && value.length > 0;
}

const scheme = 'configmap://';

/** A certificate authority in a ConfigMap: named with its namespace, which must be that of the resource. */
function checkConfigMap(report: ValueReport, tls: ClientTls, namespace: string | undefined): void {
  const { credentialName = '' } = tls;
  if (!credentialName.startsWith(scheme)) return;
  const [written = '', name = ''] = credentialName.slice(scheme.length).split('/');
  if (written === '' || name === '') {
    report.error(
      tls,
      'credentialName',
      `${quoted(credentialName)} names no ConfigMap`,
      'Write configmap://namespace/name',
    );
  } else if (namespace !== undefined && written !== namespace) {
    report.error(
      tls,
      'credentialName',
      `${quoted(credentialName)} is in another namespace than ${quoted(namespace)}, that of this resource`,
      'Name a ConfigMap of the same namespace',
    );
  }
}

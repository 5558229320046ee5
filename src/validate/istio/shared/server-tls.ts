import type { ServerTls } from '../../../model/kinds.gen.ts';
import type { ValueReport } from '../../value-check.ts';
import { either, quoted, refuse } from './fault.ts';
import { enumFault } from './names.ts';

const modes = ['PASSTHROUGH', 'SIMPLE', 'MUTUAL', 'AUTO_PASSTHROUGH', 'ISTIO_MUTUAL', 'OPTIONAL_MUTUAL'];
const versions = ['TLS_AUTO', 'TLSV1_0', 'TLSV1_1', 'TLSV1_2', 'TLSV1_3'];
const certificateFields = [
  'serverCertificate',
  'privateKey',
  'caCertificates',
  'caCrl',
  'tlsCertificates',
  'credentialName',
  'credentialNames',
] as const;

/** Whether a server of these settings leaves TLS as it is; it is also what no mode means. */
export function passesThrough({ mode = 'PASSTHROUGH' }: ServerTls): boolean {
  return mode === 'PASSTHROUGH' || mode === 'AUTO_PASSTHROUGH';
}

/** Checks the TLS settings of a server in a Gateway or Sidecar (`validateTLSOptions`, config/validation). */
export function checkServerTls(report: ValueReport, tls: ServerTls): void {
  const { mode } = tls;
  refuse(report, tls, 'mode', enumFault(mode, modes, 'tls.mode'));
  for (const key of ['minProtocolVersion', 'maxProtocolVersion'] as const) {
    refuse(report, tls, key, enumFault(tls[key], versions, `tls.${key}`));
  }
  checkCiphers(report, tls);
  if (mode === 'ISTIO_MUTUAL') {
    for (const key of certificateFields) {
      if (key === 'caCrl' || !isSet(tls[key])) continue;
      report.error(
        tls,
        key,
        `ISTIO_MUTUAL uses the certificates of the mesh, and ${key} names others`,
        `Take ${key} away, or use MUTUAL`,
      );
    }
    return;
  }
  if (passesThrough(tls)) {
    for (const key of certificateFields) {
      if (!isSet(tls[key])) continue;
      const problem = `${mode ?? 'PASSTHROUGH'} leaves TLS to the workload, so ${key} is not used`;
      report.warning(tls, key, problem, `Take ${key} away, or use SIMPLE to end TLS here`);
    }
  }
  checkSources(report, tls);
  if (passesThrough(tls) && tls.caCrl && tls.credentialName) {
    report.error(
      tls,
      'caCrl',
      'caCrl and credentialName are both set',
      'Put the list into the Secret as ca.crl',
    );
  }
  if (mode === 'SIMPLE' || mode === 'MUTUAL' || mode === 'OPTIONAL_MUTUAL')
    checkTerminating(report, tls, mode);
}

function checkCiphers(report: ValueReport, tls: ServerTls): void {
  const { minProtocolVersion, cipherSuites = [] } = tls;
  if ((minProtocolVersion === 'TLSV1_0' || minProtocolVersion === 'TLSV1_1') && cipherSuites.length === 0) {
    report.warning(
      tls,
      'minProtocolVersion',
      `No cipher suite that is on by default works with ${minProtocolVersion}`,
      'List cipherSuites for the old version, or write TLSV1_2',
    );
  }
  const seen = new Set<string>();
  for (const [index, cipher] of cipherSuites.entries()) {
    if (!isCipherSuite(cipher)) {
      report.warning(
        cipherSuites,
        index,
        `${quoted(cipher)} is not a cipher suite that proxies have, and is left out`,
        'Write a suite such as ECDHE-RSA-AES256-GCM-SHA384',
      );
    } else if (seen.has(cipher)) {
      report.warning(cipherSuites, index, `${quoted(cipher)} is listed twice`, 'List it once');
    }
    seen.add(cipher);
  }
}

const cipherSuites: ReadonlySet<string> = new Set(
  (
    'ECDHE-ECDSA-AES128-GCM-SHA256 ECDHE-RSA-AES128-GCM-SHA256 ECDHE-ECDSA-AES256-GCM-SHA384 ' +
    'ECDHE-RSA-AES256-GCM-SHA384 ECDHE-ECDSA-CHACHA20-POLY1305 ECDHE-RSA-CHACHA20-POLY1305 ' +
    'ECDHE-ECDSA-AES128-SHA ECDHE-RSA-AES128-SHA ECDHE-ECDSA-AES256-SHA ECDHE-RSA-AES256-SHA ' +
    'AES128-GCM-SHA256 AES256-GCM-SHA384 AES128-SHA AES256-SHA DES-CBC3-SHA'
  ).split(' '),
);

/** Expressions with operators are left to the proxy (`IsValidCipherSuite`, pkg/config/security). */
function isCipherSuite(text: string): boolean {
  return text === '' || text === 'ALL' || !/^[\p{L}\p{N}]/u.test(text) || cipherSuites.has(text);
}

/** Certificates come from one place. */
function checkSources(report: ValueReport, tls: ServerTls): void {
  const sources = [
    ...(tls.serverCertificate && tls.privateKey ? (['serverCertificate'] as const) : []),
    ...(['credentialName', 'credentialNames', 'tlsCertificates'] as const).filter((key) => isSet(tls[key])),
  ];
  for (const key of sources.slice(1)) {
    const both = [sources[0] ?? '', key];
    report.error(tls, key, `${both.join(' and ')} both name certificates`, `Keep ${either(both)}`);
  }
}

function checkTerminating(report: ValueReport, tls: ServerTls, mode: string): void {
  const { credentialName, credentialNames = [], tlsCertificates = [] } = tls;
  const fromSecret = Boolean(credentialName) || credentialNames.length > 0;
  // With a Secret, istiod does not look further: a revocation list comes from there too.
  if (fromSecret) return;
  if (tls.caCrl && mode === 'SIMPLE') {
    report.error(
      tls,
      'caCrl',
      'SIMPLE checks no client certificates, so caCrl has no use',
      'Take caCrl away',
    );
  }
  if (mode !== 'SIMPLE' && !tls.caCertificates) {
    report.error(
      tls,
      'caCertificates',
      `${mode} checks client certificates, and nothing says against what`,
      'Set caCertificates or credentialName',
    );
  }
  if (tlsCertificates.length > 2) {
    const help = 'Keep one of each kind, RSA and ECDSA';
    report.warning(tls, 'tlsCertificates', `Of ${tlsCertificates.length} certificates, two are used`, help);
  }
  for (const certificate of tlsCertificates.length > 0 ? tlsCertificates : [tls]) {
    for (const key of ['serverCertificate', 'privateKey'] as const) {
      if (certificate[key]) continue;
      report.error(
        certificate,
        key,
        `${mode} needs a ${key === 'privateKey' ? 'private key' : 'certificate'}, and ${key} is not set`,
        certificate === tls ? `Set credentialName, or ${key}` : `Set ${key}`,
      );
    }
  }
}

function isSet(value: string | readonly unknown[] | undefined): boolean {
  return value !== undefined && value.length > 0;
}

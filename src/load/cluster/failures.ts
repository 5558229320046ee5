// What Node.js says when a connection fails, in words for people.
import { codeOf } from '../file-system.ts';
import { ClusterError, type ClusterErrorCode } from './cluster-error.ts';
import { hostOf } from './proxy.ts';

/** The connection that failed. */
export interface Attempt {
  readonly server: URL;
  /** The context, for help. */
  readonly context: string;
  /** The name that the certificate must have. */
  readonly serverName: string;
  /** A client certificate was offered. */
  readonly hasCertificate: boolean;
  /** This server answered before: it is the right one, and trying again may help. */
  readonly hasAnswered: boolean;
}

type Words = readonly [code: ClusterErrorCode, message: string, help: string];

/** Codes of the system that will be the same a second later, unless the server was there a moment ago. */
const LASTING = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'ELOOKUP']);

/** Trouble on the way to a server: it may pass where the way was open before. */
const MAY_PASS: ReadonlySet<ClusterErrorCode> = new Set(['network', 'tls', 'proxy', 'exec']);

/** Why the server could not be asked, and whether it is worth trying again. */
export function explainConnection(error: unknown, attempt: Attempt): ClusterError {
  if (error instanceof ClusterError) {
    const { code, message, help, final } = error;
    return final && attempt.hasAnswered && MAY_PASS.has(code)
      ? new ClusterError(code, message, help, { final: false })
      : error;
  }
  const code = codeOf(error);
  const [kind, message, help] =
    tlsWords(tlsCode(code, error), error, attempt) ?? networkWords(code, error, attempt);
  const final = !attempt.hasAnswered && (kind === 'tls' || kind === 'not-kubernetes' || LASTING.has(code));
  return new ClusterError(kind, message, help, { final });
}

function networkWords(code: string, error: unknown, attempt: Attempt): Words {
  const { server, context, hasCertificate, hasAnswered } = attempt;
  const host = hostOf(server);
  const check = `Check the server of context "${context}", and the network or VPN that leads there.`;
  switch (code) {
    case 'ECONNREFUSED':
      return [
        'network',
        `The connection to ${server.origin} was refused: nothing listens there.`,
        `Is the cluster running? ${check}`,
      ];
    case 'ENOTFOUND':
      return ['network', `The host ${host} is unknown.`, check];
    case 'EAI_AGAIN':
    case 'ELOOKUP':
      return ['network', `The host ${host} could not be looked up: no name server answered in time.`, check];
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ETIMEDOUT':
      return ['network', `${server.origin} cannot be reached (${code}).`, check];
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ERR_STREAM_PREMATURE_CLOSE':
      return [
        'network',
        `${server.origin} closed the connection before its answer was complete.`,
        // Some servers tell in no other way that they refuse a certificate, or that they want TLS.
        hasAnswered || !(hasCertificate || server.protocol === 'http:')
          ? 'Try again.'
          : hasCertificate
            ? `Try again; when it happens each time, the server may not accept the client certificate of context "${context}".`
            : 'Try again; when it happens each time, the server may speak TLS: then write https:// in the kubeconfig.',
      ];
  }
  if (code.startsWith('HPE_'))
    return ['not-kubernetes', `What listens at ${server.origin} does not answer in HTTP.`, check];
  if (code.startsWith('Z_'))
    return ['network', `${server.origin} sent an answer whose compression is broken.`, 'Try again.'];
  const reason = code !== '' ? code : error instanceof Error ? error.message : 'unknown reason';
  return ['network', `${server.origin} could not be asked (${reason}).`, check];
}

/** Of some failures, only the words of OpenSSL tell what they are: `…:SSL routines::wrong version number:…`. */
function tlsCode(code: string, error: unknown): string {
  if (code !== 'EPROTO' || !(error instanceof Error)) return code;
  const reason = /SSL routines:[^:]*:([\w ]+)/.exec(error.message)?.[1];
  return reason === undefined ? code : `ERR_SSL_${reason.toUpperCase().replaceAll(' ', '_')}`;
}

function tlsWords(code: string, error: unknown, attempt: Attempt): Words | undefined {
  const { server, serverName, context, hasCertificate } = attempt;
  const start = `The certificate of ${server.origin}`;
  switch (code) {
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'CERT_SIGNATURE_FAILURE':
    case 'CERT_UNTRUSTED':
      return [
        'tls',
        `${start} was issued by an unknown authority.`,
        'Set certificate-authority or certificate-authority-data of the cluster in the kubeconfig to the authority that issued it; one that the whole machine trusts can be named in NODE_EXTRA_CA_CERTS.',
      ];
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return [
        'tls',
        `${start} is not for the name ${serverName}${namesIn(error)}.`,
        'Use an address whose host the certificate names, or set tls-server-name of the cluster in the kubeconfig to one of its names.',
      ];
    case 'CERT_HAS_EXPIRED':
      return [
        'tls',
        `${start} has expired.`,
        'Renew it (or its authority), and check the clock of this machine.',
      ];
    case 'CERT_NOT_YET_VALID':
      return ['tls', `${start} is not valid yet.`, 'Check the clock of this machine and of the server.'];
    case 'CERT_REVOKED':
      return ['tls', `${start} is revoked.`, 'Renew the certificate of the server.'];
  }
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST/.test(code))
    return [
      'tls',
      `What listens at ${server.origin} does not speak TLS.`,
      'Check the port; where the server really speaks http, write http:// (no credentials are sent then).',
    ];
  if (/UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION/.test(code))
    return [
      'tls',
      `${server.origin} speaks no version of TLS that is safe: 1.2 or later.`,
      'Allow TLS 1.2 or 1.3 at the server, or at what stands before it.',
    ];
  const alert =
    /ALERT_(CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE|BAD_CERTIFICATE|CERTIFICATE_(?:EXPIRED|UNKNOWN|REVOKED)|UNKNOWN_CA|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED)/.exec(
      code,
    );
  if (alert !== null && !hasCertificate)
    return [
      'tls',
      `${server.origin} wants a client certificate, and context "${context}" has none.`,
      'Set client-certificate and client-key of the user in the kubeconfig.',
    ];
  if (alert !== null)
    return [
      'tls',
      `${server.origin} rejects the client certificate of context "${context}" (${alert[1]?.toLowerCase().replaceAll('_', ' ')}).`,
      'Renew client-certificate and client-key of the user, issued by an authority that the cluster trusts.',
    ];
  if (/^(?:ERR_SSL_|ERR_TLS_|ERR_OSSL_|EPROTO$|CERT_|INVALID_CA|INVALID_PURPOSE|UNABLE_TO_)/.test(code))
    return [
      'tls',
      `TLS with ${server.origin} failed (${code}).`,
      `Check the certificates of context "${context}".`,
    ];
  return undefined;
}

/** The names that a certificate has, as Node.js hands it over with the error. */
function namesIn(error: unknown): string {
  const cert = error instanceof Error && 'cert' in error ? error.cert : undefined;
  const names =
    typeof cert === 'object' && cert !== null && 'subjectaltname' in cert ? cert.subjectaltname : undefined;
  if (typeof names !== 'string') return '';
  const listed = names.split(/,\s*/).map((name) => name.replace(/^(?:DNS|IP Address|URI):/, ''));
  return `, but for ${listed.slice(0, 8).join(', ')}`;
}

import type { MeshMode } from '../membership/membership.ts';
import type { ClientMode } from './client-mtls.ts';
import type { MtlsMode } from './mtls.ts';

/** What is sent to a server; `hbone-tls`: TLS of the client's own inside HBONE. */
export type Sent = Exclude<ClientMode['sends'], 'auto'> | 'hbone' | 'hbone-tls';

/**
 * What becomes of it.
 * `mtls`, `hbone`, `plaintext`: gets through like this. `tls`: TLS that is not the mesh's gets through to the
 * application (also inside HBONE), which has to speak it. `plaintext-refused`, `tls-refused`: the server takes nothing
 * but mutual TLS. `certificate-refused`: it takes mutual TLS, but only certificates that the mesh has issued.
 * `mtls-unanswered`: mutual TLS of the mesh where nothing of the mesh listens.
 */
export type MtlsResult =
  | 'mtls'
  | 'hbone'
  | 'plaintext'
  | 'tls'
  | 'plaintext-refused'
  | 'tls-refused'
  | 'certificate-refused'
  | 'mtls-unanswered'
  | 'unknown';

const verdicts: Readonly<Record<MtlsResult, boolean | undefined>> = {
  mtls: true,
  hbone: true,
  plaintext: true,
  tls: undefined,
  'plaintext-refused': false,
  'tls-refused': false,
  'certificate-refused': false,
  'mtls-unanswered': false,
  unknown: undefined,
};

/** Whether it gets through; undefined when that hangs on the application, or is not known. */
export function accepted(result: MtlsResult): boolean | undefined {
  return verdicts[result];
}

/** Whom it arrives at. */
export interface Arrival {
  readonly mode: MeshMode;
  /** Whether the sidecar (or ztunnel) sees the port. */
  readonly isCaptured: boolean;
  /** Whether the application speaks mutual TLS of the mesh without a proxy, and its label says so. */
  readonly speaksMtls: boolean;
  /** What its policy says, where something reads it. */
  readonly accepts: MtlsMode | undefined;
}

/** What the server makes of what is sent (`InboundMTLSSettings` in pilot/pkg/security/authn/policy_applier.go). */
export function arrivalAt(sent: Sent, { mode, isCaptured, speaksMtls, accepts }: Arrival): MtlsResult {
  if (sent === 'unknown' || mode === 'unknown' || mode === 'gateway' || mode === 'waypoint') return 'unknown';
  // Envoys replace mutual TLS of the mesh by HBONE where it is taken.
  if (sent === 'hbone' || (sent === 'mtls' && mode === 'ambient')) return 'hbone';
  if (sent === 'hbone-tls') return 'tls';
  if (accepts === 'UNKNOWN') return 'unknown';
  if (isCaptured && accepts === 'STRICT') return strictResults[sent];
  if (sent === 'mtls')
    return speaksMtls || (isCaptured && mode === 'sidecar' && accepts !== 'DISABLE')
      ? 'mtls'
      : 'mtls-unanswered';
  return sent === 'plaintext' ? 'plaintext' : 'tls';
}

const strictResults = {
  mtls: 'mtls',
  plaintext: 'plaintext-refused',
  simple: 'tls-refused',
  mutual: 'certificate-refused',
} as const;

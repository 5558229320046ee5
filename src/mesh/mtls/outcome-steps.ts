import { showRef } from '../../model/names.ts';
import type { ClientMode } from './client-mtls.ts';
import type { ServerMode } from './mtls.ts';
import type { MtlsSender, MtlsStep } from './outcome.ts';
import type { MtlsResult, Sent } from './outcome-results.ts';
import type { MtlsServer } from './outcome-server.ts';

const sentences: Readonly<Record<Sent, string>> = {
  mtls: 'mutual TLS of the mesh',
  mutual: 'TLS with a certificate of its own',
  simple: 'TLS without a client certificate',
  plaintext: 'plain text',
  hbone: 'HBONE',
  'hbone-tls': 'TLS of its own inside HBONE',
  unknown: 'what is not known',
};

/** What the client's side sends, and what decided. */
export function clientStep(
  sender: MtlsSender,
  sent: Sent,
  client: ClientMode | undefined,
  text: string | undefined,
): MtlsStep {
  const side = 'client';
  const who = sender.mode === 'waypoint' ? 'The waypoint' : 'The client';
  if (client?.rule !== undefined && client.tls !== undefined) {
    const mode = client.tls.mode === undefined ? '`tls` without a mode' : `tls mode ${client.tls.mode}`;
    const dropped = client.why === 'dropped' ? ', which sidecars drop together with its credentialName' : '';
    return {
      side,
      text: `${who} sends ${sentences[sent]}: DestinationRule ${showRef(client.rule)} says ${mode}${dropped}`,
      resource: client.rule,
      at: { owner: client.tls, key: 'mode', part: 'value' },
    };
  }
  if (
    client?.policy?.policy !== undefined &&
    client.policy.setting !== undefined &&
    client.why === 'policy'
  ) {
    const { policy, setting } = client.policy;
    return {
      side,
      text: `${who} sends ${sentences[sent]}: PeerAuthentication ${showRef(policy)} switches mutual TLS off for all who look at the namespace`,
      resource: policy,
      at: { owner: setting, key: 'mode', part: 'value' },
    };
  }
  const why = text ?? (client === undefined ? undefined : reasons[client.why]);
  const resource = client?.rule ?? sender.resource;
  return {
    side,
    text: `${who} sends ${sentences[sent]}${why === undefined ? '' : `: ${lower(why)}`}`,
    ...(resource === undefined ? {} : { resource }),
  };
}

const reasons: Readonly<Record<ClientMode['why'], string>> = {
  rule: 'A DestinationRule says so',
  dropped: 'Its TLS settings are dropped',
  off: 'Automatic mutual TLS is switched off for the mesh (enableAutoMtls), and no DestinationRule asks for it',
  policy: 'A PeerAuthentication that decides is changed before it is applied',
  external: 'The host is outside the mesh',
  default: 'No DestinationRule says anything, so mutual TLS is automatic',
};

function lower(text: string): string {
  return text.startsWith('ztunnel') ? text : `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}

/** Who stands before the server, what it accepts, and what decided. */
export function serverStep(server: MtlsServer, mode: ServerMode | undefined, result: MtlsResult): MtlsStep {
  const side = 'server';
  const resource = server.workload?.resource;
  const about = resource === undefined ? {} : { resource };
  if (mode === undefined) return { side, text: `${unguarded(server)}: ${endings[result]}`, ...about };
  const who = server.mode === 'ambient' ? 'ztunnel before the server' : 'The sidecar of the server';
  const { policy, setting } = mode;
  const source =
    policy === undefined
      ? 'no PeerAuthentication says otherwise'
      : `${levels[mode.level]} ${showRef(policy)}`;
  const text = `${who} is ${mode.mode} (${source}): ${endings[result]}`;
  if (policy === undefined) return { side, text, ...about };
  const at = setting === undefined ? {} : { at: { owner: setting, key: 'mode', part: 'value' } as const };
  return { side, text, resource: policy, ...at };
}

const levels: Readonly<Record<ServerMode['level'], string>> = {
  port: 'the port in PeerAuthentication',
  workload: 'PeerAuthentication',
  namespace: 'for the namespace, PeerAuthentication',
  mesh: 'for the mesh, PeerAuthentication',
  default: 'by default',
};

function unguarded({ mode, workload, isCaptured }: MtlsServer): string {
  if (workload === undefined) return 'The host is outside the cluster';
  if (mode === 'unknown') return 'Whether the server is in the mesh is not known';
  if (mode === 'gateway' || mode === 'waypoint')
    return 'The server is a proxy itself, whose listeners decide';
  return mode === 'sidecar' && !isCaptured
    ? 'The sidecar of the server does not see this port'
    : 'The server is not in the mesh';
}

const endings: Readonly<Record<MtlsResult, string>> = {
  mtls: 'mutual TLS is accepted',
  hbone: 'HBONE is accepted',
  plaintext: 'plain text is accepted',
  tls: 'TLS is handed on to the application, which has to speak it',
  'plaintext-refused': 'plain text is refused',
  'tls-refused': 'TLS without a client certificate is refused',
  'certificate-refused': 'certificates that the mesh has not issued are refused',
  'mtls-unanswered': 'nothing there answers mutual TLS of the mesh, unless the application does',
  unknown: 'what happens is not known',
};

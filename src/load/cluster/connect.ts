// Connections to one API server: TLS as the kubeconfig wants it, and the way through a proxy.
import { X509Certificate } from 'node:crypto';
import { lookup as dnsLookup } from 'node:dns';
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { isIP, type LookupFunction, Socket } from 'node:net';
import {
  type ConnectionOptions,
  checkServerIdentity,
  connect as connectTls,
  createSecureContext,
} from 'node:tls';
import { codeOf } from '../file-system.ts';
import type { ClusterAccess, Credential } from './access.ts';
import { ClusterError } from './cluster-error.ts';
import { hostOf, portOf } from './proxy.ts';

/** Milliseconds that a name server gets. Its own patience is longer than that of people. */
const LONGEST_LOOKUP = 5000;

/**
 * Milliseconds after which the next address of a name is tried. Node.js gives each a quarter of a second, which a cluster on
 * the other side of the world does not make.
 */
const NEXT_ADDRESS = 1000;

export interface ConnectionSettings {
  readonly access: ClusterAccess;
  readonly certificate: Credential['certificate'];
  /** Connections are kept for the next request. */
  readonly keepAlive: boolean;
  /** Milliseconds that a proxy gets to open the way. */
  readonly timeout: number;
}

/** The name that the certificate of the server must have. */
export function serverNameOf({ tls, server }: ClusterAccess): string {
  return tls.serverName ?? hostOf(server);
}

/** Makes connections as the access says. Throws a `ClusterError` for certificates and keys that cannot be used. */
export function createAgent(settings: ConnectionSettings): HttpAgent {
  const { access, keepAlive } = settings;
  const isSecure = access.server.protocol === 'https:';
  const common = { keepAlive, lookup: boundedLookup, autoSelectFamilyAttemptTimeout: NEXT_ADDRESS };
  const tls = isSecure ? tlsOptions(settings) : undefined;
  const agent = tls === undefined ? new HttpAgent(common) : new HttpsAgent({ ...common, ...tls });
  const { proxy } = access;
  if (proxy === undefined) return agent;
  // An agent takes this from nowhere else: in its options it would be passed over in silence, and with it the proxy.
  agent.createConnection = (_options, done) => {
    openTunnel(proxy, access.server, settings.timeout).then(
      (socket) => done?.(null, tls === undefined ? socket : connectTls({ ...tls, socket })),
      (error: unknown) => done?.(error instanceof Error ? error : new Error(String(error)), new Socket()),
    );
    return undefined;
  };
  return agent;
}

function tlsOptions({ access, certificate }: ConnectionSettings): ConnectionOptions {
  const { ca, insecure } = access.tls;
  const name = serverNameOf(access);
  checkCertificates(access, certificate);
  return {
    ...(ca !== undefined && { ca }),
    ...certificate,
    // Always said: otherwise variables of Node.js could switch it off, or allow old versions.
    rejectUnauthorized: !insecure,
    minVersion: 'TLSv1.2',
    // An address is never sent as the name of a server, but the certificate must have it all the same.
    servername: isIP(name) === 0 ? name : '',
    checkServerIdentity: (_host, cert) => checkServerIdentity(name, cert),
    ALPNProtocols: ['http/1.1'],
  };
}

/** Node.js passes over authorities that it cannot read; then the server would be blamed. */
function checkCertificates({ name, tls }: ClusterAccess, certificate: Credential['certificate']): void {
  const attempt = (what: string, help: string, use: () => unknown): void => {
    try {
      use();
    } catch (error) {
      const why =
        codeOf(error) === 'ERR_OSSL_X509_KEY_VALUES_MISMATCH' ? 'do not belong together' : 'cannot be read';
      throw new ClusterError('tls', `The ${what} of context "${name}" ${why}.`, help);
    }
  };
  const { ca } = tls;
  if (ca !== undefined)
    attempt(
      'certificate authority',
      'Repair certificate-authority of the cluster in the kubeconfig.',
      () => new X509Certificate(ca),
    );
  if (certificate === undefined) return;
  const help =
    'Repair client-certificate and client-key of the user: both in PEM, of the same pair, the key without a passphrase.';
  attempt('client certificate and key', help, () => createSecureContext(certificate));
}

/** Looks a name up, but not for ever. */
const boundedLookup: LookupFunction = (host, options, done) => {
  let isOver = false;
  const timer = setTimeout(() => {
    isOver = true;
    done(Object.assign(new Error('no answer'), { code: 'ELOOKUP' }), '');
  }, LONGEST_LOOKUP);
  dnsLookup(host, options, (...answer) => {
    clearTimeout(timer);
    if (!isOver) done(...answer);
  });
};

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Asks the proxy for a connection to the server. Rejects with a `ClusterError` that names the proxy and no password. */
function openTunnel(proxy: URL, server: URL, timeout: number): Promise<Socket> {
  const target = `${server.hostname}:${portOf(server)}`;
  const user = `${decode(proxy.username)}:${decode(proxy.password)}`;
  return new Promise((resolve, reject) => {
    const fail = (what: string, help: string, final: boolean): void =>
      reject(new ClusterError('proxy', `The proxy ${proxy.host} ${what}.`, help, { final }));
    const request = (proxy.protocol === 'https:' ? requestHttps : requestHttp)({
      host: hostOf(proxy),
      port: portOf(proxy),
      method: 'CONNECT',
      path: target,
      agent: false,
      timeout,
      lookup: boundedLookup,
      headers: {
        host: target,
        ...(user !== ':' && { 'proxy-authorization': `Basic ${Buffer.from(user).toString('base64')}` }),
      },
      ...(proxy.protocol === 'https:' && { rejectUnauthorized: true, minVersion: 'TLSv1.2' as const }),
    });
    const check = 'Check proxy-url of the cluster in the kubeconfig, or HTTPS_PROXY and NO_PROXY.';
    const refuse = (response: IncomingMessage): void => {
      const status = response.statusCode ?? 0;
      response.destroy();
      if (status === 407)
        fail(
          'wants a user name and password (407)',
          'Write the proxy as http://USER:PASSWORD@HOST:PORT.',
          true,
        );
      else fail(`does not connect to ${target} (${status})`, check, status < 500);
    };
    request.on('connect', (response, socket: Socket) => {
      socket.setTimeout(0);
      if (response.statusCode === 200) resolve(socket);
      else {
        socket.destroy();
        refuse(response);
      }
    });
    request.on('response', refuse);
    request.on('timeout', () => {
      fail(`does not answer within ${timeout / 1000} s`, check, false);
      request.destroy();
    });
    request.on('error', (error) => {
      const code = codeOf(error);
      if (/CERT|UNABLE_TO_/.test(code))
        fail(
          `has a certificate that is not trusted (${code})`,
          'Name its authority in NODE_EXTRA_CA_CERTS.',
          true,
        );
      else fail(`cannot be reached (${code || 'unknown reason'})`, check, true);
    });
    request.end();
  });
}

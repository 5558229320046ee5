import { readFile } from 'node:fs/promises';
import type { Server } from 'node:https';
import { createSecureContext } from 'node:tls';

export interface CertificateFiles {
  /** The certificate and those that vouch for it, in PEM. */
  readonly cert: string;
  readonly key: string;
}

/** A pair that was read, and fits together. */
export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Reads a certificate and its key. Throws when one is not there, or they do not belong together. */
export async function readCertificate(files: CertificateFiles): Promise<Certificate> {
  const [cert, key] = await Promise.all([readFile(files.cert), readFile(files.key)]);
  createSecureContext({ cert, key });
  return { cert, key };
}

/**
 * Gives a server its certificate, and a new one whenever the files change: they are read every so many milliseconds,
 * because a mounted Secret is exchanged by links that no watcher of a file sees. A pair that cannot be used (one half
 * written) is reported once, and the last good one stays.
 */
export function keepCertificate(
  server: Pick<Server, 'setSecureContext'>,
  files: CertificateFiles,
  first: Certificate,
  tell: (what: string) => void,
  interval: number,
): NodeJS.Timeout {
  server.setSecureContext(first);
  let current = first;
  let trouble = '';
  async function look(): Promise<void> {
    try {
      const next = await readCertificate(files);
      trouble = '';
      if (next.cert.equals(current.cert) && next.key.equals(current.key)) return;
      current = next;
      server.setSecureContext(next);
      tell('the certificate was exchanged');
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (why !== trouble) tell(`the new certificate cannot be used, the last one stays: ${why}`);
      trouble = why;
    }
  }
  return setInterval(() => void look(), interval);
}

// All that is needed to talk to one API server, as a kubeconfig or a service account tells it.

export interface ClusterAccess {
  /** Name of the context; `in-cluster` for the service account of a pod. */
  readonly name: string;
  readonly server: URL;
  /** The namespace that the context prefers. */
  readonly namespace?: string;
  readonly tls: TlsSettings;
  /** Where to go through, `http:` or `https:`; may hold the password of the proxy. */
  readonly proxy?: URL;
  readonly credentials: Credentials;
  /** False where the kubeconfig asks for answers without compression. */
  readonly compression?: boolean;
}

export interface TlsSettings {
  /** Certificates in PEM that vouch for the server, instead of those that Node.js trusts. */
  readonly ca?: string;
  /** Where these are in a file: what that holds now, or held a short while ago. */
  readonly readCa?: () => Promise<string>;
  /** The name that the server's certificate must have, where it is not the host of its address. */
  readonly serverName?: string;
  /** The kubeconfig asks to trust any certificate. */
  readonly insecure: boolean;
}

/** Whom requests come from, and how they prove it. */
export interface Credentials {
  /** For messages: `user "alice"`. */
  readonly who: string;
  /** What to do when the server rejects them. */
  readonly advice: string;
  /** What the server rejects then, where there is a better word than credentials. */
  readonly proof?: string;
  /** Getting them may ask the person at the terminal, who must see the question and may take time to answer. */
  readonly asks?: boolean;
  /** What runs now to get them, and is waited for. */
  running?(): string | undefined;
  /** What to send now; asked before each request, answered from memory as long as it is good. */
  current(signal?: AbortSignal): Promise<Credential>;
  /** Asked after the server rejected `used`: something else to try, if there is any. */
  renew(used: Credential, signal?: AbortSignal): Promise<Credential | undefined>;
}

export interface Credential {
  /** `authorization`, and the headers of whom to impersonate. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  /** Client certificate and its key, in PEM. */
  readonly certificate?: { readonly cert: string; readonly key: string };
}

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

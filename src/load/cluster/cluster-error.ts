/** What kind of trouble keeps a cluster from being read. */
export type ClusterErrorCode =
  | 'kubeconfig'
  | 'context'
  | 'exec'
  | 'unsupported'
  | 'unauthorized'
  | 'forbidden'
  | 'tls'
  | 'network'
  | 'proxy'
  | 'not-kubernetes'
  | 'timeout'
  | 'snapshot';

/**
 * Why a cluster could not be asked, in words for people: `message` says what is wrong and where, `help` what to do.
 * Neither ever holds a credential, nor anything that a plugin printed to hand one over.
 */
export class ClusterError extends Error {
  readonly code: ClusterErrorCode;
  readonly help: string;
  /** Asking again would end the same way: nobody should retry. */
  readonly final: boolean;

  constructor(code: ClusterErrorCode, message: string, help: string, { final = true } = {}) {
    super(message);
    this.name = 'ClusterError';
    this.code = code;
    this.help = help;
    this.final = final;
  }
}

// What a test says to the API server, and what the server tells of itself: plain data, since it crosses a process.

/** What is wrong with the answers to some requests. All that is set happens, the delay first. */
export interface Fault {
  /** A regular expression for the path and query, without the cluster's prefix: `^/api/v1/pods\\?`. */
  readonly match: string;
  /** Only watches, or everything but watches. */
  readonly watch?: boolean;
  /** How many requests fare well before. */
  readonly after?: number;
  /** How many requests fare badly; all of them by default. */
  readonly times?: number;
  readonly delayMs?: number;
  /** Never answers. */
  readonly hang?: boolean;
  /** Closes the connection without an answer. */
  readonly drop?: boolean;
  /** Closes the connection after so many bytes of the true answer's body, or of a watch. */
  readonly truncate?: number;
  /** Answers 200 with this instead, `true` for the login page of a proxy. */
  readonly garbage?: boolean | string;
  /** Answers with a Status of this code. */
  readonly status?: number;
  /** Seconds, or a date, for the header `Retry-After`. */
  readonly retryAfter?: number | string;
  /** Adds a `Warning` header to the true answer. */
  readonly warning?: string;
}

export interface User {
  readonly name: string;
  readonly groups?: readonly string[];
  /** What the user sends as bearer token; a client certificate names its user by itself. */
  readonly token?: string;
}

/** Many objects alike, made when they are asked for. */
export interface Series {
  readonly count: number;
  /** Texts in it may hold `{i}`, the object's number, and `{n}`, the number of its namespace. */
  readonly object: unknown;
  /** `{n}` runs from 0 to this, exclusive. 1 by default. */
  readonly namespaces?: number;
}

/** Whom a kubeconfig names unless told otherwise. */
export const tester: User = { name: 'tester', token: 'token-of-tester' };

export interface ClusterOptions {
  /** Parsed manifests; lists of them are taken apart. */
  readonly objects?: readonly unknown[];
  readonly series?: readonly Series[];
  readonly faults?: readonly Fault[];
  /**
   * ClusterRoles, Roles and their bindings. Without bindings, every role is everybody's, a Role in its namespace.
   * Left out, everybody may do everything.
   */
  readonly rbac?: readonly unknown[];
  /** Beside `tester`, whom every kubeconfig names by default. */
  readonly users?: readonly User[];
  /** Whom requests without credentials come from; they are refused by default, with 401. */
  readonly anonymous?: boolean;
  readonly discovery?: 'aggregated' | 'legacy';
  /**
   * Groups served without a CustomResourceDefinition among the objects: all that meshlint knows, by default, in all
   * versions or in those listed here; `false` for none of a group, `'none'` for none at all.
   */
  readonly installed?: Readonly<Record<string, readonly string[] | false>> | 'none';
  /** Versions of groups, such as `metrics.k8s.io/v1beta1`, whose server cannot be reached. */
  readonly stale?: readonly string[];
  /** Whether namespaces exist that objects are in; true by default. */
  readonly impliedNamespaces?: boolean;
  /** Whether watches may ask for what there is first (`sendInitialEvents`); true by default. */
  readonly watchList?: boolean;
  readonly gzip?: boolean;
  /** Before each answer. */
  readonly latencyMs?: number;
  /** How often watches that allow bookmarks get one; a minute by default. */
  readonly bookmarkEveryMs?: number;
  /** `1.33.1` by default. */
  readonly version?: string;
}

/**
 * Ways in: with a certificate for 127.0.0.1, with one for another name only, with one that has expired, asking for
 * client certificates, and without TLS.
 */
export const doors = ['tls', 'misnamed', 'expired', 'strict', 'plain'] as const;
export type Door = (typeof doors)[number];

export interface ServerOptions {
  /** By name; each is served under `/c/NAME`, and `main` without a prefix, too. */
  readonly clusters: Readonly<Record<string, ClusterOptions>>;
  readonly certificates: Readonly<
    Record<'tls' | 'misnamed' | 'expired', { readonly key: string; readonly cert: string }>
  >;
  readonly ca: string;
}

/** A request as the server saw it. */
export interface RequestRecord {
  readonly cluster: string;
  readonly door: Door;
  readonly method: string;
  /** As Kubernetes names it: `get`, `list`, `watch`, `create`, …; `get` for what is no resource. */
  readonly verb: string;
  /** Without the cluster's prefix and the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Such as `pods` or `gateways.networking.istio.io`; unset for discovery and the like. */
  readonly resource?: string;
  readonly namespace?: string;
  readonly accept?: string;
  /** Whether an `Authorization` header came along. What it said is kept nowhere. */
  readonly authorized: boolean;
  /** Whom and which groups the user wants to act as. It is only noted here. */
  readonly actsAs?: string;
  readonly user?: string;
  /** How many requests were under way, this one included. */
  readonly inFlight: number;
  /** 0 until answered. */
  readonly status: number;
  /** Of the body as sent. */
  readonly bytes: number;
  /** Of a list's page. */
  readonly items?: number;
  /** Milliseconds since the server started. */
  readonly at: number;
  /** Whether the answer went out whole. */
  readonly finished: boolean;
}

/** Orders of the test to a running server. Each is answered in its turn. */
export type Order =
  | { readonly do: 'apply'; readonly cluster: string; readonly objects: readonly unknown[] }
  | { readonly do: 'remove'; readonly cluster: string; readonly objects: readonly unknown[] }
  | { readonly do: 'faults'; readonly cluster: string; readonly faults: readonly Fault[] }
  | { readonly do: 'rbac'; readonly cluster: string; readonly rbac?: readonly unknown[] | undefined }
  | { readonly do: 'users'; readonly cluster: string; readonly users: readonly User[] }
  | { readonly do: 'compact'; readonly cluster: string }
  | { readonly do: 'end watches'; readonly cluster: string; readonly status?: number }
  | { readonly do: 'facts'; readonly cluster: string }
  | { readonly do: 'objects'; readonly cluster: string; readonly resource: string }
  | { readonly do: 'requests' }
  | { readonly do: 'forget requests' }
  | { readonly do: 'proxied' }
  | { readonly do: 'close doors' }
  | { readonly do: 'open doors' };

/** What a cluster holds, and what it would not take. */
export interface ClusterFacts {
  readonly resourceVersion: number;
  /** Objects by resource, such as `pods` or `gateways.networking.istio.io`. */
  readonly counts: Readonly<Record<string, number>>;
  readonly refused: readonly { readonly object: string; readonly why: string }[];
  /** Objects that came again under a name that was taken: the last one counts. */
  readonly replaced: readonly string[];
  readonly watchers: number;
}

/** Where the server listens. */
export interface Ready {
  readonly ports: Readonly<Record<Door | 'proxy' | 'guardedProxy', number>>;
}

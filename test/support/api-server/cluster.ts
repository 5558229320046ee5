// A cluster while it is served, and what belongs to one request.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Json, KubernetesObject } from './objects.ts';
import {
  type ClusterFacts,
  type ClusterOptions,
  type Fault,
  type RequestRecord,
  tester,
  type User,
} from './options.ts';
import { openStore, type Store } from './store.ts';

export interface Cluster {
  readonly name: string;
  readonly options: ClusterOptions;
  readonly store: Store;
  rbac: readonly unknown[] | undefined;
  users: readonly User[];
  faults: readonly FaultState[];
  /** Ends each watch that is open, with an ERROR event if a Status is given. */
  readonly watchers: Set<(status?: Json) => void>;
}

export interface FaultState {
  readonly fault: Fault;
  seen: number;
}

export function openCluster(name: string, options: ClusterOptions): Cluster {
  return {
    name,
    options,
    store: openStore(name, options),
    rbac: options.rbac,
    users: [tester, ...(options.users ?? [])],
    faults: (options.faults ?? []).map(faultState),
    watchers: new Set(),
  };
}

export function faultState(fault: Fault): FaultState {
  return { fault, seen: 0 };
}

export function factsOf({ store, watchers }: Cluster): ClusterFacts {
  return { ...store.facts(), watchers: watchers.size };
}

/** A request on its way through the server; the record is filled in as things become known. */
export interface Call {
  readonly cluster: Cluster;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly query: URLSearchParams;
  /** What is to go wrong with it. */
  readonly fault: Partial<Fault>;
  readonly record: { -readonly [K in keyof RequestRecord]: RequestRecord[K] };
}

/** What is sent: JSON, text as it stands, or JSON that is text already. */
export interface Answer {
  readonly status: number;
  readonly body: Json | KubernetesObject | string | { readonly json: string };
  readonly headers?: Readonly<Record<string, string>>;
}

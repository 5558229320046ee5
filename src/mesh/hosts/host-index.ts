import { pushTo } from '../../model/collections.ts';
import { isWildcard } from './hosts.ts';

/** Things by host, found by every host that covers the one asked for. */
export interface HostIndex<T> {
  add(host: string, value: T): void;
  /** What stands under exactly this host. */
  at(host: string): readonly T[] | undefined;
  /** What stands under the host, then under each wildcard that covers it, the longest first (`MostSpecificHostMatch`). */
  covering(host: string): Iterable<readonly T[]>;
  hosts(): Iterable<string>;
}

/** Asking costs as many steps as there are lengths of wildcards, whatever the number of hosts. */
export function createHostIndex<T>(): HostIndex<T> {
  const byHost = new Map<string, T[]>();
  let lengths: readonly number[] = [];
  return {
    add(host, value) {
      pushTo(byHost, host, value);
      if (isWildcard(host) && !lengths.includes(host.length)) {
        lengths = [...lengths, host.length].sort((a, b) => b - a);
      }
    },
    at: (host) => byHost.get(host),
    *covering(host) {
      const own = byHost.get(host);
      if (own !== undefined) yield own;
      const longest = isWildcard(host) ? host.length - 1 : host.length + 1;
      for (const length of lengths) {
        if (length > longest) continue;
        const found = byHost.get(`*${host.slice(host.length - length + 1)}`);
        if (found !== undefined) yield found;
      }
    },
    hosts: () => byHost.keys(),
  };
}

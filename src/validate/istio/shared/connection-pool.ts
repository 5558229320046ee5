import type { ConnectionPool } from '../../../model/kinds.gen.ts';
import type { ValueReport } from '../../value-check.ts';
import { checkDurations, durationOrZeroFault } from './durations.ts';
import { checkCounters } from './numbers.ts';

/** Checks the limits of connections that `owner` has under `key` (`validateConnectionPool`, config/validation). */
export function checkConnectionPool(
  report: ValueReport,
  owner: object,
  key: string,
  pool: ConnectionPool | undefined,
): void {
  if (pool === undefined) return;
  const { http, tcp } = pool;
  if (http === undefined && tcp === undefined) {
    report.error(owner, key, `${key} is empty`, `Set http or tcp, or leave ${key} out`);
  }
  if (http !== undefined) checkHttp(report, http);
  if (tcp === undefined) return;
  checkCounters(report, tcp, ['maxConnections']);
  checkDurations(report, tcp, ['connectTimeout', 'maxConnectionDuration']);
  checkDurations(report, tcp, ['idleTimeout'], durationOrZeroFault);
  if (tcp.tcpKeepalive === undefined) return;
  checkDurations(report, tcp.tcpKeepalive, ['time', 'interval']);
  checkCounters(report, tcp.tcpKeepalive, ['probes']);
}

function checkHttp(report: ValueReport, http: NonNullable<ConnectionPool['http']>): void {
  checkCounters(report, http, [
    'http1MaxPendingRequests',
    'http2MaxRequests',
    'maxRequestsPerConnection',
    'maxRetries',
    'maxConcurrentStreams',
  ]);
  checkDurations(report, http, ['idleTimeout']);
  if (http.h2UpgradePolicy === 'UPGRADE' && http.useClientProtocol) {
    report.error(
      http,
      'useClientProtocol',
      'useClientProtocol keeps the protocol of the client, while h2UpgradePolicy UPGRADE changes it',
      'Keep one of them',
    );
  }
  const { http2KeepAlive } = http;
  if (http2KeepAlive === undefined) return;
  checkDurations(report, http2KeepAlive, ['interval', 'timeout']);
  for (const key of ['interval', 'timeout'] as const) {
    if (http2KeepAlive[key] !== undefined) continue;
    report.error(http2KeepAlive, key, `http2KeepAlive has no ${key}`, 'Set both interval and timeout');
  }
}

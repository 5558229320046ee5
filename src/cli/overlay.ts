// Files laid over a cluster: `--use-kube` with paths, and `meshlint diff-impact`.
import type { AnalyzeOptions } from '../engine/analyze.ts';
import type { Diagnostic } from '../engine/diagnostic.ts';
import { compareFindings } from '../engine/impact.ts';
import type { SnapshotState } from '../load/cluster/read-snapshot.ts';
import { type Loaded, load } from '../load/index.ts';
import type { LiveObject, LiveState } from '../model/live.ts';
import { COUNTED_RULE } from '../report/summary.ts';
import { objectsOf } from '../session/lay-over.ts';
import { type Overlay, type OverlayRequest, openOverlay } from '../session/overlay.ts';
import type { Session, SessionRequest } from '../session/session.ts';
import { openGivenCluster } from './live.ts';
import type { ClusterWish } from './options.ts';
import type { Removed } from './removed.ts';

/** Files, a cluster, and how the ones are laid over the other. */
export interface OverlayReading {
  readonly state: LiveState;
  readonly files: Loaded;
  readonly request: OverlayRequest;
}

/** Opens files over the cluster that is meant; throws as `readOverlay`. */
export async function openGivenOverlay(wish: ClusterWish, asked: SessionRequest): Promise<Overlay> {
  const { state, files, request } = await readOverlay(wish, asked);
  return openOverlay(state, files, request);
}

/**
 * Reads files, then the cluster that is meant. A snapshot among the files is the cluster. Throws ConfigError and
 * ClusterError where a cluster cannot be read.
 */
export async function readOverlay(
  { given, environment, known }: ClusterWish,
  request: SessionRequest,
  removed: Removed = () => [],
): Promise<OverlayReading> {
  // What goes through kustomize or helm is applied under other names and in other places than its files say.
  const isRequired = request.render !== undefined && !given.flags.has('render');
  const render = isRequired ? { render: { ...request.render, mode: 'require' as const } } : {};
  const files = await load({ ...request, ...render });
  const { state, asked } = await readState();
  const namespace = request.namespace ?? request.namespaceOfRest ?? state.namespace ?? 'default';
  const mesh = { ...asked, ...request.mesh, ...request.installation };
  return { state, files, request: { ...request, mesh, removed: removed(namespace) } };

  async function readState(): Promise<Pick<SnapshotState, 'state' | 'asked'>> {
    if (files.snapshots !== undefined) {
      return (await import('../session/snapshot.ts')).onlyState(files, request, 'files are laid over one');
    }
    if (known !== undefined) return { state: known.state, asked: {} };
    const beside = (ofContext = 'default'): readonly LiveObject[] =>
      objectsOf({ ...files, ...request, namespaceOfRest: request.namespaceOfRest ?? ofContext });
    return { state: await openGivenCluster(given, environment, request.onProgress, beside), asked: {} };
  }
}

/** An overlay with a report of nothing but what the files cause (`--changed-only`). */
export function introducedOnly(overlay: Overlay): Session {
  return {
    ...overlay,
    analyze(rules, toolVersion, options = {}) {
      const whole = wholeOf(options);
      let known: Promise<ReadonlySet<string>> | undefined;
      const find = async (): Promise<ReadonlySet<string>> => {
        const alone = await overlay.without();
        const before = await alone.analyze(rules, toolVersion, whole);
        const after = await overlay.analyze(rules, toolVersion, whole);
        const { introduced } = compareFindings(before.report.diagnostics, after.report.diagnostics);
        return new Set(introduced.map(keyOf));
      };
      const change: AnalyzeOptions['change'] = {
        touches: () => false,
        async isNew(diagnostic) {
          // That a file is passed over is nothing that it causes.
          if (diagnostic.rule === COUNTED_RULE) return false;
          known ??= find();
          return (await known).has(keyOf(diagnostic));
        },
      };
      return overlay.analyze(rules, toolVersion, { ...options, change });
    },
  };
}

/** All findings, whatever of them is to be shown. */
export function wholeOf(options: AnalyzeOptions): AnalyzeOptions {
  const { baseline: _, planFix: __, change: ___, ...rest } = options;
  return { ...rest, show: 'info' };
}

function keyOf({ fingerprint, location }: Diagnostic): string {
  return `${fingerprint} ${JSON.stringify(location)}`;
}

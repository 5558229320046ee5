import type { DataPlane, LiveCoverage } from '../engine/report.ts';
import { assumingMesh, createAssumptions, type SettingSource } from '../graph/assumptions.ts';
import type { WhyUnread } from '../graph/evidence.ts';
import type { GraphInput } from '../graph/graph.ts';
import { createWhyUnread, isKnown, sayUnread } from '../graph/unread.ts';
import { manifestsOf } from '../load/cluster/manifests.ts';
import type { Loaded } from '../load/index.ts';
import type { Kind } from '../model/kinds.gen.ts';
import type { LiveState } from '../model/live.ts';
import { defaultMesh } from '../model/mesh.ts';
import type { Manifest } from '../text/manifest.ts';
import type { Problem } from '../text/problem.ts';
import { findInstallation } from './installation.ts';
import { type LiveReading, type MeshRequest, type Session, sessionOf, type WorldRequest } from './session.ts';

/** How a cluster that was read is to be taken. `cluster` names it where several are told apart. */
export interface LiveRequest extends Pick<WorldRequest, 'mesh' | 'cluster' | 'crds'> {
  /** Nobody judges the state again, so that it need not be kept as it is: that halves the memory of a large cluster. */
  readonly isLast?: boolean;
}

/**
 * One cluster, as it was read, as an input: closed for what was read, unknown for what was not. Throws ConfigError for a
 * bad mesh configuration file, and for a revision that the cluster does not have.
 */
export async function openLive(state: LiveState, request: LiveRequest = {}): Promise<Session> {
  return sessionOf(loadLive(state, request.isLast), worldOf(readLive(state, request.mesh), request));
}

/** How a cluster is judged, by what it says of Istio in it. */
export function worldOf(
  { mesh, reading }: ReturnType<typeof readLive>,
  { cluster, crds }: LiveRequest,
): WorldRequest {
  return {
    world: 'live',
    mesh,
    reading,
    ...(cluster === undefined ? {} : { cluster }),
    ...(crds === undefined ? {} : { crds }),
  };
}

/** What a cluster says of Istio in it, and what of it was not read. Throws ConfigError for an unknown revision. */
export function readLive(
  state: LiveState,
  asked: WorldRequest['mesh'] = {},
  whyUnread = createWhyUnread(state.outcomes),
): { readonly mesh: NonNullable<WorldRequest['mesh']>; readonly reading: LiveReading } {
  const { mesh, revisions, dataPlane } = findInstallation(state, asked);
  return {
    mesh,
    reading: {
      coverage: coverageOf(state, revisions, dataPlane),
      limit: (input, problems) => {
        const limited = { ...input, whyUnread };
        const unread = unreadSettings(limited, mesh, problems);
        if (unread.size === 0) return limited;
        const assumptions = createAssumptions(unread, new Set(Object.keys(mesh)));
        return { ...limited, assumptions, mesh: assumingMesh(input.mesh, assumptions) };
      },
    },
  };
}

/** Which of Istio's own settings are not known. What is not there was read all the same: its defaults are what counts. */
function unreadSettings(
  { mesh: found, whyUnread }: GraphInput & { readonly whyUnread: WhyUnread },
  asked: MeshRequest,
  problems: readonly Problem[],
): ReadonlySet<SettingSource> {
  const namespace = asked.istioNamespace ?? asked.rootNamespace ?? defaultMesh.rootNamespace;
  const isUnread = (kind: Kind): boolean => whyUnread(kind, namespace) !== undefined;
  const isBroken = problems.some(({ rule }) => rule === 'input/unparsable-input');
  const unread = new Set<SettingSource>();
  if (!found.configKnown && (isBroken || isUnread('ConfigMap'))) unread.add('mesh');
  if (isUnread('ConfigMap')) unread.add('injector');
  if (isUnread('Deployment')) unread.add('istiod');
  if (isUnread('Deployment') && found.istioVersion === undefined) unread.add('release');
  return unread;
}

/** The objects of a cluster, as if they had been loaded from files of their own. */
export function loadLive(state: LiveState, isLast = false): Loaded {
  const manifests = manifestsOf(state, isLast);
  return loadedOf(manifests, manifests.filter(mayBeSilenced));
}

/** Manifests of a cluster, of which some silence findings. */
export function loadedOf(manifests: readonly Manifest[], silenced: readonly Manifest[]): Loaded {
  return {
    manifests,
    paths: [],
    commented: silenced.map(({ origin }) => origin.source),
    isPart: false,
    layout: { kustomizations: [], opaque: [] },
    problems: [],
    failures: [],
    skipped: [],
    stats: { files: 0, documents: 0, manifests: manifests.length, bytes: 0, slowDocuments: 0 },
  };
}

/** Whether an annotation silences findings; nothing else in a cluster can. */
export function mayBeSilenced({ value: { metadata } }: Manifest): boolean {
  if (typeof metadata !== 'object' || metadata === null || !('annotations' in metadata)) return false;
  const { annotations } = metadata;
  return (
    typeof annotations === 'object' &&
    annotations !== null &&
    'galley.istio.io/analyze-suppress' in annotations
  );
}

function coverageOf(
  state: LiveState,
  revisions: readonly string[],
  dataPlane: readonly DataPlane[],
): LiveCoverage {
  const { cluster, server, kubernetesVersion, objects, outcomes, warnings } = state;
  const missing = outcomes.filter(({ state }) => state === 'not-installed');
  const ofIstio = outcomes.filter(({ group }) => istioGroups.has(group));
  return {
    cluster,
    server,
    ...(kubernetesVersion === undefined ? {} : { kubernetesVersion }),
    revisions,
    dataPlane,
    ...(ofIstio.length === 0 ? {} : { hasIstio: ofIstio.some(({ state }) => state !== 'not-installed') }),
    objects: objects.length,
    unread: outcomes
      .filter((outcome) => !isKnown(outcome))
      .map(({ count: _, version: __, ...outcome }) => ({
        ...outcome,
        why: sayUnread(outcome, outcomes),
        rules: 0,
      })),
    notInstalled: missing.map(({ kind }) => kind),
    warnings,
  };
}

/** The groups of the definitions that every installation of Istio brings. */
const istioGroups: ReadonlySet<string> = new Set([
  'networking.istio.io',
  'security.istio.io',
  'telemetry.istio.io',
  'extensions.istio.io',
]);

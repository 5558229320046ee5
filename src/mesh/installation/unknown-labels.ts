import { view } from '../../graph/view.ts';
import { annotationFacts, annotationNames } from '../../model/annotations.ts';
import { ensure } from '../../model/collections.ts';
import { documentedLabels, isKnownLabel, isUnknownLabel } from '../../model/istio-labels.ts';
import { isNearMiss, nearestName } from '../../model/near.ts';
import { INJECTION_LABEL } from '../membership/membership.ts';
import { type LabelBearing, labelBearers, labelReads } from './label-bearers.ts';

/** A label that is called like one of Istio's and is none. */
export interface UnknownLabel {
  readonly bearing: LabelBearing;
  readonly key: string;
  /** What it may be meant for: a known label, or an annotation. */
  readonly meant?: Meant;
}

interface Meant {
  readonly name: string;
  readonly is: 'label' | 'annotation';
}

/** Further from the real name than a slip of the keys, and written often. */
const otherWords: ReadonlySet<string> = new Set([
  'istio-inject',
  'istio-injected',
  'istio-sidecar-injection',
]);

/** Labels that only look like those of Istio (label/labels.yaml of istio/api), wherever Istio reads labels. */
export const unknownLabels = view(labelReads, (graph): readonly UnknownLabel[] => {
  // The same key stands in many places.
  const answers = new Map<string, Meant | 'known' | 'unknown'>();
  return labelBearers(graph).flatMap((bearing) =>
    Object.keys(bearing.labels).flatMap((key) => {
      // Said once, at the pods.
      if (bearing.template !== undefined && Object.hasOwn(bearing.template.labels, key)) return [];
      const answer = key.includes('/')
        ? ensure(answers, key, () => judge(key))
        : bearing.bearer === 'Namespace'
          ? judgeInjection(key)
          : 'known';
      if (answer === 'known') return [];
      return answer === 'unknown' ? [{ bearing, key }] : [{ bearing, key, meant: answer }];
    }),
  );
});

function judge(key: string): Meant | 'known' | 'unknown' {
  if (isKnownLabel(key)) return 'known';
  const slip = slipOf(key, documentedLabels);
  if (slip !== undefined) return { name: slip, is: 'label' };
  // Names below other domains are somebody else's.
  if (!isUnknownLabel(key)) return 'known';
  if (annotationFacts(key) !== undefined) return { name: key, is: 'annotation' };
  const label = alike(key, documentedLabels);
  if (label !== undefined) return { name: label, is: 'label' };
  const annotation = slipOf(key, annotationNames) ?? alike(key, annotationNames);
  return annotation === undefined ? 'unknown' : { name: annotation, is: 'annotation' };
}

/** A name that is a slip away, by its domain or by what follows: long domains do not make short names alike. */
function slipOf(key: string, names: readonly string[]): string | undefined {
  const [domain, own = ''] = split(key);
  const near = names.filter((name) => {
    const [otherDomain, other = ''] = split(name);
    return domain === otherDomain ? isNearMiss(own, other) : own === other;
  });
  return nearestName(key, near);
}

function split(key: string): readonly string[] {
  const slash = key.indexOf('/');
  return [key.slice(0, slash), key.slice(slash + 1)];
}

/** The same name in other letters, or under another of Istio's domains. */
function alike(key: string, names: readonly string[]): string | undefined {
  const folded = key.toLowerCase();
  const own = folded.slice(folded.indexOf('/'));
  return (
    names.find((name) => name.toLowerCase() === folded) ??
    names.find((name) => name.toLowerCase().endsWith(own))
  );
}

function judgeInjection(key: string): Meant | 'known' {
  const isMeant = otherWords.has(key) || nearestName(key, [INJECTION_LABEL]) !== undefined;
  return isMeant ? { name: INJECTION_LABEL, is: 'label' } : 'known';
}

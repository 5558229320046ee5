import type { ValueReport } from '../../value-check.ts';
import { type Fault, quoted, refuse } from './fault.ts';

const key =
  /^(?:([a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?)*)\/)?((?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$/;
const value = /^(?:(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

/** The key of a label (`validateTagKey`, pkg/config/labels). */
function labelKeyFault(text: string): Fault | undefined {
  const parts = key.exec(text);
  const [, prefix = '', name = ''] = parts ?? [];
  if (parts !== null && prefix.length <= 253 && name.length <= 63) return undefined;
  return {
    problem: `${quoted(text)} is not a valid label key`,
    help: 'Use at most 63 letters, digits, dashes, underscores and dots, beginning and ending with a letter or digit; a domain name and a slash may stand before it',
  };
}

/** The value of a label, which may be empty. */
function labelValueFault(text: string): Fault | undefined {
  if (value.test(text)) return undefined;
  return {
    problem: `${quoted(text)} is not a valid label value`,
    help: 'Use letters, digits, dashes, underscores and dots only, beginning and ending with a letter or digit',
  };
}

/** Checks labels, each at its own key (`Instance.Validate`, pkg/config/labels). */
export function checkLabels(report: ValueReport, labels: Readonly<Record<string, string>> | undefined): void {
  for (const name in labels) {
    refuse(report, labels, name, labelKeyFault(name));
    refuse(report, labels, name, labelValueFault(labels[name] ?? ''));
  }
}

/**
 * Checks the labels that select workloads (`validateWorkloadSelector`, config/validation). Returns whether there are
 * any, which is for the caller to warn about, and whether they are right.
 */
function checkSelectorLabels(
  report: ValueReport,
  labels: Readonly<Record<string, string>> | undefined,
): { readonly some: boolean; readonly right: boolean } {
  let some = false;
  let right = true;
  for (const name in labels) {
    some = true;
    if (name === '') {
      right = false;
      report.error(labels, name, 'A label to select by has an empty key', 'Write the key of a label');
    }
    if (name.includes('*') || labels[name]?.includes('*')) {
      right = false;
      report.error(
        labels,
        name,
        `Selectors know no wildcards: ${quoted(`${name}: ${labels[name]}`)}`,
        'Write the label as the workloads carry it',
      );
    }
  }
  return { some, right };
}

/** Checks `selector.matchLabels` of policies; without labels it selects everything, which is said as a warning. */
export function checkSelector(
  report: ValueReport,
  owner: object,
  key: string,
  selector: { readonly matchLabels?: Readonly<Record<string, string>> } | undefined,
): void {
  if (selector !== undefined && !checkSelectorLabels(report, selector.matchLabels).some)
    warnOfNoLabels(report, owner, key);
}

/** Checks `workloadSelector.labels` of Sidecars, ServiceEntries and EnvoyFilters. Returns whether it is there and right. */
export function checkWorkloadSelector(
  report: ValueReport,
  owner: object,
  key: string,
  selector: { readonly labels?: Readonly<Record<string, string>> } | undefined,
): boolean {
  if (selector === undefined) return false;
  const { some, right } = checkSelectorLabels(report, selector.labels);
  if (!some) warnOfNoLabels(report, owner, key);
  return right;
}

function warnOfNoLabels(report: ValueReport, owner: object, key: string): void {
  report.warning(
    owner,
    key,
    `${key} has no labels, so it selects every workload of the namespace`,
    `Name the labels of the workloads that are meant, or leave ${key} out`,
  );
}

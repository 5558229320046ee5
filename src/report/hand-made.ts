// Reports made by hand, for the tests of the formats.
import type { Diagnostic } from '../engine/diagnostic.ts';
import type { Coverage, Report, Summary } from '../engine/report.ts';
import type { Source } from '../text/index.ts';
import type { FormatOptions, Reportable } from './format.ts';

export const plain: FormatOptions = {
  color: false,
  width: 80,
  codeWidth: 140,
  verbose: false,
  quiet: false,
  skipReason: (reason) => `a ${reason}`,
  failOn: 'error',
  placeOf: (file) => file,
  describe: () => undefined,
};

/** A finding on the `length` characters at a line and column of `app.yaml`. */
export function finding(
  line: number,
  column: number,
  length: number,
  more: Partial<Diagnostic> = {},
): Diagnostic {
  return {
    code: 'IST0101',
    rule: 'routing/missing-gateway',
    severity: 'error',
    message: 'Gateway shop/public does not exist.',
    why: 'Requests get 404.',
    help: 'Create the Gateway.',
    resource: {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      namespace: 'shop',
      name: 'cart',
    },
    path: ['spec', 'gateways', 0],
    location: place(line, column, length),
    related: [],
    fingerprint: '0123456789abcdef',
    docs: 'rules/routing/missing-gateway/README.md',
    ...more,
  };
}

export function place(line: number, column: number, length: number, file = 'app.yaml') {
  return { file, line, column, endLine: line, endColumn: column + length, exact: true };
}

/** A report on `app.yaml`; its summary follows from the findings. */
export function reportOf(
  text: string,
  diagnostics: readonly Diagnostic[],
  more: { readonly coverage?: Partial<Coverage>; readonly summary?: Partial<Summary> } = {},
): Reportable {
  const tally = (severity: string): number => diagnostics.filter((d) => d.severity === severity).length;
  const source: Source = { path: 'app.yaml', text };
  const report: Report = {
    version: '1',
    tool: { name: 'meshlint', version: '1.2.3' },
    summary: {
      errors: tally('error'),
      warnings: tally('warning'),
      infos: tally('info'),
      suppressed: 0,
      hidden: 0,
      incomplete: false,
      ...more.summary,
    },
    diagnostics,
    suppressed: [],
    coverage: {
      world: 'auto',
      files: 1,
      documents: 1,
      resources: 1,
      kinds: { 'networking.istio.io/VirtualService': 1 },
      otherKinds: {},
      skipped: [],
      failures: [],
      floating: 0,
      variants: [],
      rules: { ran: ['routing/missing-gateway'], skipped: [], crashed: [] },
      unresolved: { count: 0, references: [] },
      mesh: { rootNamespace: 'istio-system', clusterDomain: 'cluster.local', trustDomain: 'cluster.local' },
      ...more.coverage,
    },
  };
  return { report, sources: new Map([[source.path, source]]) };
}

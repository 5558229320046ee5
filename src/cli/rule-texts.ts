import type { Report } from '../engine/report.ts';
import type { FormatOptions, RuleText } from '../report/format.ts';
import type { RuleHead } from '../sdk/rule.ts';
import { readPages } from './pages.ts';
import { version } from './version.ts';

/** The pages of the rules are part of the package, and so on the web once it is published. */
const PACKAGE = `https://unpkg.com/meshlint@${version}`;

/** What the rules of a report's findings say of themselves. */
export async function describeRules(
  { diagnostics, suppressed }: Report,
  heads: readonly RuleHead[],
): Promise<FormatOptions['describe']> {
  const wanted = new Set([...diagnostics, ...suppressed].map(({ rule }) => rule));
  const pages = readPages();
  const loaded = await Promise.all(heads.filter(({ name }) => wanted.has(name)).map((head) => head.load()));
  const texts = new Map(
    loaded.map(({ name, rule: { severity, summary, docs } }): [string, RuleText] => {
      const page = pages[name];
      const url = page === undefined ? docs : `${PACKAGE}/rules/${name}/README.md`;
      return [
        name,
        {
          severity,
          summary,
          ...(page === undefined ? {} : { page: withoutMarkers(page) }),
          ...(url === undefined || !/^https?:/.test(url) ? {} : { url }),
        },
      ];
    }),
  );
  return (rule) => texts.get(rule);
}

/** Examples mark the lines where the rule speaks, for the tests. */
function withoutMarkers(page: string): string {
  return page.replace(/(?: *# ! [^#\n]*)+$/gm, '');
}

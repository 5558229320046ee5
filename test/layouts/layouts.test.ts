import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { rules } from '../../rules/index.gen.ts';
import { openSession } from '../../src/session/session.ts';

// The ways in which people lay out their repositories, one folder each. A line that deserves a finding carries
// `# ! rule-name`; everything else must stay without error and warning.

const home = 'test/layouts';
const layouts = readdirSync(home, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

describe.each(layouts)('%s', (layout) => {
  test('only what is marked is reported', async () => {
    const session = await openSession({ paths: [`${home}/${layout}`] });
    const { report } = await session.analyze(rules, 'test');
    const reported = report.diagnostics
      .filter(({ severity }) => severity !== 'info')
      .map(({ location, rule, message }) => ({
        place: `${location?.file}:${location?.line} ${rule.slice(rule.indexOf('/') + 1)}`,
        message,
      }));
    const unexpected = reported.filter(({ place }) => !marked(layout).includes(place));
    expect(unexpected, 'reported without a mark').toEqual([]);
    expect(reported.map(({ place }) => place).sort()).toEqual(marked(layout));
  });
});

/** `file:line rule` of every marker. */
function marked(layout: string): string[] {
  const places: string[] = [];
  for (const entry of readdirSync(`${home}/${layout}`, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const file = `${entry.parentPath}/${entry.name}`;
    for (const [i, line] of readFileSync(file, 'utf8').split('\n').entries()) {
      const marker = /# ! ([a-z0-9-]+)/.exec(line);
      if (marker !== null) places.push(`${file}:${i + 1} ${marker[1]}`);
    }
  }
  return places.sort();
}

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compareText } from '../../model/collections.ts';
import { isAtLeast, knownReleases } from '../../model/releases.ts';
import { openTexts } from '../../session/session.ts';
import { finders } from './concerns.ts';
import { removedSettings } from './removed-settings.ts';
import { canBehaveAs, postponement, releaseChanges, upgradeOf } from './upgrade.ts';

const page = readFileSync('rules/upgrade/changed-by-upgrade/README.md', 'utf8');
const { first, last } = knownReleases;
const change = (id: string): (typeof releaseChanges)[number] => {
  const found = releaseChanges.find((one) => one.id === id);
  if (found === undefined) throw new Error(`there is no change ${id}`);
  return found;
};

describe('the table of changes', () => {
  test('is sorted by release and name, and names each once', () => {
    const keys = releaseChanges.map(({ release, id }) => `${release} ${id}`);
    expect(keys).toEqual([...keys].sort(compareText));
    expect(new Set(releaseChanges.map(({ id }) => id)).size).toBe(keys.length);
  });

  test('has one finder for each change', () => {
    expect(Object.keys(finders).sort(compareText)).toEqual(
      releaseChanges.map(({ id }) => id).sort(compareText),
    );
  });

  test.each(releaseChanges.map((one) => [one.id, one] as const))('%s can be read', (_, one) => {
    expect(one.release).toMatch(/^1\.\d+$/);
    expect(isAtLeast(one.release, first) && one.release !== first && isAtLeast(last, one.release)).toBe(true);
    expect(one.change).not.toMatch(/^[A-Z]|\.$/);
    expect(one.effect).toMatch(/^[A-Z].*\.$/);
    expect(one.remedy).toMatch(/^[A-Z].*\.$/);
    expect(one.sources.length).toBeGreaterThan(0);
    for (const source of one.sources) expect(source).toMatch(/^[a-z]+\/[\w./-]+\.(?:go|yaml)$/);
    const { setting } = one;
    if (setting?.gone === undefined) return;
    expect(isAtLeast(setting.gone, one.release) && setting.gone !== one.release).toBe(true);
    // What keeps the old behaviour until a release is a switch that this release dropped.
    expect(removedSettings).toContainEqual(
      expect.objectContaining({
        name: setting.name,
        release: setting.gone,
        fallback: setting.old === 'true' ? 'false' : 'true',
      }),
    );
  });

  test.each(releaseChanges.map((one) => [one.id, one] as const))('%s stands on the page', (_, one) => {
    expect(page).toContain(`| ${one.release} | ${one.change} |`);
  });
});

describe('the table of switches', () => {
  test('is sorted by release and name, within the known releases', () => {
    const keys = removedSettings.map(({ release, name }) => `${release} ${name}`);
    expect(keys).toEqual([...keys].sort(compareText));
    for (const { release } of removedSettings) {
      expect(isAtLeast(release, first) && release !== first && isAtLeast(last, release)).toBe(true);
    }
  });

  test.each(removedSettings.map(({ name, release }) => [name, release]))(
    '%s stands on the page',
    (name, release) => {
      const row = page.split('\n').find((line) => line.startsWith(`| ${release} | \``));
      expect(page).toContain(`\`${name}\``);
      expect(row).toBeDefined();
    },
  );
});

test.each([
  ['1.21', '1.20', true],
  ['1.21', '1.21', false],
  ['1.24', '1.20', false],
  ['1.31', '1.25', true],
  ['1.31', '1.24', false],
  ['1.20', '1.19', false],
])('Istio %s can behave as %s: %s', (release, older, expected) => {
  expect(canBehaveAs(release, older)).toBe(expected);
});

const values = (text: string): string =>
  `apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: { name: x }\nspec: ${text}\n`;
const env = (name: string, value: string): string =>
  values(`{ values: { pilot: { env: { ${name}: "${value}" } } } }`);

describe('what an upgrade brings', () => {
  test.each<[string, string, string, string, boolean]>([
    ['retry-conditions', '1.23', '1.24', '', true],
    ['retry-conditions', '1.24', '1.25', '', false],
    ['retry-conditions', '1.22', '1.23', '', false],
    ['retry-conditions', '1.20', '1.31', '', true],
    // The switch keeps the old behaviour, for as long as it is there.
    ['retry-conditions', '1.23', '1.26', env('EXCLUDE_UNSAFE_503_FROM_DEFAULT_RETRY', 'false'), false],
    ['retry-conditions', '1.23', '1.27', env('EXCLUDE_UNSAFE_503_FROM_DEFAULT_RETRY', 'false'), true],
    ['retry-conditions', '1.25', '1.27', env('EXCLUDE_UNSAFE_503_FROM_DEFAULT_RETRY', 'false'), true],
    ['retry-conditions', '1.23', '1.24', env('EXCLUDE_UNSAFE_503_FROM_DEFAULT_RETRY', 'true'), true],
    // An old version of which the new release knows the ways.
    ['retry-conditions', '1.23', '1.24', values('{ compatibilityVersion: "1.23" }'), false],
    ['retry-conditions', '1.23', '1.24', values('{ values: { compatibilityVersion: "1.23" } }'), false],
    ['retry-conditions', '1.23', '1.24', values('{ compatibilityVersion: "1.20" }'), true],
    ['mirror-host', '1.27', '1.30', values('{ compatibilityVersion: "1.27" }'), false],
    ['mirror-host', '1.27', '1.30', values('{ compatibilityVersion: "1.28" }'), true],
    ['allocated-address', '1.24', '1.25', values('{ compatibilityVersion: "1.24" }'), false],
    ['allocated-address', '1.24', '1.25', values('{ compatibilityVersion: "1.23" }'), true],
    ['default-tracing', '1.21', '1.22', values('{ compatibilityVersion: "1.21" }'), false],
    ['removed-lightstep', '1.26', '1.27', values('{ compatibilityVersion: "1.26" }'), true],
    [
      'wildcard-order',
      '1.20',
      '1.21',
      env('PERSIST_OLDEST_FIRST_HEURISTIC_FOR_VIRTUAL_SERVICE_HOST_MATCHING', 'true'),
      false,
    ],
    // The switch wins over the version.
    [
      'mirror-host',
      '1.27',
      '1.28',
      values(
        '{ compatibilityVersion: "1.27", values: { pilot: { env: { DISABLE_SHADOW_HOST_SUFFIX: true } } } }',
      ),
      true,
    ],
    [
      'mirror-host',
      '1.27',
      '1.28',
      values(
        '{ components: { pilot: { k8s: { env: [{ name: DISABLE_SHADOW_HOST_SUFFIX, value: "false" }] } } } }',
      ),
      false,
    ],
  ])('%s, from %s to %s', async (id, istioVersion, upgradeTo, raw, expected) => {
    const { graph } = await openTexts([{ path: 'a.yaml', raw }], { mesh: { istioVersion, upgradeTo } });
    expect(upgradeOf(graph)?.brings(change(id))).toBe(expected);
  });

  test('is nothing when nobody asks', async () => {
    const { graph } = await openTexts([], { mesh: { istioVersion: '1.28' } });
    expect(upgradeOf(graph)).toBeUndefined();
  });
});

test.each([
  [
    'mirror-host',
    '1.30',
    ' Until then, DISABLE_SHADOW_HOST_SUFFIX=false in the environment of istiod or compatibilityVersion 1.27 keeps the old behaviour.',
  ],
  ['retry-conditions', '1.27', ''],
  ['default-tracing', '1.22', ' Until then, compatibilityVersion 1.21 keeps the old behaviour.'],
  ['default-tracing', '1.25', ''],
  ['gateway-name-label', '1.24', ''],
])('%s can be put off at %s', (id, to, expected) => {
  expect(postponement(change(id), to)).toBe(expected);
});

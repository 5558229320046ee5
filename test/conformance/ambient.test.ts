import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { SentAddress, SentMatch, SentPolicy } from '../../src/mesh/ambient/ztunnel-messages.ts';
import { sentToZtunnel } from '../../src/mesh/ambient/ztunnel-sent.ts';
import { openTexts } from '../../src/session/session.ts';

/** What istiod itself sends to ztunnel: `NAME-in.yaml` and what becomes of it. */
const folder = join(process.env.MESHLINT_CONFORMANCE ?? '../shared/conformance', 'ambient');
const ending = '-in.yaml';
const names = existsSync(folder)
  ? readdirSync(folder)
      .filter((name) => name.endsWith(ending))
      .map((name) => name.slice(0, -ending.length))
  : [];

test.skipIf(names.length > 0)(`skipped: no recorded policies of ztunnel in ${folder}`, () => {
  expect(names).toEqual([]);
});

describe.skipIf(names.length === 0)('what istiod sends to ztunnel', () => {
  test.each(names)('%s', async (name) => {
    const raw = readFileSync(join(folder, `${name}${ending}`), 'utf8');
    const { graph } = await openTexts([{ path: `${name}.yaml`, raw }], { world: 'closed' });
    const file = join(folder, `${name}.yaml`);
    const recorded: unknown = existsSync(file) ? parse(readFileSync(file, 'utf8')) : undefined;
    const sent = sentToZtunnel(graph).flatMap(({ resource, policy }) =>
      resource === undefined ? [] : [written(policy, resource.metadata.namespace)],
    );
    expect(sent).toEqual(recorded === null || recorded === undefined ? [] : [recorded]);
  });
});

/** As the record writes it: without what is the default, addresses in base64, no namespace where none was written. */
function written({ name, action, scope, groups }: SentPolicy, namespace: string | undefined): unknown {
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(action === 'ALLOW' ? {} : { action }),
    ...(scope === 'GLOBAL' ? {} : { scope }),
    groups: groups.map(({ rules }) => ({
      rules: rules.map(({ matches }) => ({ matches: matches.map(writtenMatch) })),
    })),
  };
}

function writtenMatch(match: SentMatch): unknown {
  return Object.fromEntries(
    Object.entries(match).map(([key, values]: [string, readonly unknown[]]) => [
      key,
      values.map((value) => (isAddress(value) ? inBase64(value) : value)),
    ]),
  );
}

function isAddress(value: unknown): value is SentAddress {
  return typeof value === 'object' && value !== null && 'address' in value && 'length' in value;
}

function inBase64({ address, length }: SentAddress): unknown {
  return { address: Buffer.from(address).toString('base64'), length };
}

// The roles that `meshlint rbac` prints, given to an API server: with them all is read, and each line of them is needed.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiServer, readObjects, startApiServer } from '../support/api-server/start.ts';
import { healthyObjects } from '../support/healthy-mesh.ts';
import { run } from './run.ts';

interface Unread {
  readonly group: string;
  readonly resource: string;
  readonly state: string;
}

let server: ApiServer;
let printed = '';
beforeAll(async () => {
  server = await startApiServer({ objects: healthyObjects() });
  printed = (await run(['rbac'])).stdout;
});
afterAll(() => server.stop());

async function unreadWith(
  roles: string,
  flags: readonly string[] = [],
): Promise<{ readonly code: number | null; readonly unread: readonly string[] }> {
  await server.setRbac(readObjects(roles));
  const args = ['analyze', '--kubeconfig', server.kubeconfig(), '--format', 'json', ...flags];
  const { code, stdout, stderr } = await run(args);
  expect(stderr).toBe('');
  const { unread }: { unread: readonly Unread[] } = JSON.parse(stdout).coverage.live;
  return { code, unread: [...new Set(unread.map(({ group, resource }) => `${group}/${resource}`))].sort() };
}

test('they suffice', async () => {
  expect(await unreadWith(printed)).toEqual({ code: 0, unread: [] });
});

/** Each line that allows one resource, with the group that it belongs to. */
function resourceLines(text: string): readonly { readonly line: number; readonly resource: string }[] {
  let group = '';
  return text.split('\n').flatMap((line, i) => {
    group = /^- apiGroups: \[(.*)\]$/.exec(line)?.[1]?.replaceAll('"', '') ?? group;
    const resource = /^ {2}- (.*)$/.exec(line)?.[1];
    return resource === undefined ? [] : [{ line: i, resource: `${group}/${resource}` }];
  });
}

test('without a line of them, exactly that kind is reported', { timeout: 120_000 }, async () => {
  const lines = printed.split('\n');
  const all = resourceLines(printed);
  expect(all.length).toBeGreaterThan(30);
  for (const { line, resource } of all) {
    const fewer = lines.filter((_, i) => i !== line).join('\n');
    expect(await unreadWith(fewer), resource).toEqual({ code: 3, unread: [resource] });
  }
});

describe('with --secrets off', () => {
  test('no Secret is asked for, and none is needed', async () => {
    const roles = (await run(['rbac', '--secrets', 'off'])).stdout;
    expect(roles).not.toMatch(/^ {2}- secrets$/m);
    await server.forgetRequests();
    expect(await unreadWith(roles, ['--secrets', 'off'])).toEqual({ code: 0, unread: [] });
    const asked = await server.requests();
    expect(asked.filter(({ resource }) => resource === 'secrets')).toEqual([]);
  });
});

test('they are small enough: nothing but list, and get of Secrets', () => {
  for (const role of readObjects(printed)) {
    const { rules } = role as {
      rules: readonly { verbs: readonly string[]; resources: readonly string[] }[];
    };
    for (const { verbs, resources } of rules)
      expect(verbs).toEqual(resources.includes('secrets') ? ['get'] : ['list']);
  }
});

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

/** Lines are left out in so many runs, neighbours in different ones: Secrets are asked for where Gateways name them. */
const RUNS = 6;

test('without some lines of them, exactly those kinds are reported', { timeout: 60_000 }, async () => {
  const lines = printed.split('\n');
  const all = resourceLines(printed);
  expect(all.length).toBeGreaterThan(30);
  for (let run = 0; run < RUNS; run++) {
    const left = all.filter((_, i) => i % RUNS === run);
    const fewer = lines.filter((_, i) => !left.some(({ line }) => line === i)).join('\n');
    expect(await unreadWith(fewer)).toEqual({ code: 3, unread: left.map(({ resource }) => resource).sort() });
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

describe('of one namespace', () => {
  const flags = ['-n', 'readers'];

  test('they suffice for that one', async () => {
    const roles = (await run(['rbac', ...flags])).stdout;
    await server.setRbac(readObjects(roles));
    const args = ['analyze', '--kubeconfig', server.kubeconfig(), ...flags];
    const { code, stdout } = await run([...args, '--format', 'json']);
    const { coverage, diagnostics } = JSON.parse(stdout);
    // Elsewhere nothing is known, and so nothing is missing.
    expect({ code, diagnostics }).toEqual({ code: 3, diagnostics: [] });
    const whys = (coverage.live.unread as readonly { why: string }[]).map(({ why }) => why);
    const outside = whys.filter((why) => !why.includes(' outside of namespace readers '));
    const comment = roles.split('\n').slice(0, 3).join(' ');
    expect(outside.length).toBeGreaterThan(3);
    for (const why of outside) {
      const resource = (/^[A-Za-z]+/.exec(why)?.[0] ?? '').toLowerCase();
      expect(comment).toContain(resource);
    }
    expect((await run(args)).stdout.replace(/\s+/g, ' ')).toMatch(
      /[0-9]+ kinds outside of namespace readers could not be read: forbidden; "meshlint rbac" prints/,
    );
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

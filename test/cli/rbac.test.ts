// The roles that `meshlint rbac` prints, given to an API server: with them all is read, and each line of them is needed.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiServer, readObjects, startApiServer } from '../support/api-server/start.ts';
import { healthyObjects } from '../support/healthy-mesh.ts';
import { run } from './run.ts';
import { type Running, start } from './serve-run.ts';

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

test.each([
  '',
  ' -n edge',
  ' -n edge -n books',
  ' --secrets off',
  ' --watch',
  ' --discover-remotes',
  ' --istio-namespace mesh',
])('what `meshlint rbac%s` prints is in order', async (flags) => {
  const { stdout } = await run(`rbac${flags}`.split(' '));
  const { code, stdout: report } = await run(['analyze', '-', '--format', 'json'], { input: stdout });
  const { diagnostics, coverage } = JSON.parse(report);
  expect({ code, diagnostics, skipped: coverage.skipped }).toEqual({ code: 0, diagnostics: [], skipped: [] });
  const other = Object.values<number>(coverage.otherKinds).reduce((sum, n) => sum + n, 0);
  expect(other).toBe(readObjects(stdout).length);
});

describe('of one namespace, as of all', () => {
  const flags = ['-n', 'edge'];
  type Seen = { readonly objects: number; readonly unread: readonly (Unread & { readonly why: string })[] };
  const seenWith = async (roles: string): Promise<Seen> => {
    await server.setRbac(readObjects(roles));
    const args = ['analyze', '--kubeconfig', server.kubeconfig(), '--format', 'json', ...flags];
    return JSON.parse((await run(args)).stdout).coverage.live;
  };
  const about = ({ unread }: Seen, wanted: string): readonly string[] =>
    unread.flatMap(({ group, resource, why }) => (`${group}/${resource}` === wanted ? [why] : []));

  test('each line is needed', { timeout: 60_000 }, async () => {
    const roles = (await run(['rbac', ...flags])).stdout;
    const lines = roles.split('\n');
    const whole = await seenWith(roles);
    const all = resourceLines(roles);
    expect(all.length).toBeGreaterThan(25);
    for (let i = 0; i < RUNS; i++) {
      const left = all.filter((_, at) => at % RUNS === i);
      const fewer = await seenWith(lines.filter((_, at) => !left.some(({ line }) => line === at)).join('\n'));
      for (const { resource } of left) {
        // One that is asked for by its name, beside others that stay unknown.
        if (resource === '/namespaces') expect(fewer.objects).toBeLessThan(whole.objects);
        else expect(about(fewer, resource), resource).not.toEqual(about(whole, resource));
      }
    }
    expect((await seenWith(roles.replace(/ {2}- namespaces\n/, '  - none\n'))).objects).toBe(
      whole.objects - 1,
    );
  });
});

test('with --discover-remotes, the Secrets of other clusters may be listed, and not without', async () => {
  const find = async (roles: string): Promise<readonly unknown[]> => {
    await server.setRbac(readObjects(roles));
    const args = ['analyze', '--kubeconfig', server.kubeconfig(), '--format', 'json', '--discover-remotes'];
    const { code, stdout } = await run(args);
    const { failures } = JSON.parse(stdout).coverage;
    expect(code).toBe(failures.length === 0 ? 0 : 3);
    return failures;
  };
  const roles = (await run(['rbac', '--discover-remotes'])).stdout;
  expect(roles.startsWith(printed)).toBe(true);
  expect(await find(roles)).toEqual([]);
  expect(await find(printed)).toMatchObject([{ cluster: 'main', why: expect.stringContaining('forbidden') }]);
});

test('with --watch, each of them may be followed, and without none', { timeout: 60_000 }, async () => {
  const watched = (await run(['rbac', '--watch'])).stdout;
  const follow = (): Running => start(['analyze', '--watch', '--kubeconfig', server.kubeconfig()]);
  await server.setRbac(readObjects(watched));
  await server.forgetRequests();
  const allowed = follow();
  await allowed.said(/Rules /, 'stdout');
  const asked = async (): Promise<string[]> => {
    const watches = (await server.requests()).filter(({ verb }) => verb === 'watch');
    return [...new Set(watches.map(({ resource = '' }) => resource))].sort();
  };
  const wanted = resourceLines(watched)
    .map(({ resource }) => resource.split('/'))
    .map(([group = '', resource = '']) => (group === '' ? resource : `${resource}.${group}`))
    .filter((resource) => resource !== 'secrets');
  await expect.poll(asked, { timeout: 10_000 }).toEqual(wanted.sort());
  expect((await server.requests()).filter(({ status }) => status === 403)).toEqual([]);
  await allowed.end();

  await server.setRbac(readObjects(printed));
  const refused = follow();
  await expect
    .poll(() => refused.stderr().split('not allowed to watch ').at(-1)?.split(': ')[0]?.split(', ').length, {
      timeout: 20_000,
    })
    .toBe(wanted.length);
  await refused.end();
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

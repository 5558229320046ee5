import { describe, expect, test } from 'vitest';
import { type Outcome, run, virtualService, withTree } from './run.ts';

// Rules that people bring: plugins and checks of meshlint.yaml.

/** A plugin with one rule that reports every host with a star, as somebody writes it without types. */
function plugin(changes: Readonly<Record<string, string>> = {}): string {
  const rule = {
    name: "'no-wildcard-host'",
    code: "'ACME0001'",
    severity: "'warning'",
    since: "'1.0.0'",
    summary: "'A VirtualService is for hosts that nobody lists.'",
    reads: "{ VirtualService: 'some' }",
    messages:
      "{ wildcard: { what: 'Host {host} is a wildcard.', why: 'It takes all.', help: 'List hosts.' } }",
    check: `({ graph, report }) => {
      for (const service of graph.list('VirtualService')) {
        for (const [i, host] of (service.spec.hosts ?? []).entries()) {
          if (host.includes('*')) report(service, { at: at(service.spec.hosts, i), message: 'wildcard', data: { host } });
        }
      }
    }`,
    ...changes,
  };
  const fields = Object.entries(rule).map(([key, value]) => `${key}: ${value}`);
  return `import { at, definePlugin, defineRule } from 'meshlint/sdk';
export default definePlugin({ name: 'acme', rules: [defineRule({ ${fields.join(', ')} })] });
`;
}

const wild = virtualService('shop').replace('shop.example.com', '"*.example.com"');
const settings = 'plugins:\n- ./house/plugin.mjs\n';
const files = { 'meshlint.yaml': settings, 'house/plugin.mjs': plugin(), 'shop.yaml': wild };

function analyze(tree: Readonly<Record<string, string>>, ...args: string[]): Promise<Outcome> {
  return withTree(tree, (cwd) => run(['analyze', '.', '--format', 'json', ...args], { cwd }));
}

/** Code, severity and place of each finding. */
function findings({ stdout }: Outcome): string[] {
  const { diagnostics } = JSON.parse(stdout);
  return diagnostics.map(
    (d: { code: string; severity: string; location: { file: string; line: number; column: number } }) =>
      `${d.code} ${d.severity} ${d.location.file}:${d.location.line}:${d.location.column}`,
  );
}

describe('a plugin', () => {
  test('is a file beside the configuration, and needs no meshlint installed there', async () => {
    const outcome = await analyze(files);
    expect(findings(outcome)).toEqual(['ACME0001 warning shop.yaml:8:5']);
    expect(JSON.parse(outcome.stdout).diagnostics[0]).toMatchObject({
      rule: 'acme/no-wildcard-host',
      message: 'Host *.example.com is a wildcard.',
      docs: './house/plugin.mjs',
    });
    expect(outcome.code).toBe(0);
  });

  test('is a package, with whatever conditions its exports have', async () => {
    const outcome = await analyze({
      'meshlint.yaml': 'plugins: [meshlint-plugin-acme]\n',
      'node_modules/meshlint-plugin-acme/package.json': JSON.stringify({
        name: 'meshlint-plugin-acme',
        type: 'module',
        exports: { '.': { import: './main.js' } },
      }),
      'node_modules/meshlint-plugin-acme/main.js': plugin({ docs: "'https://acme.example/wild'" }),
      'shop.yaml': wild,
    });
    expect(findings(outcome)).toEqual(['ACME0001 warning shop.yaml:8:5']);
    expect(outcome.stdout).toContain('"docs": "https://acme.example/wild"');
  });

  const readsTypes = Boolean(Reflect.get(process.features, 'typescript'));
  test('is TypeScript where Node reads it', async () => {
    const outcome = await analyze({
      ...files,
      'meshlint.yaml': 'plugins: [./house/plugin.ts]\n',
      'house/plugin.ts': `${plugin()}export type Unused = string;\n`,
    });
    if (readsTypes) return expect(findings(outcome)).toHaveLength(1);
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toContain('meshlint.yaml:1:11: The plugin ./house/plugin.ts is TypeScript');
  });

  test.each([
    ['--rule', 'no-wildcard-host', 1],
    ['--rule', 'acme/no-wildcard-host', 1],
    ['--rule', 'acme0001', 1],
    ['--rule', 'IST0101', 0],
    ['--disable', 'ACME0001', 0],
    ['-S', 'ACME0001=VirtualService shop/*', 0],
    ['-S', 'acme/no-wildcard-host=*', 0],
  ])('is chosen and silenced by %s %s', async (flag, value, count) => {
    expect(findings(await analyze(files, flag, value))).toHaveLength(count);
  });

  test.each([
    ['rules:\n  ACME0001: error\n', ['ACME0001 error shop.yaml:8:5']],
    ['rules:\n  acme/*: off\n', []],
    [
      'rules:\n  no-wildcard-host: info\noverrides:\n- files: [shop.yaml]\n  rules: { ACME0001: error }\n',
      ['ACME0001 error shop.yaml:8:5'],
    ],
    ['overrides:\n- namespaces: [shop]\n  rules: { acme/no-wildcard-host: off }\n', []],
  ])('has the severity that is configured: %j', async (more, expected) => {
    expect(findings(await analyze({ ...files, 'meshlint.yaml': settings + more }))).toEqual(expected);
  });

  test('gets the options that are configured', async () => {
    const allowing = plugin({
      options: "{ allowed: { type: 'strings', default: [], summary: 'Hosts that may be.' } }",
      check: `({ graph, report, options }) => {
        for (const service of graph.list('VirtualService')) {
          for (const [i, host] of service.spec.hosts.entries()) {
            if (!options.allowed.includes(host)) report(service, { at: at(service.spec.hosts, i), message: 'wildcard', data: { host } });
          }
        }
      }`,
    });
    const tree = { ...files, 'house/plugin.mjs': allowing };
    expect(findings(await analyze(tree))).toHaveLength(1);
    const allowed = `${settings}options: { ACME0001: { allowed: ["*.example.com"] } }\n`;
    expect(findings(await analyze({ ...tree, 'meshlint.yaml': allowed }))).toEqual([]);
    const page = await withTree(tree, (cwd) => run(['explain', 'ACME0001'], { cwd }));
    expect(page.stdout).toContain('`allowed` (strings): Hosts that may be.');
  });

  test('is off by itself when its rule is opt-in', async () => {
    const tree = { ...files, 'house/plugin.mjs': plugin({ optIn: 'true' }) };
    expect(findings(await analyze(tree))).toEqual([]);
    expect(findings(await analyze(tree, '--enable', 'ACME0001'))).toHaveLength(1);
  });

  test('that throws is told as an internal error, and leaves the others alone', async () => {
    const broken = plugin({ check: "() => { throw new Error('out of luck'); }" });
    const outcome = await analyze(
      { ...files, 'house/plugin.mjs': broken, 'lost.yaml': virtualService('lost', 'nowhere') },
      '--world',
      'closed',
    );
    const { diagnostics } = JSON.parse(outcome.stdout);
    expect(diagnostics.map(({ code }: { code: string }) => code)).toContain('IST0101');
    const crash = diagnostics.find(({ code }: { code: string }) => code === 'IST0001');
    expect(crash.message).toContain('acme/no-wildcard-host');
    expect(crash.message).toContain('out of luck');
    expect(outcome.code).toBe(3);
  });

  const service = "graph.list('VirtualService')[0]";
  test.each([
    [
      'points at a copy',
      `report(${service}, { at: at({}), message: 'wildcard', data: { host: '' } })`,
      /never a copy/,
    ],
    [
      'has no such message',
      `report(${service}, { at: at(${service}.metadata), message: 'wild' })`,
      /message "wild"/,
    ],
    [
      'leaves out a value',
      `report(${service}, { at: at(${service}.metadata), message: 'wildcard' })`,
      /no value for \{host\}/,
    ],
    [
      'has no such severity',
      `report(${service}, { at: at(${service}.metadata), message: 'wildcard', severity: 'fatal' })`,
      /severity "fatal"/,
    ],
    ['is not done', 'Promise.resolve().then(() => { throw new Error() })', /asynchronous/],
  ])('that %s is told as an internal error', async (_, check, expected) => {
    const text = plugin({ check: `({ graph, report }) => ${check}` });
    const { code, stdout } = await analyze({ ...files, 'house/plugin.mjs': text });
    const crash = JSON.parse(stdout).diagnostics.find((d: { code: string }) => d.code === 'IST0001');
    expect(crash?.message).toMatch(expected);
    expect(code).toBe(3);
  });

  test('is listed and explained', async () => {
    await withTree(files, async (cwd) => {
      const list = await run(['rules'], { cwd });
      expect(list.stdout).toMatch(
        /^ACME0001 +acme\/no-wildcard-host +warning .*\(from \.\/house\/plugin\.mjs\)$/m,
      );
      const { rules } = JSON.parse((await run(['rules', '--format', 'json'], { cwd })).stdout);
      expect(rules[0]).toMatchObject({ code: 'ACME0001', from: './house/plugin.mjs' });
      for (const word of ['ACME0001', 'acme0001', 'no-wildcard-host', 'acme/no-wildcard-host']) {
        const page = await run(['explain', word], { cwd });
        expect(page.stdout).toContain('A VirtualService is for hosts that nobody lists.');
        expect(page.stdout).toContain('Help: List hosts.');
      }
      expect((await run(['rules', '--no-config'], { cwd })).stdout).not.toContain('ACME');
    });
  });
});

describe('a broken plugin is named, with its line and why', () => {
  const cases: readonly (readonly [why: string, text: string | undefined, expected: RegExp])[] = [
    ['missing', undefined, /is not there/],
    ['no module', 'export default {', /cannot be loaded: .*plugin\.mjs:\d/],
    ['throws', "throw new Error('no luck today');", /cannot be loaded: no luck today .*plugin\.mjs:1/],
    [
      'imports what is not there',
      "import './other.mjs';",
      /cannot be loaded: Cannot find module .*other\.mjs/,
    ],
    ['no default export', 'export const x = 1;', /no default export/],
    ['no plugin', 'export default { rules: [] };', /not made with definePlugin/],
    ['another sdk', "export default { name: 'acme', rules: [], sdk: 99 };", /version 99 of meshlint\/sdk/],
    ['no name', plugin().replace("name: 'acme'", "name: 'Acme Corp'"), /is named "Acme Corp"/],
    [
      'our name',
      plugin().replace("name: 'acme'", "name: 'routing'"),
      /is named "routing", as rules of meshlint/,
    ],
    [
      'no rules',
      "import { definePlugin } from 'meshlint/sdk'; export default definePlugin({ name: 'acme', rules: [] });",
      /has no rules/,
    ],
    ['no name of a rule', plugin({ name: 'undefined' }), /its rule number 1 is named missing/],
    ['a code of Istio', plugin({ code: "'IST0101'" }), /rule no-wildcard-host has the code "IST0101"/],
    ['a severity', plugin({ severity: "'fatal'" }), /has the severity "fatal"/],
    [
      'a kind',
      plugin({ reads: "{ VirtualServices: 'some' }" }),
      /reads VirtualServices.*\n.*Did you mean VirtualService\?/,
    ],
    ['an extent', plugin({ reads: "{ VirtualService: 'most' }" }), /reads VirtualService as "most"/],
    ['a message', plugin({ messages: "{ wildcard: 'Bad.' }" }), /message "wildcard" that lacks a part/],
    [
      'an option',
      plugin({ options: "{ most: { type: 'integer', default: '1' } }" }),
      /an option "most" that is none/,
    ],
    ['no check', plugin({ check: 'undefined' }), /has no check/],
  ];
  test.each(cases)('%s', async (_, text, expected) => {
    const { 'house/plugin.mjs': __, ...others } = files;
    const tree = text === undefined ? others : { ...others, 'house/plugin.mjs': text };
    const { code, stdout, stderr } = await analyze(tree);
    expect(stderr).toMatch(/^error: meshlint\.yaml:2:3: The plugin \.\/house\/plugin\.mjs /);
    expect(stderr).toMatch(expected);
    expect(stderr).not.toMatch(/^ +at /m);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test('a package that is not installed', async () => {
    const { code, stderr } = await analyze({
      ...files,
      'meshlint.yaml': 'plugins: [meshlint-plugin-acme]\n',
    });
    expect(stderr).toMatch(
      /^error: meshlint\.yaml:1:11: The plugin meshlint-plugin-acme is not installed\.\n.*npm install/,
    );
    expect(code).toBe(2);
  });

  test('a code or a name that is there twice', async () => {
    const twice = { ...files, 'meshlint.yaml': 'plugins:\n- ./house/plugin.mjs\n- ./house/other.mjs\n' };
    const sameCode = await analyze({
      ...twice,
      'house/other.mjs': plugin().replace("name: 'acme'", "name: 'other'"),
    });
    expect(sameCode.stderr).toMatch(
      /^error: meshlint\.yaml:3:3: ACME0001 is there twice: in the rule acme\/no-wildcard-host of \.\/house\/plugin\.mjs, and/,
    );
    const sameName = await analyze({ ...twice, 'house/other.mjs': plugin({ code: "'ACME0002'" }) });
    expect(sameName.stderr).toMatch(/^error: meshlint\.yaml:3:3: acme\/no-wildcard-host is there twice/);
    expect([sameCode.code, sameName.code]).toEqual([2, 2]);
  });
});

/** A configuration with one check. */
function check(changes: Readonly<Record<string, string>>): string {
  const fields = {
    code: 'ACME0100',
    name: 'no-timeout',
    kinds: '[VirtualService]',
    expression: 'spec.http.all(route, has(route.timeout))',
    message: '"{metadata.name} waits for ever."',
    ...changes,
  };
  const lines = Object.entries(fields).map(([key, value]) => `  ${key}: ${value}\n`);
  return `checks:\n-${lines.join('').slice(1)}`;
}

describe('a check', () => {
  const route = virtualService('shop');
  test.each<readonly [why: string, changes: Readonly<Record<string, string>>, expected: readonly string[]]>([
    ['points at what it looks at', {}, ['ACME0100 warning shop.yaml:9:3']],
    ['points where it says', { at: 'spec.hosts' }, ['ACME0100 warning shop.yaml:7:3']],
    [
      'asks each item',
      { at: 'spec.http[*]', expression: 'has(self.timeout)' },
      ['ACME0100 warning shop.yaml:10:5'],
    ],
    ['finds nothing where nothing is', { at: 'spec.tcp[*]', expression: '1 > 2' }, []],
    ['has a severity', { severity: 'error' }, ['ACME0100 error shop.yaml:9:3']],
    ['is fine when true', { expression: 'size(spec.http) == 1' }, []],
    ['is for its kinds', { kinds: '[DestinationRule]', expression: "spec.host != ''" }, []],
    [
      'is for every kind',
      { kinds: '["*"]', expression: "metadata.name != 'shop'" },
      ['ACME0100 warning shop.yaml:4:9'],
    ],
    [
      'looks at fields of Kubernetes that no rule of ours reads',
      { kinds: '[Deployment]', expression: 'has(spec.template.spec.dnsConfig)' },
      [],
    ],
    ['is for namespaces', { match: '{ namespaces: [sh*] }' }, ['ACME0100 warning shop.yaml:9:3']],
    ['is not for others', { match: '{ namespaces: [pay*] }' }, []],
    ['is for labels', { match: '{ labels: { team: "*" } }' }, []],
    ['has Kubernetes functions', { expression: "quantity('1Gi').isGreaterThan(quantity('1Mi'))" }, []],
    ['has optional values', { expression: "spec.?gateways.orValue(['mesh']) == ['mesh']" }, []],
    [
      'gives no answer: a field that is not there',
      { expression: "metadata.labels.team == 'a'" },
      ['ACME0100 warning shop.yaml:3:1'],
    ],
    ['gives no answer: no boolean', { expression: 'size(spec.hosts)' }, ['ACME0100 warning shop.yaml:7:3']],
    ['gives no answer: an overload', { expression: "spec.hosts > 'a'" }, ['ACME0100 warning shop.yaml:7:3']],
  ])('%s', async (_, changes, expected) => {
    expect(findings(await analyze({ 'meshlint.yaml': check(changes), 'shop.yaml': route }))).toEqual(
      expected,
    );
  });

  test('says what its message and its help say', async () => {
    const { stdout } = await analyze({
      'meshlint.yaml': check({
        message: `'{object.kind} {metadata.name}: {size(spec.http)} of {{them}}, {spec.hosts} {metadata.labels.x} {"}"}'`,
        help: 'Ask the platform team.',
      }),
      'shop.yaml': route,
    });
    expect(JSON.parse(stdout).diagnostics[0]).toMatchObject({
      message: 'VirtualService shop: 1 of {them}, shop.example.com {metadata.labels.x} }',
      help: 'Ask the platform team.',
      rule: 'checks/no-timeout',
    });
  });

  test('says when it has no answer, and does not pass', async () => {
    const outcome = await analyze({
      'meshlint.yaml': check({ severity: 'error', expression: "metadata.labels.team == 'a'" }),
      'shop.yaml': route,
    });
    const [finding] = JSON.parse(outcome.stdout).diagnostics;
    expect(finding.message).toBe('VirtualService shop/shop could not be judged: field not found: labels.');
    expect(outcome.code).toBe(1);
  });

  test('leaves open what is patched before it is applied', async () => {
    const outcome = await analyze(
      {
        'meshlint.yaml': check({ expression: 'has(metadata.labels) && has(metadata.labels.team)' }),
        'shop.yaml': route,
        'kustomization.yaml': 'resources: [shop.yaml]\nlabels:\n- pairs: { team: a }\n',
      },
      '--render',
      'never',
    );
    expect(findings(outcome).filter((one) => one.startsWith('ACME'))).toEqual([]);
    const { references } = JSON.parse(outcome.stdout).coverage.unresolved;
    expect(references).toContainEqual(
      expect.objectContaining({ what: 'verdict of ACME0100', name: 'shop/shop' }),
    );
  });

  test.each<
    readonly [why: string, changes: Readonly<Record<string, string>>, line: number, expected: RegExp]
  >([
    ['does not parse', { expression: 'spec.hosts +' }, 5, /does not compile: at character 12/],
    ['names what is not known', { expression: 'request.host' }, 5, /names request, which is not known/],
    ['calls what is not known', { expression: 'spec.hosts.sieze() > 0' }, 5, /calls sieze\(\)/],
    [
      'looks at no field',
      { expression: 'has(spec.htpp)' },
      5,
      /looks at spec\.htpp, .*\n.*Did you mean http\?/,
    ],
    [
      'looks at no field of an item',
      { expression: 'spec.http.all(r, has(r.timeuot))' },
      5,
      /looks at spec\.http\[\]\.timeuot/,
    ],
    [
      'looks at no field of self',
      { at: 'spec.http[*]', expression: 'has(self.timeuot)' },
      5,
      /looks at spec\.http\[\]\.timeuot/,
    ],
    [
      'looks at what is nearly a field of Kubernetes',
      { kinds: '[Service]', expression: 'has(spec.selecter)' },
      5,
      /selecter.*\n.*Did you mean selector\?/,
    ],
    ['points at no field', { at: 'spec.htpp' }, 7, /looks at spec\.htpp/],
    ['points nowhere', { at: 'spec..http' }, 7, /no path of a field/],
    ['has a bad message', { message: '"{metadata.name"' }, 6, /never closed/],
    ['looks at no field in its message', { message: '"{metadata.nmae}"' }, 6, /looks at metadata\.nmae/],
    ['has a bad expression in its message', { message: '"{metadata.}"' }, 6, /message that does not compile/],
    ['is for no kind', { kinds: '[VirtualServce]' }, 4, /Did you mean VirtualService\?/],
    ['has no code of its own', { code: 'IST0101' }, 2, /code that cannot be its own/],
    ['has a bad name', { name: 'No Timeout' }, 3, /is named "No Timeout"/],
  ])('that cannot be used says why and where: it %s', async (_, changes, line, expected) => {
    const { code, stderr } = await analyze({ 'meshlint.yaml': check(changes), 'shop.yaml': route });
    expect(stderr).toMatch(new RegExp(`^error: meshlint\\.yaml:${line}:\\d+: The check `));
    expect(stderr).toMatch(expected);
    expect(code).toBe(2);
  });

  test('runs beside a preset that is about something else', async () => {
    const text = `extends: security\n${check({})}`;
    expect(findings(await analyze({ 'meshlint.yaml': text, 'shop.yaml': route }))).toEqual([
      'ACME0100 warning shop.yaml:9:3',
    ]);
  });

  test('is told where its resource is described', async () => {
    const files = {
      'meshlint.yaml': check({ kinds: '[Namespace]', expression: 'size(metadata.name) > 9' }),
      'shop.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n',
    };
    const { stdout } = await withTree(files, (cwd) => run(['describe', 'Namespace/shop', '.'], { cwd }));
    expect(stdout).toContain('ACME0100');
  });

  test('may come twice from one file, through others that extend it', async () => {
    const outcome = await analyze({
      'meshlint.yaml': 'extends: [./a.yaml, ./b.yaml]\n',
      'a.yaml': 'extends: ./base/house.yaml\n',
      'b.yaml': 'extends: ./base/house.yaml\n',
      'base/house.yaml': `plugins: [./plugin.mjs]\n${check({})}`,
      'base/plugin.mjs': plugin(),
      'shop.yaml': wild,
    });
    expect(findings(outcome)).toEqual(['ACME0001 warning shop.yaml:8:5', 'ACME0100 warning shop.yaml:9:3']);
  });

  test('and a plugin may not have the same code', async () => {
    const text = `${settings}${check({ code: 'ACME0001' })}`;
    const { code, stderr } = await analyze({ ...files, 'meshlint.yaml': text });
    expect(stderr).toMatch(/^error: meshlint\.yaml:4:3: ACME0001 is there twice/);
    expect(code).toBe(2);
  });
});

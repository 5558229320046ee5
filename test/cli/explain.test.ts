import { expect, test } from 'vitest';
import { run } from './run.ts';

test('explain tells what a kind is for, and its fields', async () => {
  const { code, stdout } = await run(['explain', 'virtualservice']);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^VirtualService\n\n[A-Z].*\.\n\nGroup: networking\.istio\.io\nVersions: v1, v1beta1, v1alpha3\n/,
  );
  expect(stdout).toMatch(/^ {2}spec +object {2}.+\.$/m);
  expect(stdout).toMatch(/^ {4}http +list of object {2}.+\.$/m);
  expect(await run(['explain', 'VirtualServices'])).toEqual({ code, stdout, stderr: '' });
});

test.each<[question: string, ...said: (string | RegExp)[]]>([
  [
    'VirtualService.spec.http.retries.attempts',
    /^VirtualService\.spec\.http\[\]\.retries\.attempts\n\n.+\.\n\nType: integer\n$/,
  ],
  [
    'virtualService.spec.http[0].match[].headers[x-id].exact',
    /^VirtualService\.spec\.http\[\]\.match\[\]\.headers\.\*\.exact\n/,
  ],
  ['ServiceEntry.spec.hosts', 'Type: list of string, required\nLimits: 1 to 256 items\n'],
  ['ServiceEntry.spec.resolution', 'Values: NONE, STATIC, DNS, DNS_ROUND_ROBIN, DYNAMIC_DNS\n'],
  ['HTTPRoute.spec.rules.matches.path.type', 'Default: "PathPrefix"\n'],
  [
    'Service.spec.ports',
    /^ {2}targetPort +integer or string/m,
    'Only the fields that meshlint reads are listed.',
  ],
  ['MeshConfig', 'no resource of its own', /^ {2}rootNamespace +string/m],
  ['Gateway', 'Group: networking.istio.io\n', 'Group: gateway.networking.k8s.io\n'],
  [
    'Gateway.spec.listeners',
    /^Gateway\.spec\.listeners\n[\s\S]*Group: gateway\.networking\.k8s\.io\nType: list of object, required\n/,
  ],
])('explain %s', async (question, ...said) => {
  const { code, stdout, stderr } = await run(['explain', question]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const text of said) expect(stdout).toMatch(text);
});

test('a group tells kinds of the same name apart', async () => {
  const { stdout } = await run(['explain', 'Gateway.networking.istio.io']);
  expect(stdout).toContain('servers');
  expect(stdout).not.toContain('gateway.networking.k8s.io');
});

test.each<[question: string, message: string, help: string]>([
  ['VirtualServce', 'no kind "VirtualServce"', 'Did you mean VirtualService?'],
  ['VirtualServce.spec.http', 'no kind "VirtualServce"', 'Did you mean VirtualService.spec.http?'],
  ['missing-gatway', 'no kind "missing-gatway"', 'Did you mean missing-gateway?'],
  ['nonsense', 'no kind "nonsense"', 'meshlint rules'],
  ['', 'no kind ""', 'meshlint rules'],
  [
    'VirtualService.spec.htpp',
    'VirtualService.spec has no field "htpp"',
    'Did you mean VirtualService.spec.http?',
  ],
  [
    'VirtualService.spec.http.Retries',
    'VirtualService.spec.http has no',
    'Did you mean VirtualService.spec.http[].retries?',
  ],
  ['VirtualService.http', 'VirtualService has no field "http"', 'Did you mean VirtualService.spec.http?'],
  ['VirtualService.spec.nope', 'has no field "nope"', 'Its fields are: hosts, gateways,'],
  ['VirtualService.spec.hosts.x', 'has no field "x"', 'Its type is: list of string.'],
  ['VirtualService.spec[0]', 'has no field "0"', 'Its fields are: hosts,'],
  ['Gateway.spec.listners', 'has no field "listners"', 'Did you mean Gateway.spec.listeners?'],
  ['EnvoyFilter.spec.configPatches.patch.value.name', 'has no field "name"', 'fields of any name'],
])('explain %s is a slip', async (question, message, help) => {
  const { code, stdout, stderr } = await run(['explain', question]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(message);
  expect(stderr).toContain(help);
});

test('fields are coloured where colours are wanted', async () => {
  const question = ['explain', 'VirtualService.spec.gateways'];
  const plain = await run(question);
  expect(plain.stdout).toContain('`mesh`');
  const coloured = await run([...question, '--color'], { env: { NO_COLOR: '1' } });
  expect(coloured.stdout).toContain('\u001b[1mVirtualService.spec.gateways\u001b[22m');
  expect(coloured.stdout).toContain('\u001b[36mmesh\u001b[39m');
  expect(await run(question, { env: { FORCE_COLOR: '1' } })).toEqual(coloured);
  expect(await run(question, { env: { FORCE_COLOR: '1', NO_COLOR: '1' } })).toEqual(coloured);
  expect(await run(question, { env: { NO_COLOR: '1' } })).toEqual(plain);
});

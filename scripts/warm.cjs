// @ts-check
// Writes dist/*.cache: the code of the command as V8 compiled it while it judged the examples, and what a hook sees
// most: one file. A process of its own, because Node's flags count: none.
const { mkdtempSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join, resolve } = require('node:path');
const { setFlagsFromString } = require('node:v8');

const [, , target = ''] = process.argv;
const dist = resolve(target);
const examples = join(__dirname, '..', 'examples');
const folder = mkdtempSync(join(tmpdir(), 'meshlint-'));
writeFileSync(
  join(folder, 'routes.yaml'),
  `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: till
  namespace: sales
spec:
  hosts: [till.sales.svc.cluster.local]
  http:
    - match:
        - uri: { prefix: "/v1" }
          headers: { x-tester: { exact: 'yes' } }
      route:
        - destination: { host: till.sales.svc.cluster.local, subset: v2 }
          weight: 100
      timeout: 5s
      retries: { attempts: 2, retryOn: connect-failure }
`,
);
writeFileSync(
  join(folder, 'meshlint.yaml'),
  'extends: recommended\nmesh: { istioVersion: "1.30" }\nrules: { IST0118: off }\n',
);
const silenced = mkdtempSync(join(tmpdir(), 'meshlint-'));
writeFileSync(
  join(silenced, 'routes.yaml'),
  `# meshlint-disable-file IST0101 -- warm\n${readFileSync(join(folder, 'routes.yaml'), 'utf8')}`,
);
const calls = [
  ['analyze', '--world', 'closed', join(examples, 'shop')],
  ['analyze', '--format', 'json', join(examples, 'ambient-shop')],
  ['analyze', join(examples, 'healthy')],
  ['analyze', folder],
  ['analyze', '--config', join(folder, 'meshlint.yaml'), folder],
  ['analyze', silenced],
  ['--help'],
];
/** @type {{ start(): void, scripts: Map<string, import('node:vm').Script> } | undefined} */
let command;

// What V8 once compiled further it compiles further again as soon as it is called, which a short run does not repay.
setFlagsFromString('--no-sparkplug');

// The command ends its process; here that only ends the run.
const exit = process.exit;
process.exit = /** @type {typeof exit} */ (
  (code) => {
    process.exitCode = code;
  }
);

/** Each run ends when the event loop is empty. */
function next() {
  const call = calls.shift();
  if (call === undefined) return;
  process.argv = [process.execPath, join(dist, 'cli.js'), ...call];
  if (command === undefined) command = require(join(dist, 'cli.js'));
  else command.start();
  // Without new work, the process would end instead of coming back here.
  setImmediate(() => {});
}
process.on('beforeExit', next);
next();

process.on('exit', (code) => {
  rmSync(folder, { recursive: true, force: true });
  rmSync(silenced, { recursive: true, force: true });
  if (calls.length > 0 || code === 3) throw new Error(`the command ended with ${code}`);
  // The code is only taken by processes with the same flags.
  setFlagsFromString('--sparkplug');
  for (const [name, script] of command?.scripts ?? []) {
    writeFileSync(join(dist, `${name}.cache`), script.createCachedData());
  }
  process.exitCode = 0;
});

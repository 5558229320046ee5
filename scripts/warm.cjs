// @ts-check
// Writes dist/*.cache: the code of the command as V8 compiled it while it judged the examples, and what a hook sees
// most: one file. A process of its own, because Node's flags count: none.
const { mkdirSync, mkdtempSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join, resolve } = require('node:path');
const { setFlagsFromString } = require('node:v8');

const ENTRY = 'main.js';
const [, , target = ''] = process.argv;
const dist = resolve(target);
const examples = join(__dirname, '..', 'examples');
const scratch = mkdtempSync(join(tmpdir(), 'meshlint-'));
const routes = `apiVersion: networking.istio.io/v1
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
      retries: { attempts: 2, retryOn: connect-failure }`;
/** @type {(name: string, text: string) => string} */
function folderWith(name, text) {
  const folder = join(scratch, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'routes.yaml'), text);
  return folder;
}
const right = folderWith('right', routes);
const wrong = folderWith('wrong', routes.replace('timeout: 5s', 'timeout: soon'));
const silenced = folderWith('silenced', `# meshlint-disable-file IST0101 -- warm\n${routes}`);
const settings = join(scratch, 'meshlint.yaml');
writeFileSync(settings, 'extends: recommended\nmesh: { istioVersion: "1.30" }\nrules: { IST0118: off }\n');

// What a hook runs. Of the entry this is kept, and no more: each start pays for every function that is.
const short = [
  ['analyze', right],
  ['analyze', '--config', settings, right],
  ['analyze', silenced],
  ['analyze', wrong],
];
const long = [
  ['analyze', '--world', 'closed', join(examples, 'shop')],
  ['analyze', '--format', 'json', join(examples, 'ambient-shop')],
  ['analyze', join(examples, 'healthy')],
  ['--help'],
];
const [firstLong] = long;
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
  const call = short.shift() ?? long.shift();
  if (call === undefined) return;
  process.argv = [process.execPath, join(dist, 'cli.js'), ...call];
  if (command === undefined) command = require(join(dist, 'cli.js'));
  else {
    if (call === firstLong) keep((name) => name === ENTRY);
    command.start();
  }
  // Without new work, the process would end instead of coming back here.
  setImmediate(() => {});
}
process.on('beforeExit', next);
next();

process.on('exit', (code) => {
  rmSync(scratch, { recursive: true, force: true });
  if (long.length > 0 || code === 3) throw new Error(`the command ended with ${code}`);
  keep((name) => name !== ENTRY);
  process.exitCode = 0;
});

/** @param {(name: string) => boolean} which */
function keep(which) {
  // The code is only taken by processes with the same flags.
  setFlagsFromString('--sparkplug');
  for (const [name, script] of command?.scripts ?? []) {
    if (which(name)) writeFileSync(join(dist, `${name}.cache`), script.createCachedData());
  }
  setFlagsFromString('--no-sparkplug');
}

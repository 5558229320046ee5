// @ts-check
// Writes dist/main.cache: the code of the command as V8 compiled it while it judged a small file. More code would
// make every start longer than it makes long runs shorter. A process of its own, because Node's flags count: none.
const { mkdtempSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { Script } = require('node:vm');

const manifests = `apiVersion: v1
kind: Service
metadata:
  name: cart
  namespace: shop
spec:
  selector:
    app: cart
  ports:
  - name: http
    port: 80
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: cart
  namespace: shop
spec:
  hosts:
  - cart
  gateways:
  - missing
  http:
  - route:
    - destination:
        host: cart
`;

const [, , dist = ''] = process.argv;
const folder = mkdtempSync(join(tmpdir(), 'meshlint-'));
const input = join(folder, 'cart.yaml');
writeFileSync(input, manifests);

const file = join(dist, 'main.js');
const script = new Script(readFileSync(file, 'latin1'), { filename: file });
const run = script.runInThisContext();
const calls = ['text', 'json'].map((format) => ['analyze', '--world', 'closed', '--format', format, input]);

process.on('beforeExit', next);
next();

/** Each run ends when the event loop is empty. */
function next() {
  const call = calls.shift();
  if (call === undefined) return;
  process.argv = [process.execPath, join(dist, 'cli.js'), ...call];
  run({}, createRequire(file), dist);
  // Without new work, the process would end instead of coming back here.
  setImmediate(() => {});
}

process.on('exit', (code) => {
  rmSync(folder, { recursive: true, force: true });
  // 1: the finding that the input holds.
  if (code !== 1) throw new Error(`the command ended with ${code}`);
  writeFileSync(join(dist, 'main.cache'), script.createCachedData());
  process.exitCode = 0;
});

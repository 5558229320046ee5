// @ts-check
// Writes dist/main.cache: the code of the command as V8 compiled it while it ran typical calls. A file of its own,
// because the build has to run it under the flags that the command will have: none.
const { writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { join } = require('node:path');
const { readFileSync } = require('node:fs');
const { Script } = require('node:vm');

const [, , dist = '', ...files] = process.argv;
const file = join(dist, 'main.js');
const script = new Script(readFileSync(file, 'latin1'), { filename: file });
const run = script.runInThisContext();
const calls = ['text', 'json'].map((format) => ['analyze', '--world', 'closed', '--format', format, ...files]);

process.on('beforeExit', next);
next();

/** Each run ends when the event loop is empty. */
function next() {
  const call = calls.shift();
  if (call === undefined) return;
  process.argv = [process.execPath, join(dist, 'cli.js'), ...call];
  run({}, createRequire(file), dist);
  // An empty loop ends the process unless something was asked of it.
  setImmediate(() => {});
}

process.on('exit', () => {
  process.exitCode = 0;
  writeFileSync(join(dist, 'main.cache'), script.createCachedData());
});

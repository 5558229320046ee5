#!/usr/bin/env node
// Runs the command with the code that V8 compiled at build, which halves the start of a short run. Another version
// of Node refuses that code, and compiles as usual.
const { readFileSync } = require('node:fs');
const { Script } = require('node:vm');

const file = `${__dirname}/main.js`;
let cachedData;
try {
  cachedData = readFileSync(`${__dirname}/main.cache`);
} catch {
  // Not there: a build for another machine.
}
// The lazy chunks ask for what they share with the command by its path.
require.cache[file] = module;
new Script(readFileSync(file, 'latin1'), { filename: file, cachedData }).runInThisContext()(exports, require, __dirname);

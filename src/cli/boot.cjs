#!/usr/bin/env node
// Loads the command and its lazy chunks with the code that V8 compiled at build, which halves the start of a short
// run. Another version of Node refuses that code, and compiles as usual.
const { readFileSync } = require('node:fs');
const { Script } = require('node:vm');

/** Compiled chunks by name. @type {Map<string, Script>} */
const scripts = new Map();

/** @param {string} name */
function compile(name) {
  const file = `${__dirname}/${name}`;
  let cachedData;
  try {
    cachedData = readFileSync(`${file}.cache`);
  } catch {
    // Not there: a build for another machine, or a chunk that no typical run needs.
  }
  const script = new Script(readFileSync(file, 'utf8'), { filename: file, cachedData });
  scripts.set(name, script);
  return script;
}

/** Runs the command. Chunks name each other as neighbours, `./name.js`. */
function start() {
  /** @type {Map<string, object>} */
  const loaded = new Map();
  /** @param {string} id */
  function load(id) {
    if (!id.startsWith('./')) return require(id);
    const known = loaded.get(id);
    if (known !== undefined) return known;
    // Without a prototype it is a dictionary: of hundreds of names, each would cost a hidden class of its own.
    const exported = Object.create(null);
    loaded.set(id, exported);
    const name = id.slice(2);
    (scripts.get(name) ?? compile(name)).runInThisContext()(exported, load, `${__dirname}/${name}`);
    return exported;
  }
  load('./main.js');
}

// For scripts/warm.cjs, which keeps what V8 compiled.
module.exports = { scripts, start };
start();

"use strict";
// Checks of the scripts beside it: each says its name when it fails.

const assert = require("node:assert/strict");
const path = require("node:path");
const { pathToFileURL } = require("node:url");

let passed = 0;

exports.endpoint = process.argv[2];
exports.EX = "http://example.org/";

exports.check = (name, got, want) => {
  assert.deepEqual(got, want, name);
  passed++;
};

// packageDir is the folder of an installed package.
const packageDir = (name) => path.join(process.env.NODE_PATH, name);

// load imports a package that is an ECMAScript module.
exports.load = (name) => import(pathToFileURL(path.join(packageDir(name), "index.js")).href);

exports.run = (name, test) => {
  const { version } = require(path.join(packageDir(name), "package.json"));
  test().then(
    () => console.log(`${name} ${version}: ${passed} checks passed`),
    (error) => {
      console.error(error);
      process.exit(1);
    },
  );
};

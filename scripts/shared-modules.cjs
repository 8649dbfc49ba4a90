// jest's test environment: cdktf, the bindings and the library are loaded once per worker, by Node itself, instead of anew for each test file, which took more than
// half of the time of all tests. They keep no state that one test file could spoil for the next.
const { join, relative } = require("node:path");
const { TestEnvironment: NodeEnvironment } = require("jest-environment-node");

const library = join(__dirname, "../lib");

module.exports = class SharedModulesEnvironment extends NodeEnvironment {
  async setup() {
    await super.setup();
    require("./plain-traces.cjs");
    this.global.requireShared = (path) => require(path.endsWith(".ts") ? compiled(path) : path);
  }
};

/** Of a file of the library, what test-setup.cjs has compiled. */
function compiled(path) {
  return join(process.env.COMPILED_LIBRARY, relative(library, path).replace(/ts$/, "js"));
}

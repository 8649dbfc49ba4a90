// jest's test environment: cdktf, the bindings and the library are loaded once per worker, by Node
// itself, instead of anew for each test file, which took most of the time of all tests. They keep
// no state that one test file could spoil for the next.
const { join, relative } = require("node:path");
const { TestEnvironment: NodeEnvironment } = require("jest-environment-node");

const library = join(__dirname, "../lib");

module.exports = class SharedPackagesEnvironment extends NodeEnvironment {
  async setup() {
    await super.setup();
    require("./plain-traces.cjs");
    require("./quick-resolve.cjs");
    this.global.requireShared = (path) => require(path.endsWith(".ts") ? compiled(path) : path);
    for (const name of [
      "Array",
      "Date",
      "Error",
      "Map",
      "Object",
      "Promise",
      "RegExp",
      "Set",
      "SyntaxError",
      "TypeError",
    ])
      alsoInstanceOf(this.global[name], globalThis[name]);
  }
};

/** Of a file of the library, what test-setup.cjs has compiled. */
function compiled(path) {
  return join(process.env.COMPILED_LIBRARY, relative(library, path).replace(/ts$/, "js"));
}

/** What the shared packages make or throw is an instance in the test's context, too. */
function alsoInstanceOf(inner, outer) {
  const own = Function.prototype[Symbol.hasInstance];
  const value = function (object) {
    return own.call(this, object) || (this === inner && own.call(outer, object));
  };
  Object.defineProperty(inner, Symbol.hasInstance, { value });
}

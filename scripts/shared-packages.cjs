// jest's test environment: cdktf, constructs and the bindings are loaded once per worker, by Node
// itself, instead of anew for each test file, which took three quarters of the time of all tests.
// They keep no state that one test file could spoil for the next.
const { TestEnvironment: NodeEnvironment } = require("jest-environment-node");

module.exports = class SharedPackagesEnvironment extends NodeEnvironment {
  async setup() {
    await super.setup();
    require("./plain-traces.cjs");
    this.global.requireShared = require;
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

/** What the shared packages make or throw is an instance in the test's context, too. */
function alsoInstanceOf(inner, outer) {
  const own = Function.prototype[Symbol.hasInstance];
  const value = function (object) {
    return own.call(this, object) || (this === inner && own.call(outer, object));
  };
  Object.defineProperty(inner, Symbol.hasInstance, { value });
}

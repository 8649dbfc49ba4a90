// jest's test environment: cdktf and the bindings are loaded once per worker, by Node itself, instead of anew for each test file, which took half of
// the time that a test file needs to load. They keep no state that one test file could spoil for the next.
const { TestEnvironment: NodeEnvironment } = require("jest-environment-node");

module.exports = class SharedModulesEnvironment extends NodeEnvironment {
  async setup() {
    await super.setup();
    require("./plain-traces.cjs");
    this.global.requireShared = (path) => require(path);
  }
};

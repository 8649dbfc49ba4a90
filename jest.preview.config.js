// npm run test:preview: the suites with a real Envoy, which is downloaded where it is not at hand.
const own = require("./jest.config");

/** @type {import("jest").Config} */
module.exports = {
  ...own,
  roots: ["<rootDir>/__tests__/preview-envoy"],
  globalSetup: "<rootDir>/__tests__/preview-envoy/find-envoy.cjs",
  testPathIgnorePatterns: ["/node_modules/"],
  testTimeout: 180000,
  // They measure: one does not wait for another.
  maxWorkers: 1,
};

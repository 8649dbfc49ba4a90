// The tests with a real Envoy: `npm run test:preview`. They look for it in $ENVOY first.
const base = require("./jest.config.js");

/** @type {import("jest").Config} */
module.exports = {
  ...base,
  testPathIgnorePatterns: [],
  testMatch: ["**/preview-envoy/*.test.ts"],
  testTimeout: 120000,
};

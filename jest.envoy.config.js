/** Tests that run the real Envoy: `npm run test:preview`. @type {import("jest").Config} */
module.exports = {
  ...require("./jest.config"),
  roots: ["<rootDir>/__tests__/envoy"],
  testPathIgnorePatterns: ["/node_modules/"],
  testTimeout: 120000,
  // What they measure is not to wait for each other.
  maxWorkers: 1,
};

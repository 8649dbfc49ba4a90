/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "<rootDir>/scripts/shared-packages.cjs",
  roots: ["<rootDir>/__tests__"],
  testMatch: ["**/*.test.ts"],
  globalSetup: "<rootDir>/scripts/test-setup.cjs",
  transform: {
    "/node_modules/(cdktf|constructs|@cdktf)/.+\\.js$": "<rootDir>/scripts/shared-packages-transform.cjs",
    "^.+\\.[mc]?[jt]s$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }],
  },
  transformIgnorePatterns: ["/node_modules/(?!(fast-check|pure-rand|cdktf|constructs|@cdktf)/)"],
  testTimeout: 30000,
  maxWorkers: "100%",
};

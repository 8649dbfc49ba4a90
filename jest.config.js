/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "node",
  roots: ["<rootDir>/__tests__"],
  testMatch: ["**/*.test.ts"],
  globalSetup: "<rootDir>/scripts/temporary-folder.cjs",
  setupFiles: ["<rootDir>/scripts/plain-traces.cjs"],
  transform: { "^.+\\.[mc]?[jt]s$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }] },
  transformIgnorePatterns: ["/node_modules/(?!(fast-check|pure-rand)/)"],
  testTimeout: 30000,
  maxWorkers: "100%",
};

const { join, sep } = require("node:path");

/** The library's own files, and no folder of the same name elsewhere. */
const LIBRARY = join(__dirname, "lib", sep).replaceAll(/[\\.+]/g, "\\$&");

/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "<rootDir>/scripts/shared-modules.cjs",
  roots: ["<rootDir>/__tests__"],
  testMatch: ["**/*.test.ts"],
  globalSetup: "<rootDir>/scripts/test-setup.cjs",
  transform: {
    [`^${LIBRARY}.+\\.ts$|/node_modules/(cdktf|constructs|@cdktf)/.+\\.js$`]:
      "<rootDir>/scripts/shared-modules-transform.cjs",
    "^.+\\.[mc]?[jt]s$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }],
  },
  transformIgnorePatterns: ["/node_modules/(?!(fast-check|pure-rand|cdktf|constructs|@cdktf)/)"],
  testTimeout: 30000,
  maxWorkers: "100%",
};

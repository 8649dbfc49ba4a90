const { join, sep } = require("node:path");

const shared = "<rootDir>/scripts/shared-packages-transform.cjs";
/** The library's own files. For coverage, jest itself has to transform them. */
const library = `^${join(__dirname, "lib", sep).replaceAll(/[\\.+]/g, "\\$&")}.+\\.ts$`;
const covers = process.argv.includes("--coverage");

/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "<rootDir>/scripts/shared-packages.cjs",
  runtime: "<rootDir>/scripts/shared-jest.cjs",
  roots: ["<rootDir>/__tests__"],
  testMatch: ["**/*.test.ts"],
  globalSetup: "<rootDir>/scripts/test-setup.cjs",
  transform: {
    "/node_modules/(cdktf|constructs|@cdktf)/.+\\.js$": shared,
    ...(covers ? {} : { [library]: shared }),
    "^.+\\.[mc]?[jt]s$": [
      "@swc/jest",
      {
        jsc: {
          target: "es2022",
          parser: { syntax: "typescript", decorators: true },
          transform: { decoratorVersion: "2022-03" },
        },
      },
    ],
  },
  transformIgnorePatterns: [
    "/node_modules/(?!(fast-check|pure-rand|d3-geo|d3-array|internmap|cdktf|constructs|@cdktf)/)",
  ],
  // Suites of their own: jest.parts.config.js, jest.preview.config.js.
  testPathIgnorePatterns: ["/node_modules/", "/__tests__/parts/", "/__tests__/preview-envoy/"],
  testTimeout: 30000,
  maxWorkers: "100%",
};

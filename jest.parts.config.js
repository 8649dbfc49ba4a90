// npm run test:parts: the suites on real parts, such as promtool and the packed tarball. They take
// programs that not every machine has, or long, hence no part of npm test.
const own = require("./jest.config");

/** @type {import("jest").Config} */
module.exports = {
  ...own,
  roots: ["<rootDir>/__tests__/parts"],
  testPathIgnorePatterns: ["/node_modules/"],
  testTimeout: 180000,
};

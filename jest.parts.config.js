// npm run test:parts: the suites on real parts: promtool, the packed tarball, and commands such as
// npm start as processes. They need programs that not every machine has, or take long, hence no
// part of npm test.
const own = require("./jest.config");

/** @type {import("jest").Config} */
module.exports = {
  ...own,
  roots: ["<rootDir>/__tests__/parts"],
  testPathIgnorePatterns: ["/node_modules/"],
  testTimeout: 180000,
};

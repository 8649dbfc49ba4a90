// The script of the report's page, as one file for a browser. Without RE2, patterns that need it
// cannot be judged.
const { join } = require("node:path");
const { buildSync } = require("esbuild");

exports.pageScript = (withRe2) =>
  buildSync({
    entryPoints: [join(__dirname, "../lib/report/client/main.ts")],
    bundle: true,
    external: withRe2 ? [] : ["re2js"],
    minify: true,
    write: false,
    format: "iife",
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
  }).outputFiles[0].text.replaceAll("</script", "<\\/script");

// The script of the report's page, as one file for a browser.
const { join } = require("node:path");
const { buildSync } = require("esbuild");

exports.pageScript = () =>
  buildSync({
    entryPoints: [join(__dirname, "../lib/report/client/main.ts")],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
  }).outputFiles[0].text.replaceAll("</script", "<\\/script");

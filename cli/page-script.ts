import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Where the compiled ones are, in a published package. */
const BUILT = join(__dirname, "../lib/report");

const scripts = new Map<boolean, string>();

/**
 * The script of the report's page, with or without RE2; in a checkout, it is compiled from its
 * sources.
 */
export function pageScript(withRe2: boolean): string {
  const script = scripts.get(withRe2) ?? read(withRe2);
  scripts.set(withRe2, script);
  return script;
}

function read(withRe2: boolean): string {
  const built = join(BUILT, withRe2 ? "page-script-re2.js" : "page-script.js");
  if (existsSync(built)) return readFileSync(built, "utf8");
  const sources = require(join(__dirname, "../scripts/page-script.cjs")) as { pageScript(withRe2: boolean): string };
  return sources.pageScript(withRe2);
}

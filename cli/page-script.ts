import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The compiled one, in a published package. */
const BUILT = join(__dirname, "../lib/report/page-script.js");

/** The script of the report's page; in a checkout, it is compiled from its sources. */
export function pageScript(): string {
  if (existsSync(BUILT)) return readFileSync(BUILT, "utf8");
  return (require(join(__dirname, "../scripts/page-script.cjs")) as { pageScript(): string }).pageScript();
}

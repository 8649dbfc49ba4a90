import { readFileSync } from "node:fs";

/** `read-json.ts FILE`: what any program that judges it has to do first. */
JSON.parse(readFileSync(process.argv[2]!, "utf8"));

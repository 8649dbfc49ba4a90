import { writeFileSync } from "node:fs";
import { App } from "cdktf";
import { largeJson } from "./large-api";

/** `write-stack.ts FILE`: 43 regions × 10 services as synth writes them. */
writeFileSync(process.argv[2]!, JSON.stringify(largeJson(new App()), null, 2));

import { writeFileSync } from "node:fs";
import { possibleValuesSource } from "./possible-values";
import { publicApiSource } from "./public-api";

writeFileSync("lib/google/possible-values.ts", possibleValuesSource());
writeFileSync("lib/core/public-api.ts", publicApiSource());

import { writeFileSync } from "node:fs";
import { possibleValuesSource } from "./possible-values";

writeFileSync("lib/google/possible-values.ts", possibleValuesSource());

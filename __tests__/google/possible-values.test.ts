import { readFileSync } from "node:fs";
import { join } from "node:path";
import { allTypes } from "../../lib/google/all-types";
import { newerValues } from "../../lib/google/newer-values";
import { possibleValues } from "../../lib/google/possible-values";
import { possibleValuesSource } from "../../scripts/possible-values";

test("enumerations are what the installed bindings document (npm run facts writes them)", () => {
  const file = join(__dirname, "../../lib/google/possible-values.ts");
  expect(readFileSync(file, "utf8")).toBe(possibleValuesSource());
});

test("values that only a newer provider documents are added to a list, never the whole of one", () => {
  const lost = Object.entries(newerValues).flatMap(([type, paths]) =>
    Object.keys(paths).filter((path) => allTypes.some((table) => table.type === type) && !possibleValues[type]?.[path]),
  );
  expect(lost).toEqual([]);
});

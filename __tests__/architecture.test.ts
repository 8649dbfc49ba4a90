import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";

const lib = join(__dirname, "../lib");
const guide = readFileSync(join(__dirname, "../docs/architecture.md"), "utf8");

/** Of each folder, those that it may use. */
const allowed = new Map(
  [...guide.matchAll(/^\| `(\w+)` \|[^|]*\|([^|]*)\|$/gm)].map(([, folder = "", uses = ""]) => [
    folder,
    [...uses.matchAll(/`(\w+)`/g)].map(([, name]) => name!),
  ]),
);

const imports = readdirSync(lib, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && file !== "index.ts")
  .flatMap((file) =>
    [...readFileSync(join(lib, file), "utf8").matchAll(/^(?:import|export) [^;]*?from "(\.[^"]*)";$/gm)].map(
      ([, target = ""]) => ({ file, target: relative(lib, normalize(join(lib, dirname(file), target))) }),
    ),
  );

const folderOf = (path: string) => path.split("/")[0]!;

test("every import goes to the same folder or to one that the guide allows", () => {
  const wrong = imports.filter(({ file, target }) => {
    const [from, to] = [folderOf(file), folderOf(target)];
    return from !== to && !allowed.get(from)?.includes(to);
  });
  expect(wrong).toEqual([]);
});

test("the guide names every folder, and its arrows have no cycle", () => {
  const folders = readdirSync(lib, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect([...allowed.keys()].sort()).toEqual(folders.map(({ name }) => name).sort());
  const reached = (from: string, seen: Set<string> = new Set()): Set<string> => {
    for (const next of allowed.get(from) ?? []) if (!seen.has(next)) reached(next, seen.add(next));
    return seen;
  };
  expect([...allowed.keys()].filter((folder) => reached(folder).has(folder))).toEqual([]);
});

test("the root of lib holds only index.ts", () => {
  expect(readdirSync(lib).filter((name) => name.endsWith(".ts"))).toEqual(["index.ts"]);
});

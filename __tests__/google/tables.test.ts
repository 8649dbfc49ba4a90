import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { allTypes, factsOf } from "../../lib/google/all-types";
import { type Conditions, Limit } from "../../lib/google/limit";
import type { ResourceType } from "../../lib/google/resource-type";
import { judgeType, ruleOf } from "../../lib/rules/tables";
import { TerraformDocument } from "../../lib/topology/document";
import { Topology } from "../../lib/topology/topology";

/** Each limit of each table, at each path, with values on both sides of its bounds. */
const cases = allTypes.flatMap((type) =>
  Object.entries(type.limits ?? {}).flatMap(([path, rows]) =>
    [rows].flat().map((row) => ({ type, path, limit: row.at(path) })),
  ),
);

test.each(allTypes.map((type) => [type.type, type] as const))("both sides of every bound of %s", (_name, type) => {
  for (const { path, limit } of cases.filter((each) => each.type === type)) {
    const { allowed = [], refused = [] } = limit.options;
    for (const value of allowed) expect([path, value, found(type, path, limit, value)]).toEqual([path, value, []]);
    for (const value of refused)
      expect([path, value, found(type, path, limit, value)]).toEqual([path, value, [path.replace("[]", "")]]);
    if (limit.isRequired) expect(found(type, path, limit, undefined)).toEqual([path.replace("[]", "")]);
  }
});

test("no type has two tables", () => {
  const types = allTypes.map(({ type }) => type);
  expect(types.filter((type, index) => types.indexOf(type) !== index)).toEqual([]);
});

/** Where the row finds something, on a resource that has this value and nothing else but what the row's conditions ask for. */
function found(type: ResourceType, path: string, limit: Limit, value: unknown): string[] {
  const values: Record<string, unknown> = {};
  const steps = path.replace("[]", "").split(".");
  const name = steps.pop()!;
  let block = values;
  for (const step of steps) {
    const next: Record<string, unknown> = {};
    block[step] = next;
    block = next;
  }
  for (const [sibling, needed] of Object.entries(limit.conditions ?? {}))
    (sibling.startsWith("/") ? values : block)[sibling.replace("/", "")] = example(needed);
  if (value !== undefined) block[name] = path.endsWith("[]") ? [value] : value;
  const document = TerraformDocument.parse({ resource: { [type.type]: { r: values } } });
  const id = ruleOf(type.group, limit).id;
  const attributes: string[] = [];
  judgeType(type, new Topology(document), (rule, _resource, attribute) => {
    if (rule.id === id && rule.title === limit.title) attributes.push(attribute.replace(/\.0$/, ""));
  });
  return attributes;
}

function example(condition: Conditions[string]): unknown {
  if (!(condition instanceof Limit)) return [condition].flat()[0];
  return condition.presence === "unset" ? undefined : (condition.options.allowed?.[0] ?? "other");
}

test("every type that a construct makes has a table that says what replaces it", () => {
  const lib = join(__dirname, "../../lib");
  const sources = readdirSync(lib, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  const made = new Set(
    sources.flatMap((file) =>
      [...readFileSync(join(lib, file), "utf8").matchAll(/"@cdktf\/provider-(google|docker)\/lib\/([\w-]+)"/g)]
        .filter(([, , module = ""]) => !/^(data-|provider$)/.test(module))
        .map(([, provider, module = ""]) => `${provider}_${module.replaceAll("-", "_")}`),
    ),
  );
  expect(made.size).toBeGreaterThan(40);
  expect([...made].filter((type) => factsOf(type)?.replacedBy === undefined)).toEqual([]);
});

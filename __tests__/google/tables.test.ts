import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { allTypes, factsOf } from "../../lib/google/all-types";
import type { Fact } from "../../lib/google/fact";
import { type Conditions, Limit } from "../../lib/google/limit";
import type { ResourceType } from "../../lib/google/resource-type";
import { judgeType, ruleOf } from "../../lib/rules/tables";
import { TerraformDocument } from "../../lib/topology/document";
import { Topology } from "../../lib/topology/topology";
import { EMPTY_BLOCK } from "../rules/rule-support";

/** Each limit of each table, at each path, in a table of its own: it is judged thousands of times. */
const cases = allTypes.flatMap((type) =>
  Object.entries(type.limits ?? {}).flatMap(([path, rows]) =>
    [rows]
      .flat()
      .map((row) => ({ type, path, limit: row.at(path), alone: { ...bare(type), limits: { [path]: row } } })),
  ),
);

/** A type without the rows of its table. */
function bare(type: ResourceType): ResourceType {
  return { ...type, limits: {}, alternatives: [], together: [], unique: [], order: [] };
}

test.each(allTypes.map((type) => [type.type, type] as const))("both sides of every bound of %s", (_name, type) => {
  for (const { path, limit, alone } of cases.filter((each) => each.type === type)) {
    const { allowed = [], refused = [] } = limit.options;
    const blamed = [path.replace("[]", "")];
    const values = [...allowed, ...refused];
    expect([path, values.map((value) => [value, found(alone, path, limit, value)])]).toEqual([
      path,
      values.map((value, index) => [value, index < allowed.length ? [] : blamed]),
    ]);
    if (limit.isRequired) expect(found(alone, path, limit, undefined)).toEqual(blamed);
  }
});

const referring = cases.filter(({ limit }) => Object.keys(limit.references).length > 0);

test.each([...new Set(referring.map(({ type }) => type))].map((type) => [type.type, type] as const))(
  "right and wrong attributes in references of %s",
  (_name, type) => {
    for (const { path, limit, alone } of referring.filter((each) => each.type === type)) {
      for (const [target, attributes] of Object.entries(limit.references)) {
        for (const attribute of [...attributes, "etag"]) {
          const { values, block } = place(path.replace("[]", "").split(".").slice(0, -1).join("."));
          const value = `\${${target}.x.${attribute}}`;
          setConditions(limit.conditions ?? {}, values, block);
          block[path.replace("[]", "").split(".").pop()!] = path.endsWith("[]") ? [value] : value;
          const found = findings(alone, values, limit, { [target]: { x: {} } });
          expect([limit.title, value, found]).toEqual([limit.title, value, attribute === "etag" ? 1 : 0]);
        }
      }
    }
  },
);

const alternatives = allTypes.flatMap((type) =>
  (type.alternatives ?? []).map((row) => ({ type, row, alone: { ...bare(type), alternatives: [row] } })),
);

test.each(allTypes.filter((type) => type.alternatives).map((type) => [type.type, type] as const))(
  "none, one and two of the alternatives of %s",
  (_name, type) => {
    for (const { row, alone } of alternatives.filter((each) => each.type === type)) {
      const [first = "", second = ""] = row.names;
      const withSet = (...names: readonly string[]) => {
        const { values, block } = place(row.place);
        for (const name of names) {
          const steps = name.split(".");
          const last = steps.pop()!;
          let inner = block;
          for (const step of steps) inner = inner[step] = (inner[step] ?? {}) as Record<string, unknown>;
          inner[last] = "x";
        }
        setConditions(row.conditions, values, block);
        return findings(alone, values, row);
      };
      expect([row.title, withSet(first)]).toEqual([row.title, 0]);
      expect([row.title, withSet()]).toEqual([row.title, row.min]);
      expect([row.title, withSet(first, second)]).toEqual([row.title, row.max === 1 ? 1 : 0]);
    }
  },
);

const blocksToFill = allTypes.flatMap((type) =>
  (type.together ?? []).filter(({ key }) => key === EMPTY_BLOCK).map((row) => ({ type, row })),
);

test.each(blocksToFill.map(({ type, row }) => [`${type.type}: ${row.title}`, type, row] as const))(
  "%s",
  (_title, type, row) => {
    const [path = ""] = Object.keys(row.needed);
    const named = / one of (.*)$/.exec(row.title)?.[1]?.split(", ")[0] ?? "x";
    const withBlock = (block: unknown) => {
      const { values, block: outer } = place(path.split(".").slice(0, -1).join("."));
      outer[path.split(".").pop()!] = block;
      return findings(type, values, row);
    };
    expect(withBlock({})).toBe(1);
    expect(withBlock([{ [named]: null }])).toBe(1);
    for (const filled of [{ [named]: false }, [{ [named]: "${var.x}" }], { dynamic: { y: {} } }, "${var.block}"])
      expect([filled, withBlock(filled)]).toEqual([filled, 0]);
  },
);

test("no type has two tables", () => {
  const types = allTypes.map(({ type }) => type);
  expect(types.filter((type, index) => types.indexOf(type) !== index)).toEqual([]);
});

/** Where the row finds something, on a resource that has this value and nothing else but what the row's conditions ask for. */
function found(type: ResourceType, path: string, limit: Limit, value: unknown): string[] {
  const steps = path.replace("[]", "").split(".");
  const name = steps.pop()!;
  const { values, block } = place(steps.join("."));
  setConditions(limit.conditions ?? {}, values, block);
  if (value !== undefined) block[name] = path.endsWith("[]") ? [value] : value;
  const document = TerraformDocument.parse({ resource: { [type.type]: { r: values } } });
  const id = ruleOf(type.group, limit).id;
  const attributes: string[] = [];
  judgeType(type, new Topology(document), (rule, _resource, attribute) => {
    if (rule.id === id && rule.title === limit.title) attributes.push(attribute.replace(/\.0$/, ""));
  });
  return attributes;
}

type Values = Record<string, unknown>;

/** A resource with nothing but a block at this path. */
function place(path: string): { readonly values: Values; readonly block: Values } {
  const values: Values = {};
  let block = values;
  for (const step of path.split(".").filter(Boolean)) {
    const next: Values = {};
    block[step] = next;
    block = next;
  }
  return { values, block };
}

function setConditions(conditions: Conditions, values: Values, block: Values): void {
  for (const [sibling, needed] of Object.entries(conditions))
    (sibling.startsWith("/") ? values : block)[sibling.replace("/", "")] ??= example(needed);
}

/** How often a row finds something. */
function findings(type: ResourceType, values: Values, row: Fact, others: Values = {}): number {
  const own = { ...(others[type.type] as Values), r: values };
  const document = TerraformDocument.parse({ resource: { ...others, [type.type]: own } });
  const { id } = ruleOf(type.group, row);
  let count = 0;
  judgeType(type, new Topology(document), (rule) => {
    if (rule.id === id && rule.title === row.title) count++;
  });
  return count;
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

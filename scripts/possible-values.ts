import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { allTypes } from "../lib/google/all-types";

const BINDINGS = dirname(require.resolve("@cdktf/provider-google/package.json"));

interface Attribute {
  readonly name: string;
  readonly values?: string;
  /** The interface of a nested block. */
  readonly block?: string;
}

/**
 * The enumerations that the documentation in the installed bindings lists, by resource type and
 * attribute path.
 */
export function possibleValuesSource(): string {
  const types = [...new Set(allTypes.map(({ type }) => type))].sort();
  const tables = types.flatMap((type) => {
    const rows = valuesOf(type).map(([path, values]) => `${/^\w+$/.test(path) ? path : `"${path}"`}: "${values}"`);
    return rows.length === 0 ? [] : [`  ${type}: { ${rows.join(", ")} },\n`];
  });
  return `/**
 * The values that the documentation of hashicorp/google 6.50.0 lists for an attribute, by resource
 * type and path. Written by \`npm run facts\` from the installed bindings; what they have wrong is
 * corrected in the tables.
 */
export const possibleValues: Readonly<Record<string, Readonly<Record<string, string>>>> = {
${tables.join("")}};
`;
}

function valuesOf(type: string): [path: string, values: string][] {
  const file = join(BINDINGS, "lib", type.replace("google_", "").replaceAll("_", "-"), "index.d.ts");
  if (!existsSync(file)) return [];
  const interfaces = new Map<string, Attribute[]>();
  for (const [, name = "", body = ""] of readFileSync(file, "utf8").matchAll(
    /export interface (\w+)[^{]*\{\n(.*?)\n\}/gs,
  ))
    interfaces.set(name, attributesOf(body));
  const config = [...interfaces.keys()].find(
    (name) => name.endsWith("Config") && !name.slice(0, -6).includes("Config"),
  );
  return walk(interfaces, config ?? [...interfaces.keys()].find((name) => name.endsWith("Config")) ?? "", "");
}

function walk(interfaces: ReadonlyMap<string, readonly Attribute[]>, name: string, at: string): [string, string][] {
  return (interfaces.get(name) ?? []).flatMap((attribute): [string, string][] => {
    const path = at === "" ? attribute.name : `${at}.${attribute.name}`;
    if (attribute.block !== undefined) return walk(interfaces, attribute.block, path);
    return attribute.values === undefined ? [] : [[path, attribute.values]];
  });
}

function attributesOf(body: string): Attribute[] {
  return [...body.matchAll(/\/\*\*(.*?)\*\/\s*readonly \w+\??: ([^;]+);/gs)].flatMap(([, comment = "", type = ""]) => {
    const name = /#(\w+) \w+#\w+\}/.exec(comment)?.[1];
    if (name === undefined) return [];
    const block = /^(\w+)(\[\])?( \| cdktf\.IResolvable)?$/.exec(type)?.[1];
    const isScalar = /^(string|number|boolean)\b/.test(type);
    const listed = /Possible values: \[([^\]]*)\]/.exec(comment.replaceAll(/\n\s*\*/g, " "))?.[1];
    const values = listed?.replaceAll(/["\s]/g, "").replaceAll(",", " ");
    const path = /string\[\]/.test(type) ? `${name}[]` : name;
    return [{ name: path, values: values || undefined, block: isScalar ? undefined : block }];
  });
}

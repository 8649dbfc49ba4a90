import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Construct } from "constructs";
import * as library from "../../lib";
import { classes, enums, interfaces, structs } from "../../lib/core/public-api";
import { type Declared, parametersOf, propertiesOf } from "../../lib/core/shapes";
import { publicApiSource } from "../../scripts/public-api";
import { testStack } from "../support";

type Callable = (...args: unknown[]) => unknown;
const exported = library as unknown as Record<string, { prototype: object } & Record<string, Callable>>;
const stack = testStack();
const own = (type: string) => type in classes && typeof exported[type] === "function";

test("the table of the public API is what the declarations say (npm run facts writes it)", () => {
  expect(readFileSync(join(__dirname, "../../lib/core/public-api.ts"), "utf8")).toBe(publicApiSource());
});

/** A value of the declared kind, without what is optional. */
function sample(type: string): unknown {
  if (type.endsWith("{}") || type.endsWith("[]")) return type.endsWith("{}") ? {} : [];
  if (type in enums) return enums[type]!.split(" ")[0];
  if (type in structs) return sampleStruct(type);
  if (type in interfaces) return sampleInterface(type);
  if (own(type)) return Object.create(exported[type]!.prototype);
  if (type === "Construct" || type === "IConstruct" || type === "TerraformStack") return stack;
  return { string: "text", number: 1, boolean: true }[type] ?? {};
}

function sampleStruct(type: string): Record<string, unknown> {
  const required = [...propertiesOf(type).values()].filter((property) => !property.isOptional);
  return Object.fromEntries(required.map((property) => [property.name, sample(property.type)]));
}

function sampleInterface(type: string): Record<string, unknown> {
  const parts = interfaces[type]!.split(" ");
  return Object.assign(
    {},
    ...parts.map((part) =>
      part in interfaces ? sampleInterface(part) : { [part === "IConstruct" ? "node" : part]: {} },
    ),
  );
}

/** Values of other kinds, the wrong way in which each is passed most. */
function wrong(type: string): unknown[] {
  const others: Record<string, unknown[]> = {
    string: [7, true, {}, [], new Construct(undefined as never, ""), () => "text"],
    number: ["7", Number.NaN, true, {}, []],
    boolean: ["true", 1, {}],
  };
  return [null, ...(others[type] ?? (type.endsWith("[]") ? ["text", 7, {}] : ["text", 7, true, []]))];
}

interface Case {
  readonly what: string;
  readonly value: unknown;
}

/** The wrong values of a parameter or property, and of what is inside it. */
function cases({ name, type, isOptional }: Declared, depth = 0): Case[] {
  const here = wrong(type).map((value) => ({ what: name, value }));
  const missing = isOptional ? [] : [{ what: name, value: undefined }];
  const item = type.endsWith("[]") ? "[0]" : ".key";
  if (/(\[\]|\{\})$/.test(type)) {
    const inner = cases({ name: "", type: type.slice(0, -2), owner: "", isOptional: false }, depth).filter(
      ({ value }) => value !== undefined,
    );
    const wrap = (value: unknown) => (item === "[0]" ? [value] : { key: value });
    return [
      ...here,
      ...missing,
      ...inner.map(({ what, value }) => ({ what: `${name}${item}${what}`, value: wrap(value) })),
    ];
  }
  if (!(type in structs) || depth > 2) return [...here, ...missing];
  const base = sampleStruct(type);
  const inside = [...propertiesOf(type).values()]
    .flatMap((property) => cases(property, depth + 1))
    .map(({ what, value }) => ({ what: `${name}.${what}`, value: { ...base, [what.split(/[.[]/)[0]!]: value } }));
  return [...here, ...missing, { what: `${name}.notAProp`, value: { ...base, notAProp: 1 } }, ...inside];
}

const callables = Object.keys(classes).flatMap((name) =>
  (classes[name] === "" ? [] : classes[name]!.split("; "))
    .map((row) => row.slice(0, row.indexOf("(")))
    .filter((callable) => parametersOf(name, callable)!.length > 0)
    .map((callable) => ({ name, callable, title: `${name} ${callable}` })),
);

function call(name: string, callable: string, args: unknown[]): unknown {
  const target = exported[name]!;
  if (callable === "new") return Reflect.construct(target as unknown as new () => object, args);
  if (callable.startsWith("static ")) return target[callable.slice(7)]!(...args);
  return (target.prototype as Record<string, Callable>)[callable]!.apply(Object.create(target.prototype), args);
}

test.each(callables)(
  "$title fails for values of another kind and for unknown keys, and names the prop",
  ({ name, callable }) => {
    const parameters = parametersOf(name, callable)!;
    const unnamed = parameters.flatMap((parameter, index) => {
      if (/^(Construct|IConstruct|TerraformStack)$/.test(parameter.type)) return [];
      return cases(parameter).flatMap(({ what, value }) => {
        const args = parameters.map(({ type }) => sample(type));
        args[index] = value;
        const named = what.replace(/^(props|options)\.?/, "") || "props";
        try {
          call(name, callable, args);
          return [`${named}: accepted`];
        } catch (error) {
          const { name: kind, message } = error as Error;
          return kind === "ValidationError" && message.includes(`] ${named}: got `)
            ? []
            : [`${named}: ${kind} ${message}`];
        }
      });
    });
    expect(unnamed.slice(0, 5)).toEqual([]);
  },
);

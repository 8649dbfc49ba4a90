import { Token, Tokenization } from "cdktf";
import { nearest } from "../language/nearest";
import { ValidationError } from "./errors";
import { classes, enums, interfaces, structs } from "./public-api";
import { type Declared, propertiesOf } from "./shapes";

/** Where a value was given: a construct path or a factory, and the prop in it. */
export interface Place {
  readonly where: string;
  readonly what: string;
}

/** Lists and maps that go into one attribute as they are. All others are read at synth. */
const PASSED_ON = new Set([
  ...["WorkloadOptions.args", "WorkloadOptions.command", "WorkloadOptions.labels", "DirectVpcEgress.tags"],
  ...["MachineSettings.labels", "BuiltImageProps.labels", "BuiltImageProps.cacheFrom", "GcsVolumeOptions.mountOptions"],
  ...["CorsOptions.allowHeaders", "CorsOptions.exposeHeaders"],
]);

/** Numbers that are compared or calculated with at synth; constructs refuse others themselves. */
const READ_AT_SYNTH = new Set([
  ...["InstanceGroupSettings.minInstances", "InstanceGroupSettings.maxInstances", "InstanceGroupSettings.waitMinutes"],
  ...["ImageRegistryOptions.deleteUntaggedAfterDays", "ImageRegistryOptions.deleteTaggedAfterDays"],
  ...["RemoteRegistryProps.deleteAfterDays", "BuiltImageProps.maxContextMiB", "CloudNatOptions.staticAddresses"],
  ...["EdgeSecurityProps.keyBanSeconds", "EdgeSecurityProps.ipBanSeconds", "EdgeAction.status"],
  ...["EdgeRateOptions.exceedStatus", "AddInstancesProps.percent"],
]);

/** Throws a ValidationError that names the prop, unless the value is of the declared kind. */
export function checkValue(place: Place, value: unknown, declared: Declared): void {
  if (value === undefined || value === null) {
    if (value === undefined && declared.isOptional) return;
    const fix = declared.isOptional ? "leave it out" : "set it";
    refuse(place, value === null ? null : undefined, kindOf(declared.type), fix);
  }
  checkKind(place, value, declared.type, declared);
}

function checkKind(place: Place, value: unknown, type: string, prop: Declared): void {
  if (type.endsWith("{}")) checkMap(place, value, type.slice(0, -2), prop);
  else if (type.endsWith("[]")) checkList(place, value, type.slice(0, -2), prop);
  else if (type === "string" || type === "number" || type === "boolean") checkPrimitive(place, value, type, prop);
  else if (type in structs) checkStruct(place, value, type);
  else if (!(type in enums ? enums[type]!.split(" ").includes(value as string) : isObject(value) && isA(value, type)))
    refuse(place, value, kindOf(type), fixFor(type, value));
}

function checkMap(place: Place, value: unknown, type: string, prop: Declared): void {
  if (Token.isUnresolved(value)) {
    checkToken(place, value, "keys", prop);
    return;
  }
  if (!isPlain(value)) refuse(place, value, kindOf(`${type}{}`), "give an object with one entry for each key");
  for (const [key, each] of Object.entries(value as object)) {
    if (Token.isUnresolved(key)) checkToken(place, value, "keys");
    checkValue({ ...place, what: `${place.what}.${key}` }, each, { ...prop, isOptional: type in structs, type });
  }
}

function checkList(place: Place, value: unknown, type: string, prop: Declared): void {
  if (Token.isUnresolved(value)) {
    checkToken(place, value, "items", prop);
    return;
  }
  if (!Array.isArray(value)) refuse(place, value, kindOf(`${type}[]`), "put it into a list");
  (value as unknown[]).forEach((each, index) => {
    checkValue({ ...place, what: `${place.what}[${index}]` }, each, { ...prop, isOptional: false, type });
  });
}

/** Lists and maps that are read at synth cannot be references. */
function checkToken(place: Place, value: unknown, parts: "items" | "keys", prop?: Declared): void {
  if (prop && PASSED_ON.has(idOf(prop))) return;
  refuse(
    place,
    value,
    parts === "items" ? "a list known at synth" : "a map whose keys are known at synth",
    `write its ${parts} out instead of a reference: each is checked, or becomes a resource`,
  );
}

function checkPrimitive(place: Place, value: unknown, type: "string" | "number" | "boolean", prop: Declared): void {
  // A reference of any type, such as `TerraformVariable.value`, is an object.
  const isReference = type !== "boolean" && isObject(value) && Tokenization.isResolvable(value);
  if (isReference || (typeof value === type && !Number.isNaN(value))) {
    if (type !== "number" || !READ_AT_SYNTH.has(idOf(prop)) || !Token.isUnresolved(value)) return;
    refuse(
      place,
      value,
      "a number known at synth",
      "write the number instead of a reference: it is compared with others",
    );
  }
  refuse(place, value, kindOf(type), fixFor(type, value, prop.name));
}

function checkStruct(place: Place, value: unknown, type: string): void {
  if (!isObject(value) || Array.isArray(value)) refuse(place, value, kindOf(type), `give its options as an object`);
  const properties = propertiesOf(type);
  const what = (key: string) => (place.what === "" ? key : `${place.what}.${key}`);
  for (const [key, each] of Object.entries(value as object)) {
    if (properties.has(key) || each === undefined) continue;
    const meant = nearest(key.replaceAll("_", ""), [...properties.keys()]);
    const python = key.includes("_") ? `, which is ${type}(${key}=…) in Python` : "";
    const fix = meant ? `did you mean ${meant}${python}?` : `remove it; there are ${[...properties.keys()].join(", ")}`;
    refuse({ ...place, what: what(key) }, each, `a prop of ${type}`, fix);
  }
  // jsii drops the keys that it does not know before the library sees them.
  if (process.env.JSII_AGENT && place.what !== "" && Object.keys(value as object).length === 0)
    refuse(place, value, kindOf(type), `set an option; in Python write ${type}(…) instead of a dict`);
  for (const [key, property] of properties)
    checkValue({ ...place, what: what(key) }, (value as Record<string, unknown>)[key], property);
}

function idOf({ owner, name }: Declared): string {
  return `${owner}.${name}`;
}

function refuse({ where, what }: Place, got: unknown, allowed: string, fix: string): never {
  throw new ValidationError(where, { what: what || "props", got, allowed, fix });
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isPlain(value: unknown): boolean {
  return isObject(value) && !Array.isArray(value) && !("node" in value) && !Tokenization.isResolvable(value);
}

/** By name and members, not by identity: a second copy of the package has classes of its own. */
function isA(value: object, type: string): boolean {
  if (type in interfaces)
    return interfaces[type]!.split(" ").every((part) =>
      part in interfaces || /^I[A-Z]/.test(part) ? isA(value, part) : part in value,
    );
  if (!(type in classes)) return /Construct$|Stack$/.test(type) ? "node" in value : !Array.isArray(value);
  for (let each = Object.getPrototypeOf(value); each !== null; each = Object.getPrototypeOf(each)) {
    if (each.constructor?.name === type) return true;
  }
  return false;
}

function kindOf(type: string): string {
  if (type.endsWith("{}")) return `an object of ${plural(type.slice(0, -2))}`;
  if (type.endsWith("[]")) return `a list of ${plural(type.slice(0, -2))}`;
  if (type in enums)
    return enums[type]!.split(" ")
      .map((value) => `"${value}"`)
      .join(", ");
  const factories = factoriesOf(type);
  if (factories.length > 0) return factories.join(", ");
  return `${/^[aeio]/i.test(type) ? "an" : "a"} ${type}`;
}

function plural(type: string): string {
  return /^[a-z]/.test(type) ? `${type}s` : type;
}

function factoriesOf(type: string): string[] {
  return (classes[type] ?? "").split("; ").flatMap((row) => {
    const [, name, args] = /^static (\w+)\((.*)\)$/.exec(row) ?? [];
    return name ? [`${type}.${name}(${args ? "…" : ""})`] : [];
  });
}

function fixFor(type: string, value: unknown, prop = ""): string {
  if (Token.isUnresolved(value)) return "write the value instead of a reference: it is read at synth";
  if (type === "string" && isObject(value)) {
    const member = membersOf(value).find((name) => prop.toLowerCase().endsWith(name.toLowerCase()));
    return member ? `pass its ${member}` : "pass the text itself";
  }
  if (type === "number") return Number.isNaN(value) ? "check how it was calculated" : "write it without quotes";
  if (type === "boolean") return "write true or false, without quotes";
  const [factory] = factoriesOf(type);
  if (factory) return `write ${factory}`;
  if (type in enums) return `write ${type}.NAME`;
  return type in interfaces ? `pass the construct, not its name` : `pass a ${type}`;
}

function membersOf(value: object): string[] {
  const names: string[] = [];
  for (let each = value; each && each !== Object.prototype; each = Object.getPrototypeOf(each))
    names.push(...Object.getOwnPropertyNames(each));
  return names.filter((name) => /(id|name|email|url|address)$/i.test(name));
}

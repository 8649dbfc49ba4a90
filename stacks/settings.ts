import { ValidationError } from "../lib/core/errors";
import { nearest } from "../lib/language/nearest";

/**
 * What the settings of a type are, for run time: `?` after the name of an optional one, texts of
 * which only some are allowed as a list. The compiler holds it against the type.
 */
export type Shape<T> = {
  readonly [K in keyof T & string as Record<never, never> extends Pick<T, K> ? `${K}?` : K]-?: Kind<NonNullable<T[K]>>;
};

type Kind<V> = V extends string
  ? string extends V
    ? "text"
    : readonly string[]
  : V extends number
    ? "number"
    : V extends boolean
      ? "boolean"
      : V extends readonly string[]
        ? "list of texts"
        : string extends keyof V
          ? "object of texts"
          : Shape<V>;

type AnyKind = string | readonly string[] | { readonly [name: string]: AnyKind };

/**
 * Throws for a setting that there is not, a required one that is missing, and a value of another
 * kind: synthesizing does not run the compiler.
 */
export function checkSettings(where: string, settings: object, shape: object, at = ""): void {
  const kinds = new Map(Object.entries(shape as Record<string, AnyKind>).map(([name, kind]) => [bare(name), kind]));
  for (const name of Object.keys(settings)) {
    if (kinds.has(name)) continue;
    const meant = nearest(name, [...kinds.keys()]);
    throw new ValidationError(where, {
      what: at + name,
      got: (settings as Record<string, unknown>)[name],
      allowed: "a setting of an environment",
      fix: `${meant ? `did you mean ${at}${meant}? ` : "remove it. "}Here are ${[...kinds.keys()].join(", ")}`,
    });
  }
  for (const name of Object.keys(shape)) {
    const value = (settings as Record<string, unknown>)[bare(name)];
    if (value !== undefined) checkKind(where, at + bare(name), value, kinds.get(bare(name))!);
    else if (!name.endsWith("?")) refuse(where, at + name, value, "a value", "set it as the other environments do");
  }
}

function checkKind(where: string, what: string, value: unknown, kind: AnyKind): void {
  if (Array.isArray(kind)) {
    const allowed = kind as readonly string[];
    if (allowed.includes(value as string)) return;
    const meant = nearest(String(value), allowed);
    refuse(
      where,
      what,
      value,
      allowed.map((each) => `"${each}"`).join(", "),
      meant ? `did you mean "${meant}"?` : "choose one",
    );
  }
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (typeof kind !== "string") {
    if (!isObject)
      refuse(where, what, value, "an object", `give its settings: ${Object.keys(kind).map(bare).join(", ")}`);
    checkSettings(where, value as object, kind, `${what}.`);
  } else if (kind === "list of texts") {
    if (!Array.isArray(value)) refuse(where, what, value, `a ${kind}`, "put it into [ ]");
    (value as unknown[]).forEach((each, index) => {
      checkKind(where, `${what}[${index}]`, each, "text");
    });
  } else if (kind === "object of texts") {
    if (!isObject) refuse(where, what, value, `an ${kind}`, 'write { name: "value" }');
    for (const [name, each] of Object.entries(value as object)) checkKind(where, `${what}.${name}`, each, "text");
  } else if (typeof value !== (kind === "text" ? "string" : kind) || Number.isNaN(value)) {
    refuse(where, what, value, `a ${kind}`, kind === "text" ? "write it in quotes" : "write it without quotes");
  }
}

function bare(name: string): string {
  return name.replace(/\?$/, "");
}

function refuse(where: string, what: string, got: unknown, allowed: string, fix: string): never {
  throw new ValidationError(where, { what, got, allowed, fix });
}

import { classes, structs } from "./public-api";

/** A property of a struct, or a parameter. */
export interface Declared {
  /** The struct that declares it, or the class of the callable. */
  readonly owner: string;
  readonly name: string;
  readonly isOptional: boolean;
  /** As TypeScript spells it, maps as `T{}`. */
  readonly type: string;
}

const SHAPES = new Map<string, ReadonlyMap<string, Declared>>();
const CALLABLES = new Map<string, ReadonlyMap<string, readonly Declared[]>>();

/** The properties of a struct, those that it inherits included. */
export function propertiesOf(struct: string): ReadonlyMap<string, Declared> {
  const known = SHAPES.get(struct);
  if (known) return known;
  const properties = new Map<string, Declared>();
  for (const row of partsOf(structs[struct]!, "; ")) {
    if (row in structs) for (const [name, property] of propertiesOf(row)) properties.set(name, property);
    else properties.set(declared(struct, row).name, declared(struct, row));
  }
  SHAPES.set(struct, properties);
  return properties;
}

/** The parameters of a constructor (`new`), a factory (`static NAME`) or a method. */
export function parametersOf(className: string, callable: string): readonly Declared[] | undefined {
  let callables = CALLABLES.get(className);
  if (!callables) {
    const rows = partsOf(classes[className] ?? "", "; ").map((row) => /^(.*)\((.*)\)$/.exec(row)!);
    callables = new Map(
      rows.map(([, name = "", list = ""]) => [name, partsOf(list, ", ").map((each) => declared(className, each))]),
    );
    CALLABLES.set(className, callables);
  }
  return callables.get(callable);
}

function partsOf(text: string, separator: string): string[] {
  return text === "" ? [] : text.split(separator);
}

function declared(owner: string, text: string): Declared {
  const [, name = "", optional, type = ""] = /^(\w+)(\?)?: (.*)$/.exec(text)!;
  return { owner, name, isOptional: optional !== undefined, type };
}

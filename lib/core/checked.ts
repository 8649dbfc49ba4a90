import { Construct, type IConstruct } from "constructs";
import { checkValue, type Place } from "./kinds";
import { classes } from "./public-api";
import { parametersOf } from "./shapes";

/**
 * Decorates every class of the public API.
 *
 * What a caller passes to its constructor, static factories and methods is held against the
 * declarations before anything else happens: JavaScript, runners that only strip types and
 * dictionaries of other languages do not do that. And each call is all or nothing: after an error
 * the construct tree is as before.
 */
export function checked<T extends { readonly prototype: object }>(target: T, context: { name: string | undefined }): T {
  const name = context.name!;
  for (const holder of [target, target.prototype] as Record<string, unknown>[]) {
    const isStatic = holder === (target as object);
    for (const [method, { value: run }] of Object.entries(Object.getOwnPropertyDescriptors(holder))) {
      if (typeof run !== "function" || method === "constructor" || method === "prototype") continue;
      const callable = isStatic ? `static ${method}` : method;
      if (name in classes && !method.startsWith("_") && !parametersOf(name, callable)) continue;
      const wrapped = function (this: object, ...args: unknown[]): unknown {
        const place = this instanceof Construct ? this : args[0];
        return allOrNothing(
          place,
          () => checkArguments(name, callable, args, this),
          () => run.apply(this, args),
        );
      };
      Object.defineProperty(holder, method, { value: wrapped, writable: true, configurable: true });
    }
  }
  if (!(target.prototype instanceof Construct)) return target;
  return new Proxy(target, {
    construct: (made, args: unknown[], newTarget) =>
      allOrNothing(
        args[0],
        () => checkArguments(name, "new", args),
        () => Reflect.construct(made as unknown as new () => object, args, newTarget),
      ),
  });
}

/** Calls in progress. What the library passes to itself is not checked again: the compiler has. */
let depth = 0;
const undo: (() => void)[] = [];
const remembered = new Set<IConstruct>();

function allOrNothing<R>(place: unknown, check: () => void, run: () => R): R {
  if (depth === 0) check();
  for (const each of (place as Partial<IConstruct> | undefined)?.node?.scopes ?? []) remember(each);
  depth++;
  try {
    return run();
  } catch (error) {
    if (depth === 1) for (const each of undo.reverse()) each();
    throw error;
  } finally {
    depth--;
    if (depth === 0) {
      undo.length = 0;
      remembered.clear();
    }
  }
}

/** Notes how to bring back a construct's children, and what its fields hold and list. */
function remember(construct: IConstruct): void {
  if (remembered.has(construct)) return;
  remembered.add(construct);
  const { node } = construct;
  const children = new Set(node.children);
  const fields = Object.entries(construct).map(([name, value]) => {
    return [name, name === "rawOverrides" ? nestedCopy(value) : value, copyOf(value)] as const;
  });
  undo.push(() => {
    for (const child of node.children) if (!children.has(child)) node.tryRemoveChild(child.node.id);
    for (const [name, value, copy] of fields) {
      Object.assign(construct, { [name]: value });
      restore(value, copy);
    }
  });
}

function copyOf(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) || value instanceof Map || value instanceof Set ? [...value] : undefined;
}

/** Overrides, such as the version of the provider, are objects in objects. */
function nestedCopy(value: unknown): unknown {
  if (typeof value !== "object" || value?.constructor !== Object) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, nestedCopy(each)]));
}

function restore(value: unknown, copy: readonly unknown[] | undefined): void {
  if (Array.isArray(value)) value.splice(0, value.length, ...copy!);
  if (value instanceof Map || value instanceof Set) value.clear();
  if (value instanceof Map) for (const [key, each] of copy as [unknown, unknown][]) value.set(key, each);
  if (value instanceof Set) for (const each of copy!) value.add(each);
}

function checkArguments(className: string, callable: string, args: readonly unknown[], self?: object): void {
  const parameters = parametersOf(className, callable);
  if (!parameters) return;
  const [scope, id] = parameters[0]?.type === "Construct" ? args : [];
  const call = callable.replace(/^static /, "");
  const place: Place = {
    where: pathOf(scope, id) ?? pathOf(self) ?? `${className}${call === "new" ? "" : `.${call}`}`,
    what: "",
  };
  parameters.forEach((parameter, index) => {
    const isStruct = parameter.name === "props" || parameter.name === "options";
    const what = isStruct ? "" : parameter.name;
    checkValue({ ...place, what }, args[index], parameter);
  });
}

function pathOf(construct: unknown, id?: unknown): string | undefined {
  const node = (construct as Partial<IConstruct> | undefined)?.node;
  if (!node) return undefined;
  return [node.path, ...(typeof id === "string" ? [id] : [])].filter(Boolean).join("/") || construct!.constructor.name;
}

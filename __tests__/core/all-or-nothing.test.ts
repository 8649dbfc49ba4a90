import type { TerraformStack } from "cdktf";
import * as library from "../../lib";
import { ContainerImage, GlobalAiApi, Probe, Tls } from "../../lib";
import { parametersOf, propertiesOf } from "../../lib/core/shapes";
import { testStack } from "../support";
import { everyConstruct, everyMethod, places } from "./every-construct";

type Callable = (...args: unknown[]) => unknown;
const exported = library as unknown as Record<string, new (...args: unknown[]) => Record<string, Callable>>;

/** Values of the right kind that no prop accepts, or only some. */
const VALUES: Readonly<Record<string, readonly unknown[]>> = {
  string: ["", "?!", "x".repeat(200)],
  number: [-1, 1e12, 0.3],
};

/**
 * What is wrong after a call with each of the values in each prop of a struct. The next call is on
 * the same stack, unless a call has changed it: it must be as good as new.
 */
function wrongOf(
  struct: string,
  prepare: (stack: TerraformStack) => (name: string, value: unknown) => unknown,
): string[] {
  const fresh = () => {
    const stack = testStack();
    return { stack, call: prepare(stack), before: paths(stack) };
  };
  let ready: ReturnType<typeof fresh> | undefined;
  return [...propertiesOf(struct).values()].flatMap((property) =>
    places(property).flatMap(({ path, type, put }) =>
      (VALUES[type] ?? []).flatMap((value) => {
        ready ??= fresh();
        const { stack, call, before } = ready;
        const given = put(value, stack);
        const own = paths(stack);
        if (own.length > before.length) ready = undefined;
        try {
          call(property.name, given);
          ready = undefined;
          return [];
        } catch (error) {
          const { name, message } = error as Error;
          if (name !== "ValidationError") return [`${path} ${String(value).slice(0, 9)}: ${name} ${message}`];
          const added = paths(stack).filter((each) => !own.includes(each));
          return added.length === 0
            ? []
            : [`${path} ${String(value).slice(0, 9)}: ${added.slice(0, 3).join(", ")} after ${message}`];
        }
      }),
    ),
  );
}

function paths(stack: TerraformStack): string[] {
  return stack.node.findAll().map(({ node }) => node.path);
}

test.each(Object.keys(everyConstruct))("after an error of %s, the tree is as before", (name) => {
  const struct = parametersOf(name, "new")!.at(-1)!.type;
  const wrong = wrongOf(struct, (stack) => {
    const props = everyConstruct[name]!(stack);
    return (prop, value) => new exported[name]!(stack, "made", { ...props, [prop]: value });
  });
  expect(wrong.slice(0, 8)).toEqual([]);
});

test.each(everyMethod)("after an error of %s.%s, the tree is as before", (name, method, args) => {
  const struct = parametersOf(name, method)!.at(-1)!.type;
  const wrong = wrongOf(struct, (stack) => {
    const made = new exported[name]!(stack, "made", everyConstruct[name]!(stack));
    const all = args(stack, made as never);
    return (prop, value) => made[method]!(...all.slice(0, -1), { ...(all.at(-1) as object), [prop]: value });
  });
  expect(wrong.slice(0, 8)).toEqual([]);
});

test.each(Object.keys(everyConstruct))("reading from %s creates nothing", (name) => {
  const stack = testStack();
  const made = new exported[name]!(stack, "made", everyConstruct[name]!(stack));
  const before = paths(stack);
  for (let each: object | null = made; each; each = Object.getPrototypeOf(each)) {
    for (const member of Object.getOwnPropertyNames(each)) {
      if (typeof Object.getOwnPropertyDescriptor(each, member)?.value !== "function") made[member];
    }
  }
  expect(paths(stack)).toEqual(before);
});

test("after an error, the stack requires no newer provider than before", () => {
  const stack = testStack();
  const image = ContainerImage.fromReference("docker.io/acme/chat:1");
  const before = JSON.stringify(stack.toTerraform());
  const readinessProbe = Probe.http("/readyz");
  const props = { image, regions: ["europe-west1"], tls: Tls.none(), readinessProbe, outputPrefix: "?" };
  expect(() => new GlobalAiApi(stack, "api", props)).toThrow("outputPrefix");
  expect(JSON.stringify(stack.toTerraform())).toBe(before);
});

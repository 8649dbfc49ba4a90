import { readFileSync } from "node:fs";
import { App, Lazy, TerraformStack, TerraformVariable, Token } from "cdktf";
import { resolve } from "cdktf/lib/tokens/private/resolve";
import { DefaultTokenResolver, StringConcat } from "cdktf/lib/tokens/resolvable";
import fc from "fast-check";
import { ValidationError } from "../../lib/core/errors";
import { GlobalAiRules } from "../../lib/rules/global-ai-rules";

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

test("what the shared packages throw and make is an instance here, too", () => {
  const stack = new TerraformStack(new App(), "stack");
  const error = thrownBy(() => new TerraformStack(stack, "with space"));
  expect(error instanceof Error).toBe(true);
  expect(error instanceof TypeError).toBe(false);
  expect(stack.node.children).toBeInstanceOf(Array);
  expect(Token.asList({})).toBeInstanceOf(Array);
});

test("what the library throws is an instance of its own class and of Error", () => {
  const error = thrownBy(() => GlobalAiRules.attach(new TerraformStack(new App(), "stack"), { errors: ["none-such"] }));
  expect(error).toBeInstanceOf(ValidationError);
  expect(error).toBeInstanceOf(Error);
});

test("what Node throws is an instance, too", () => {
  expect(thrownBy(() => readFileSync("/no such file"))).toBeInstanceOf(Error);
});

test("a class of one's own is told from others", () => {
  class Mine extends Error {}
  expect(new Mine() instanceof Mine).toBe(true);
  expect(new Error("other") instanceof Mine).toBe(false);
});

test("values resolve to what cdktf makes of them", () => {
  const variable = new TerraformVariable(new TerraformStack(new App(), "stack"), "variable", {});
  const options = { scope: variable, resolver: new DefaultTokenResolver(new StringConcat()), preparing: false };
  const { original } = resolve as typeof resolve & { original: typeof resolve };
  const outcome = (way: typeof resolve, value: unknown) => {
    const result = thrownBy(() => way(value, { ...options, prefix: [] }));
    return result instanceof Error ? result.name : result;
  };
  const strings = fc.oneof(
    fc.string(),
    fc.constantFrom(variable.stringValue, `a-${variable.stringValue}-\${b}`, `${variable.numberValue}`, "1e5"),
  );
  const tokens = fc.constantFrom<unknown>(
    variable.numberValue,
    variable.listValue,
    variable.value,
    Token.asNumberList(variable.value),
    Token.asStringMap(variable.value),
    Token.asNumberMap(variable.value),
    Lazy.anyValue({ produce: () => ({ made: [variable.stringValue, undefined] }) }),
    Lazy.anyValue({ produce: () => undefined }),
    { resolve: () => "by itself", creationStack: [] },
    { ...Token.asStringMap(variable.value), other: 1 },
    ["a", ...variable.listValue],
    [1, ...Token.asNumberList(variable.value)],
    () => "a function",
    variable,
    new Date(0),
    Token.STRING_MAP_TOKEN_VALUE,
    Token.NUMBER_MAP_TOKEN_VALUE,
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: "small" },
      fc.constantFrom(null, undefined, true),
      fc.double(),
      strings,
      tokens,
      tie("list"),
      tie("block"),
    ),
    list: fc.array(tie("tree"), { maxLength: 4 }),
    block: fc.dictionary(strings, tie("tree"), { maxKeys: 4 }),
  }));
  fc.assert(
    fc.property(tree, (value) => expect(outcome(resolve, value)).toStrictEqual(outcome(original, value))),
    { numRuns: 300 },
  );
});

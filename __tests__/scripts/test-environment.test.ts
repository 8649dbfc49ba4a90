import { readFileSync } from "node:fs";
import { App, TerraformStack, Token } from "cdktf";
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

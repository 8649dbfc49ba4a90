import { App } from "cdktf";
import { Construct } from "constructs";
import { ValidationError } from "../../lib/core/errors";
import { testStack } from "../support";

const problem = { what: "port", got: 0, allowed: "a whole number from 1 to 65535", fix: "give a port" };

test("names the construct, the value got, the values allowed and the fix, in one line", () => {
  const where = new Construct(new Construct(testStack(), "Api"), "Service");
  expect(new ValidationError(where, problem).message).toBe(
    "[test/Api/Service] port: got 0, allowed is a whole number from 1 to 65535; give a port",
  );
});

test("is an Error that says its name", () => {
  const error = new ValidationError(testStack(), problem);
  // Not toBeInstanceOf(Error): the library is loaded outside of the test's own context, which has another Error.
  expect(Object.prototype.toString.call(error)).toBe("[object Error]");
  expect(error.name).toBe("ValidationError");
});

test("names the function where there is no construct", () => {
  expect(new ValidationError("Probe.http", problem).message).toMatch(/^\[Probe\.http] port/);
});

test("names the class of a construct without a path", () => {
  expect(new ValidationError(new App(), problem).message).toMatch(/^\[App] port/);
});

test.each([
  ["text in quotes, so that blanks show", " a", 'got " a",'],
  ["a list", ["a", "b"], 'got ["a","b"],'],
  ["an object", { min: 1 }, 'got {"min":1},'],
  ["nothing", undefined, "got nothing,"],
  ["not a number", Number.NaN, "got NaN,"],
])("shows %s", (_what, got, shown) => {
  expect(new ValidationError("x", { ...problem, got }).message).toContain(shown);
});

test("cuts a value that is too long to read", () => {
  const { message } = new ValidationError("x", { ...problem, got: "y".repeat(5000) });
  expect(message).toContain(`got "${"y".repeat(199)}…, allowed`);
});

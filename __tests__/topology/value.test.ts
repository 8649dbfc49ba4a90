import { booleanOf, isComputed, isSet, isUnset, numberOf, secondsOf } from "../../lib/topology/value";

describe("what is surely set, surely not, or neither", () => {
  test.each<[string, unknown]>([
    ["a text", "x"],
    ["a number, 0 too", 0],
    ["a truth value, false too", false],
    ["a block", {}],
    ["blocks", [{}]],
    ["what a resource exports", "${google_compute_network.main.id}"],
    ["an instance of it", '${google_compute_network.main["eu"].id}'],
    ["a text with an expression in it", "prefix-${var.name}"],
  ])("set: %s", (_, value) => {
    expect([isSet(value), isUnset({ x: value }, "x")]).toEqual([true, false]);
  });

  test.each<[string, unknown]>([
    ["nothing", undefined],
    ["null", null],
    ["an empty text", ""],
    ["an empty list", []],
  ])("not set: %s", (_, value) => {
    expect([isSet(value), isUnset({ x: value }, "x")]).toEqual([false, true]);
  });

  test.each<[string, unknown]>([
    ["a variable", "${var.x}"],
    ["a condition", '${var.x ? google_compute_network.a.id : ""}'],
    ["an output of another state", "${data.terraform_remote_state.net.outputs.id}"],
    ["a module's output", "${module.net.id}"],
    ["a function", "${one(google_compute_network.a[*].id)}"],
  ])("neither: %s", (_, value) => {
    expect([isSet(value), isUnset({ x: value }, "x")]).toEqual([false, false]);
  });

  test("neither: what a dynamic block may make", () => {
    const block = { dynamic: { x: { for_each: "${var.list}", content: {} } } };
    expect([isComputed(block, "x"), isSet(undefined), isUnset(block, "x")]).toEqual([true, false, false]);
  });
});

test("numbers, truth values and durations may be texts", () => {
  expect(["5", "-1.5", "5s", "${var.x}", true].map(numberOf)).toEqual([5, -1.5, undefined, undefined, undefined]);
  expect(["true", "false", true, "yes", 1].map(booleanOf)).toEqual([true, false, true, undefined, undefined]);
  expect(["3.5s", "10", 10, "${var.x}s"].map(secondsOf)).toEqual([3.5, undefined, undefined, undefined]);
});

import { Lazy, Token } from "cdktf";
import { Construct } from "constructs";
import {
  checkAllowed,
  checkInteger,
  checkLiteral,
  checkPattern,
  checkUnique,
  checkWithin,
  nearest,
} from "../../lib/core/checks";
import { integer, oneOf, seconds } from "../../lib/google/limit";
import { testStack } from "../support";

const where = new Construct(testStack(), "Here");
const unresolved = Lazy.stringValue({ produce: () => "late" });
const unresolvedNumber = Token.asNumber({ resolve: () => 7 });

describe("checkInteger", () => {
  test.each([1, 2, 10, undefined, unresolvedNumber])("lets %p pass between 1 and 10", (value) => {
    expect(() => checkInteger(where, "n", value, 1, 10, "fix it")).not.toThrow();
  });

  test.each([0, 11, 1.5, -1, Number.NaN, Number.POSITIVE_INFINITY])("fails for %p between 1 and 10", (value) => {
    expect(() => checkInteger(where, "n", value, 1, 10, "fix it")).toThrow(
      `[test/Here] n: got ${value}, allowed is a whole number from 1 to 10; fix it`,
    );
  });
});

describe("limits of the tables", () => {
  test.each([1, 10, undefined, unresolvedNumber])("let %p pass between 1 and 10", (value) => {
    expect(() => checkWithin(where, "n", value, integer(1, 10))).not.toThrow();
    expect(() => checkWithin(where, "n", value, seconds(1, 10))).not.toThrow();
  });

  test.each([0, 11, Number.NaN])("fail for %p between 1 and 10", (value) => {
    expect(() => checkWithin(where, "n", value, integer(1, 10).fix("fix it"))).toThrow(
      `[test/Here] n: got ${value}, allowed is a whole number from 1 to 10; fix it`,
    );
    expect(() => checkWithin(where, "n", value, seconds(1, 10))).toThrow("allowed is 1 to 10 seconds");
  });

  test("of any value", () => {
    expect(() => checkAllowed(where, "mode", "A", oneOf("A", "B"))).not.toThrow();
    expect(() => checkAllowed(where, "mode", undefined, oneOf("A", "B"))).not.toThrow();
    expect(() => checkAllowed(where, "mode", "C", oneOf("A", "B"), "use A")).toThrow(
      '[test/Here] mode: got "C", allowed is "A" or "B"; use A',
    );
  });
});

describe("checkPattern", () => {
  test.each(["abc", undefined, unresolved])("lets %p pass", (value) => {
    expect(() => checkPattern(where, "name", value, /^[a-z]+$/, "letters", "respell it")).not.toThrow();
  });

  test.each(["", "ABC", "a b"])("fails for %p", (value) => {
    expect(() => checkPattern(where, "name", value, /^[a-z]+$/, "letters", "respell it")).toThrow(
      `[test/Here] name: got "${value}", allowed is letters; respell it`,
    );
  });
});

describe("checkLiteral", () => {
  test.each(["chat", "", 3, undefined])("lets %p pass", (value) => {
    expect(() => checkLiteral(where, "name", value)).not.toThrow();
  });

  test("fails for a text known only at apply", () => {
    expect(() => checkLiteral(where, "name", `a-${unresolved}`)).toThrow(
      /^\[test\/Here] name: got "a-\$\{TfToken\[.+]}", allowed is a literal known at synth; pass the literal value instead of a reference/,
    );
  });

  test("fails for a number known only at apply, without printing the number that stands for it", () => {
    expect(() => checkLiteral(where, "cpu", unresolvedNumber)).toThrow(
      '[test/Here] cpu: got "a number known only at apply", allowed is a literal known at synth; pass the literal value',
    );
  });
});

describe("checkUnique", () => {
  test("lets different values pass", () => {
    expect(() => checkUnique(where, "regions", ["a", "b"], "name each once")).not.toThrow();
    expect(() => checkUnique(where, "regions", [], "name each once")).not.toThrow();
  });

  test("fails for the value that stands twice", () => {
    expect(() => checkUnique(where, "regions", ["a", "b", "c", "b"], "name each once")).toThrow(
      '[test/Here] regions: got "b", allowed is each value once; name each once',
    );
  });
});

describe("nearest", () => {
  test.each([
    ["europe-wset1", "europe-west1"],
    ["Europe-West1", "europe-west1"],
    ["us-central", "us-central1"],
    ["us-centrall", "us-central1"],
  ])("takes %s for %s", (typed, meant) => {
    expect(nearest(typed, ["us-east1", "europe-west2", "europe-west1", "us-central1"])).toBe(meant);
  });

  test("suggests nothing where nothing is near", () => {
    expect(nearest("mars", ["us-east1", "europe-west1"])).toBeUndefined();
  });

  test("suggests nothing without candidates", () => {
    expect(nearest("us-east1", [])).toBeUndefined();
  });
});

import { Lazy, Token } from "cdktf";
import { Construct } from "constructs";
import {
  checkAllowed,
  checkInteger,
  checkLimits,
  checkLiteral,
  checkPattern,
  checkUnique,
  checkWithin,
} from "../../lib/core/checks";
import { integer, matching, seconds } from "../../lib/google/limit";
import { nearest } from "../../lib/language/nearest";
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

describe("checkWithin", () => {
  const port = integer(1, 65535).fix("name a port");
  const timeout = seconds(1, 3600).fix("answer within an hour");

  test.each([1, 65535, undefined, unresolvedNumber])("lets the port %p pass", (value) => {
    expect(() => checkWithin(where, "port", value, port)).not.toThrow();
  });

  test.each([0, 65536, 80.5, Number.NaN])("fails for the port %p", (value) => {
    expect(() => checkWithin(where, "port", value, port)).toThrow(
      `[test/Here] port: got ${value}, allowed is a whole number from 1 to 65535; name a port`,
    );
  });

  test("takes a number of seconds for a limit of durations", () => {
    expect(() => checkWithin(where, "timeout", 1.5, timeout)).not.toThrow();
    expect(() => checkWithin(where, "timeout", 3601, timeout, "less")).toThrow(
      "[test/Here] timeout: got 3601, allowed is 1 to 3600 seconds; less",
    );
  });
});

describe("checkLimits", () => {
  const limits = {
    "scaling.max": integer(1, 10).fix("lower it"),
    "disks.labels[]": matching(/^[a-z]+$/, "lower-case letters").fix("respell it"),
    "disks.size": integer(10).when({ "disks.type": "BIG" }).fix("enlarge it"),
  };
  const check = (block: unknown) => () => checkLimits(where, "machine", block, limits);

  test.each([
    {},
    { scaling: { max: 10 }, disks: [{ labels: ["a", ""] }, { size: 1 }, { labels: unresolved }] },
    { scaling: { max: unresolvedNumber }, disks: unresolved },
  ])("lets block %# pass", (block) => {
    expect(check(block)).not.toThrow();
  });

  test("names what is wrong, wherever it is", () => {
    expect(check({ scaling: { max: 11 } })).toThrow(
      "[test/Here] machine, scaling.max: got 11, allowed is a whole number from 1 to 10; lower it",
    );
    expect(check({ disks: [{}, { labels: ["a", "B"] }] })).toThrow(
      'machine, disks.1.labels.1: got "B", allowed is lower',
    );
  });
});

describe("checkAllowed", () => {
  const method = matching(/^[A-Z]+$/, "capital letters").fix("write GET");

  test.each(["GET", undefined, unresolved])("lets %p pass", (value) => {
    expect(() => checkAllowed(where, "method", value, method)).not.toThrow();
  });

  test("fails for what the limit does not hold for", () => {
    expect(() => checkAllowed(where, "method", "get", method)).toThrow(
      '[test/Here] method: got "get", allowed is capital letters; write GET',
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
      /^\[test\/Here] name: got "a-…", allowed is a literal known at synth; pass the literal value instead of a reference/,
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

import fc from "fast-check";
import { atLeast, excludesAllFrom, lowerBound, parseConstraint } from "../../lib/language/version-constraint";

describe("parseConstraint", () => {
  test.each([
    ["7.45.0", [{ from: [7, 45, 0], below: [7, 45, 1] }]],
    ["= 7.45.0", [{ from: [7, 45, 0], below: [7, 45, 1] }]],
    ["~> 7.19", [{ from: [7, 19, 0], below: [8, 0, 0] }]],
    ["~> 7.19.2", [{ from: [7, 19, 2], below: [7, 20, 0] }]],
    ["~> 7", [{ from: [7, 0, 0], below: [8, 0, 0] }]],
    [">=6.50.0,<8", [{ from: [6, 50, 0] }, { below: [8, 0, 0] }]],
    [" > 6.50.0 , <= 7.45.0 ", [{ from: [6, 50, 1] }, { below: [7, 45, 1] }]],
  ])("reads %p", (text, terms) => {
    expect(parseConstraint(text)).toEqual(terms);
  });

  test.each(["", "latest", "7.x", "^7.0.0", "=> 7.0", ">= 7.0 < 8.0", "7.0.0-beta1", "!= 7.1.0", "7.1.2.3", "~> 7,"])(
    "takes %p for malformed",
    (text) => {
      expect(parseConstraint(text)).toBeUndefined();
    },
  );
});

describe("atLeast", () => {
  test.each([
    ["7.19.0", "7.19.0", true],
    ["7.19.1", "7.19.0", true],
    ["7.9.0", "7.19.0", false],
    ["8.0.0", "7.45.0", true],
    ["6.50.0", "7.0.0", false],
  ])("%s from %s on: %p", (a, b, expected) => {
    expect(atLeast(a, b)).toBe(expected);
  });
});

describe("lowerBound", () => {
  test.each([
    [">= 6.50.0, < 8.0.0", "6.50.0"],
    [">= 6.50.0, ~> 7.19", "7.19.0"],
    ["> 6.50.0", "6.50.1"],
    ["7.45.0", "7.45.0"],
  ])("of %p is %s", (text, expected) => {
    expect(lowerBound(parseConstraint(text)!)).toBe(expected);
  });

  test("is absent where only an upper bound is given", () => {
    expect(lowerBound(parseConstraint("< 8.0.0")!)).toBeUndefined();
  });
});

describe("excludesAllFrom", () => {
  test.each([
    ["6.50.0", "7.19.0", true],
    ["~> 6.50", "7.19.0", true],
    ["~> 7.18.0", "7.19.0", true],
    ["< 7.19.0", "7.19.0", true],
    ["<= 7.19.0", "7.19.0", false],
    ["~> 7.0", "7.19.0", false],
    [">= 6.50.0, < 8.0.0", "7.19.0", false],
    [">= 8.0.0, < 7.0.0", "6.50.0", true],
  ])("%p from %s on: %p", (text, version, expected) => {
    expect(excludesAllFrom(parseConstraint(text)!, version)).toBe(expected);
  });
});

describe("for any constraint", () => {
  type Term = readonly [operator: string, numbers: readonly number[]];
  const number = fc.integer({ min: 0, max: 2 });
  const term: fc.Arbitrary<Term> = fc.tuple(
    fc.constantFrom("=", "", ">=", ">", "<=", "<", "~>"),
    fc.array(number, { minLength: 1, maxLength: 3 }),
  );
  const terms = fc.array(term, { minLength: 1, maxLength: 4 });
  const version = fc.tuple(number, number, number);
  // Every bound that such terms can have lies on this grid, so what it does not show does not exist.
  const grid = [0, 1, 2, 3].flatMap((a) => [0, 1, 2, 3].flatMap((b) => [0, 1, 2, 3, 4].map((c) => [a, b, c])));

  const compare = (a: readonly number[], b: readonly number[]) =>
    [0, 1, 2].map((i) => (a[i] ?? 0) - (b[i] ?? 0)).find((difference) => difference !== 0) ?? 0;
  /** Terraform's meaning of a term, word for word, without bounds. */
  const admits = ([operator, numbers]: Term, candidate: readonly number[]) => {
    const order = compare(candidate, numbers);
    if (operator === ">=") return order >= 0;
    if (operator === ">") return order > 0;
    if (operator === "<=") return order <= 0;
    if (operator === "<") return order < 0;
    if (operator !== "~>") return order === 0;
    const fixed = numbers.length === 3 ? 2 : 1;
    return order >= 0 && numbers.slice(0, fixed).every((each, i) => each === candidate[i]);
  };
  const admitted = (list: readonly Term[]) => grid.filter((candidate) => list.every((each) => admits(each, candidate)));
  const parse = (list: readonly Term[]) =>
    parseConstraint(list.map(([operator, numbers]) => `${operator} ${numbers.join(".")}`).join(", "))!;

  test("the lower bound is the lowest version admitted", () => {
    fc.assert(
      fc.property(terms, (list) => {
        const low = lowerBound(parse(list));
        const bounded = list.some(([operator]) => !operator.startsWith("<"));
        expect(low !== undefined).toBe(bounded);
        const lowest = admitted(list)[0];
        if (bounded && lowest) expect(low).toBe(lowest.join("."));
      }),
    );
  });

  test("excludes all from a version on exactly when no version from there on is admitted", () => {
    fc.assert(
      fc.property(terms, version, (list, from) => {
        const left = admitted(list).filter((candidate) => compare(candidate, from) >= 0);
        expect(excludesAllFrom(parse(list), from.join("."))).toBe(left.length === 0);
      }),
      { numRuns: 500 },
    );
  });
});

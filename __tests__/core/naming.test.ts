import { Lazy } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import fc from "fast-check";
import {
  CLOUD_RUN_NAME,
  COMPUTE_NAME,
  chosenName,
  generatedName,
  hashedSlug,
  type NameRule,
  SERVICE_ACCOUNT_NAME,
} from "../../lib/core/naming";
import { testStack } from "../support";

const RULES: readonly NameRule[] = [COMPUTE_NAME, CLOUD_RUN_NAME, SERVICE_ACCOUNT_NAME];

function at(...ids: string[]): IConstruct {
  return ids.reduce<Construct>((scope, id) => new Construct(scope, id), testStack());
}

describe("generatedName", () => {
  test("is the readable path and a hash, the same on every machine", () => {
    expect(generatedName(at("Api", "europe-west1", "Neg"), COMPUTE_NAME)).toBe("test-api-europe-west1-neg-y4hhok");
    expect(generatedName(at("Api", "europe-west1", "Neg"), COMPUTE_NAME, ["a"])).toBe(
      "test-api-europe-west1-neg-ere061",
    );
  });

  test("leaves the main resource's own id out of the readable part", () => {
    expect(generatedName(at("Api", "Resource"), COMPUTE_NAME)).toMatch(/^test-api-[a-z0-9]{6}$/);
  });

  test("is the same whatever else the stack holds and in whatever order", () => {
    const stack = testStack();
    new Construct(stack, "Other");
    const second = new Construct(stack, "Api");
    expect(generatedName(second, COMPUTE_NAME)).toBe(generatedName(at("Api"), COMPUTE_NAME));
  });

  test.each([
    [30, SERVICE_ACCOUNT_NAME],
    [49, CLOUD_RUN_NAME],
    [63, COMPUTE_NAME],
  ])("is cut to %d characters without losing what tells two paths apart", (length, rule) => {
    const long = "a".repeat(80);
    const one = generatedName(at(long, "One"), rule);
    const two = generatedName(at(long, "Two"), rule);
    expect(one).toHaveLength(length);
    expect(one).not.toBe(two);
  });

  test("tells inputs apart that only join to the same text", () => {
    const where = at("Neg");
    expect(generatedName(where, COMPUTE_NAME, ["ab", "c"])).not.toBe(generatedName(where, COMPUTE_NAME, ["a", "bc"]));
    expect(generatedName(at("a", "b"), COMPUTE_NAME)).not.toBe(generatedName(at("a-b"), COMPUTE_NAME));
  });

  test("fails for an input known only at apply", () => {
    const late = Lazy.stringValue({ produce: () => "late" });
    expect(() => generatedName(at("Neg"), COMPUTE_NAME, ["europe-west1", late])).toThrow(
      /^\[test\/Neg] name: got "a value known only at apply", allowed is literal inputs, because the name contains their hash; pass the literal value instead/,
    );
  });

  const id = fc
    .oneof(fc.string({ unit: "grapheme", minLength: 1 }), fc.string({ unit: "binary", minLength: 1, maxLength: 200 }))
    .filter((text) => !text.includes("/") && !(text in {}));
  const ids = fc.array(id, { minLength: 1, maxLength: 5 });
  const inputs = fc.array(fc.string({ unit: "grapheme" }), { maxLength: 3 });

  test.each(RULES)("is always a valid $kind", (rule) => {
    fc.assert(
      fc.property(ids, inputs, (path, forced) => {
        const name = generatedName(at(...path), rule, forced);
        expect(name).toMatch(rule.pattern);
        expect(name.length).toBeLessThanOrEqual(rule.maxLength);
      }),
    );
  });

  test("differs whenever path or forced inputs differ, and else is equal", () => {
    fc.assert(
      fc.property(ids, inputs, ids, inputs, fc.boolean(), (path, forced, otherPath, otherForced, samePath) => {
        const one = at(...path);
        const two = at(...(samePath ? path : otherPath));
        const equal = one.node.path === two.node.path && JSON.stringify(forced) === JSON.stringify(otherForced);
        const name = generatedName(one, COMPUTE_NAME, forced);
        expect(generatedName(two, COMPUTE_NAME, otherForced) === name).toBe(equal);
        expect(generatedName(at(...path), COMPUTE_NAME, [...forced])).toBe(name);
      }),
    );
  });
});

describe("hashedSlug", () => {
  test("keeps letters and digits", () => {
    expect(hashedSlug("*.Api.example.com", 63)).toMatch(/^api-example-com-[a-z0-9]{6}$/);
  });

  test("begins with a letter where the text has none", () => {
    expect(hashedSlug("日本 42", 63)).toMatch(/^x-[a-z0-9]{6}$/);
  });

  test("cut between two words, keeps one hyphen before the hash", () => {
    expect(hashedSlug("chat service", 12)).toMatch(/^chat-[a-z0-9]{6}$/);
  });

  test("tells apart texts that read the same", () => {
    expect(hashedSlug("a.b", 63)).not.toBe(hashedSlug("a-b", 63));
  });
});

describe("chosenName", () => {
  test("is the user's own name", () => {
    expect(chosenName(at("Service"), CLOUD_RUN_NAME, "chat")).toBe("chat");
    expect(chosenName(at("Service"), CLOUD_RUN_NAME, "c".repeat(49))).toHaveLength(49);
  });

  test("is generated where the user gave none", () => {
    const where = at("Service");
    expect(chosenName(where, CLOUD_RUN_NAME, undefined)).toBe(generatedName(where, CLOUD_RUN_NAME));
  });

  test("leaves a name known only at apply alone", () => {
    const late = Lazy.stringValue({ produce: () => "Late Name" });
    expect(chosenName(at("Service"), CLOUD_RUN_NAME, late)).toBe(late);
  });

  test.each([
    [CLOUD_RUN_NAME, "c".repeat(50)],
    [CLOUD_RUN_NAME, "Chat"],
    [CLOUD_RUN_NAME, "chat-"],
    [CLOUD_RUN_NAME, "1chat"],
    [CLOUD_RUN_NAME, ""],
    [COMPUTE_NAME, "c".repeat(64)],
    [COMPUTE_NAME, "a_b"],
    [SERVICE_ACCOUNT_NAME, "short"],
    [SERVICE_ACCOUNT_NAME, "c".repeat(31)],
  ])("fails for a $kind that Google Cloud would reject at apply: %p", (rule, given) => {
    expect(() => chosenName(at("Service"), rule, given)).toThrow(
      `[test/Service] ${rule.kind}: got "${given}", allowed is ${rule.allowed}; shorten or respell it, or leave it out to have one generated`,
    );
  });
});

import { TerraformVariable, Token } from "cdktf";
import { EdgePolicy, type EdgePolicyProps, EdgeSecurity, EdgeSecurityPart } from "../../../lib";
import type { Block } from "../../../lib/topology/document";
import { only, synth, testStack } from "../../support";
import { decide, expressionOf, ruleAt, rulesOf } from "./edge-security-decide";

function policy(props: EdgePolicyProps) {
  const stack = testStack();
  new EdgePolicy(stack, "Policy", props);
  return only(synth(stack), "google_compute_security_policy");
}

function fails(props: EdgePolicyProps): () => EdgePolicy {
  return () => new EdgePolicy(testStack(), "Policy", props);
}

const addresses = (count: number) => Array.from({ length: count }, (_, index) => `203.0.113.${index}`);
const rangesOf = (rule: Block | undefined) => ((rule!.match as Block).config as Block).src_ip_ranges as string[];

describe("lists of addresses", () => {
  test("are split into rules of 10, which keep their priority and content when more are added at the end", () => {
    const [few, many] = [policy({ deniedIpRanges: addresses(12) }), policy({ deniedIpRanges: addresses(25) })];
    expect(rulesOf(few).map(({ priority }) => priority)).toEqual([10000, 10010, 2147483647]);
    expect(rulesOf(many).map(({ priority }) => priority)).toEqual([10000, 10010, 10020, 2147483647]);
    expect(ruleAt(many, 10000)).toEqual(ruleAt(few, 10000));
    expect([10000, 10010, 10020].flatMap((priority) => rangesOf(ruleAt(many, priority)))).toEqual(addresses(25));
  });

  test("denied ones are refused even inside a trusted range, which passes all the rest", () => {
    const stack = testStack();
    EdgeSecurity.forAiApi(stack, "Security", {
      deniedIpRanges: ["198.51.100.7"],
      trustedIpRanges: ["198.51.100.0/24"],
      onlyRegions: ["FR"],
    });
    const security = only(synth(stack), "google_compute_security_policy");
    expect(decide(security, { ip: "198.51.100.7" })).toBe(10000);
    expect(decide(security, { ip: "198.51.100.8", attacks: ["sqli"] })).toBe(11000);
    expect(decide(security, { ip: "198.51.101.8" })).toBe(12100);
  });

  test("trusted ones alone get in where the rest is denied", () => {
    const closed = policy({ trustedIpRanges: ["198.51.100.0/24"], denyByDefault: true });
    expect(decide(closed, { ip: "198.51.100.8" })).toBe(11000);
    expect(ruleAt(closed, decide(closed, { ip: "192.0.2.1" }))!.action).toBe("deny(403)");
  });

  test("only these: one rule that refuses all others and lets these go on", () => {
    const rule = ruleAt(policy({ onlyIpRanges: ["198.51.100.0/24", "2001:db8::/32"] }), 12200);
    expect(rule!.action).toBe("deny(403)");
    expect(expressionOf(rule)).toBe(
      "!inIpRange(origin.ip, '198.51.100.0/24') && !inIpRange(origin.ip, '2001:db8::/32')",
    );
  });

  test("may hold references", () => {
    const stack = testStack();
    const { stringValue } = new TerraformVariable(stack, "office", { type: "string" });
    new EdgePolicy(stack, "Policy", { trustedIpRanges: [stringValue] });
    expect(rangesOf(ruleAt(only(synth(stack), "google_compute_security_policy"), 11000))).toEqual(["${var.office}"]);
  });

  test.each<[string, EdgePolicyProps, string]>([
    [
      "a repeated range",
      { deniedIpRanges: ["192.0.2.1", "192.0.2.1"] },
      'deniedIpRanges: got "192.0.2.1", allowed is each value once',
    ],
    [
      "all addresses",
      { trustedIpRanges: ["*"] },
      'trustedIpRanges: got "*", allowed is at most 1000 addresses or ranges, not all',
    ],
    [
      "too many addresses",
      { deniedIpRanges: Array.from({ length: 1001 }, (_, index) => `10.0.${index >> 8}.${index & 255}`) },
      'deniedIpRanges: got "1001 ranges"',
    ],
    [
      "what is no address",
      { deniedIpRanges: ["203.0.113.0/33"] },
      'rule 10000 (Denied addresses, list 1), match.config.src_ip_ranges.0: got "203.0.113.0/33"',
    ],
    ["six accepted ranges", { onlyIpRanges: addresses(6) }, "allowed is 1 to 5 addresses or ranges"],
    ["no accepted ranges", { onlyIpRanges: [] }, "onlyIpRanges: got [], allowed is 1 to 5"],
    [
      "an accepted range that is none",
      { onlyIpRanges: ["office"] },
      "rule 12200 (All but the accepted addresses), match.expr.expression",
    ],
  ])("fails for %s", (_title, props, message) => {
    expect(fails(props)).toThrow(message);
    expect(fails(props)).toThrow("[test/Policy]");
  });

  test("fails for a list known only at apply, which cannot be split", () => {
    const stack = testStack();
    const { value } = new TerraformVariable(stack, "office", { type: "list(string)" });
    expect(() => new EdgePolicy(stack, "Policy", { deniedIpRanges: Token.asList(value) })).toThrow(
      'deniedIpRanges: got "a list known only at apply", allowed is a list known at synth; write its items out',
    );
  });
});

describe("regions", () => {
  test("denied ones, and all but the accepted ones, are refused", () => {
    const both = policy({ deniedRegions: ["KP", "RU"], onlyRegions: ["DE", "FR", "RU"] });
    expect(decide(both, { region: "RU" })).toBe(12000);
    expect(decide(both, { region: "US" })).toBe(12100);
    expect(decide(both, { region: "FR" })).toBe(2147483647);
  });

  test("an empty list of denied ones denies nobody", () => {
    expect(rulesOf(policy({ deniedRegions: [] }))).toHaveLength(1);
  });

  test.each<[string, EdgePolicyProps, string]>([
    [
      "lower case",
      { deniedRegions: ["de"] },
      'deniedRegions: got "de", allowed is a country code of ISO 3166-1 alpha-2',
    ],
    ["UK", { onlyRegions: ["UK"] }, "the United Kingdom is GB"],
    ["a repeated code", { onlyRegions: ["DE", "DE"] }, 'onlyRegions: got "DE", allowed is each value once'],
    ["no accepted region", { onlyRegions: [] }, "onlyRegions: got [], allowed is at least one country code"],
  ])("fails for %s", (_title, props, message) => {
    expect(fails(props)).toThrow(message);
  });

  test("fails for a code known only at apply", () => {
    const stack = testStack();
    const { stringValue } = new TerraformVariable(stack, "country", { type: "string" });
    expect(() => new EdgePolicy(stack, "Policy", { deniedRegions: [stringValue] })).toThrow("deniedRegions: got");
  });
});

test("a part in preview leaves the others acting", () => {
  const props = { deniedIpRanges: ["192.0.2.1"], trustedIpRanges: ["192.0.2.2"], onlyRegions: ["FR"] };
  const decided = (previewParts?: EdgeSecurityPart[]) =>
    ["192.0.2.1", "192.0.2.2", "192.0.2.3"].map((ip) => decide(policy({ ...props, previewParts }), { ip }));
  expect(decided()).toEqual([10000, 11000, 12100]);
  expect(decided([EdgeSecurityPart.DENIED_IP_RANGES])).toEqual([12100, 11000, 12100]);
  expect(decided([EdgeSecurityPart.TRUSTED_IP_RANGES])).toEqual([10000, 12100, 12100]);
  expect(decided([EdgeSecurityPart.ORIGINS])).toEqual([10000, 11000, 2147483647]);
});

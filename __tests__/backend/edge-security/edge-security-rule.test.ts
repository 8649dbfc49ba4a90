import { TerraformVariable } from "cdktf";
import { EdgeAction, EdgeRateKey, type EdgeRule, EdgeSecurity } from "../../../lib";
import { only, synth, testStack } from "../../support";
import { decide, ruleAt, rulesOf } from "./edge-security-decide";

function withRules(...rules: EdgeRule[]) {
  const stack = testStack();
  new EdgeSecurity(stack, "Security", { rules });
  return only(synth(stack), "google_compute_security_policy");
}

const action = EdgeAction.deny();
const rule = (options: Partial<EdgeRule>): EdgeRule => ({
  priority: 100,
  action,
  expression: "request.path == '/x'",
  ...options,
});

describe("a rule of one's own", () => {
  test("stands at its priority, by expression or by ranges", () => {
    const policy = withRules(rule({ priority: 20000, description: "Old path" }), {
      priority: 60000,
      action: EdgeAction.allow(),
      ipRanges: ["192.0.2.0/24"],
      preview: true,
    });
    expect(ruleAt(policy, 20000)).toEqual({
      priority: 20000,
      action: "deny(403)",
      description: "Old path",
      match: { expr: { expression: "request.path == '/x'" } },
      preview: false,
    });
    expect(ruleAt(policy, 60000)).toEqual({
      priority: 60000,
      action: "allow",
      match: { versioned_expr: "SRC_IPS_V1", config: { src_ip_ranges: ["192.0.2.0/24"] } },
      preview: true,
    });
  });

  test("is asked where its band says, between the preset's own rules, which keep their priorities", () => {
    const stack = testStack();
    const security = EdgeSecurity.forAiApi(stack, "Security");
    for (const [priority, path] of [
      [0, "/a"],
      [40000, "/b"],
      [60000, "/c"],
    ] as const) {
      security.addRule({ priority, action, expression: `request.path == '${path}'` });
    }
    const plain = testStack();
    EdgeSecurity.forAiApi(plain, "Security");
    const policy = only(synth(stack), "google_compute_security_policy");
    const headers = { authorization: "k" };
    expect(decide(policy, { path: "/a" })).toBe(0);
    expect(decide(policy, { path: "/b" })).toBe(31000);
    expect(decide(policy, { path: "/b", headers, attacks: ["sqli"] })).toBe(40000);
    expect(decide(policy, { path: "/c", headers, attacks: ["sqli"] })).toBe(50000);
    expect(decide(policy, { path: "/c", headers })).toBe(60000);
    const own = [0, 40000, 60000];
    expect(rulesOf(policy).filter(({ priority }) => !own.includes(Number(priority)))).toEqual(
      rulesOf(only(synth(plain), "google_compute_security_policy")),
    );
  });

  test("stands in the same place, in whichever order rules are added", () => {
    const [first, second] = [rule({ priority: 20 }), rule({ priority: 10, expression: "request.path == '/y'" })];
    expect(rulesOf(withRules(first, second))).toEqual(rulesOf(withRules(second, first)));
    expect(rulesOf(withRules(first, second)).map(({ priority }) => priority)).toEqual([10, 20, 2147483647]);
  });

  test("is only logged in a policy in preview, unless it says otherwise", () => {
    const stack = testStack();
    new EdgeSecurity(stack, "Security", {
      preview: true,
      rules: [rule({ priority: 1 }), rule({ priority: 2, preview: false })],
    });
    const policy = only(synth(stack), "google_compute_security_policy");
    expect([1, 2].map((priority) => ruleAt(policy, priority)!.preview)).toEqual([true, false]);
  });

  test("may have an expression known only at apply", () => {
    const stack = testStack();
    const { stringValue } = new TerraformVariable(stack, "condition", { type: "string" });
    const security = new EdgeSecurity(stack, "Security", { rules: [rule({ expression: stringValue })] });
    expect(security.mostSubexpressions).toBe(0);
    expect(JSON.stringify(synth(stack).resources)).toContain("${var.condition}");
  });

  const many = Array.from({ length: 6 }, (_, index) => `request.path == '/${index}'`).join(" || ");
  test.each<[string, Partial<EdgeRule>, string]>([
    [
      "a priority in a band of the construct",
      { priority: 31000 },
      "rule priority: got 31000, allowed is 0 to 9999, 20000 to 29999, 40000 to 49999, 60000 to 69999",
    ],
    ["the default rule's priority", { priority: 2147483647 }, "rule priority: got 2147483647"],
    ["a negative priority", { priority: -1 }, "rule priority: got -1"],
    ["half a priority", { priority: 1.5 }, "rule priority: got 1.5"],
    [
      "no condition",
      { expression: undefined },
      'rule 100: got "neither expression nor ipRanges", allowed is one of them',
    ],
    ["two conditions", { ipRanges: ["*"] }, 'rule 100: got "both expression and ipRanges"'],
    [
      "a syntax error",
      { expression: "request.path ==" },
      "must be of the Common Expression Language (expected a value, found the end at character 16)",
    ],
    [
      "an attribute that does not exist",
      { expression: "request.body == 'x'" },
      "must read attributes that Cloud Armor has (request.body)",
    ],
    [
      "a function that does not exist",
      { expression: "request.path.glob('/x')" },
      "must call functions that Cloud Armor has",
    ],
    [
      "types that do not fit",
      { expression: "request.path == 5" },
      "its parts must have fitting types (a string == a int)",
    ],
    ["too many subexpressions", { expression: many }, "must join at most 5 subexpressions (6 subexpressions)"],
    [
      "a regular expression that RE2 has not",
      { expression: "request.path.matches('(?=x)')" },
      "the regular expressions of matches() must be of RE2",
    ],
    [
      "a header in upper case",
      { expression: "has(request.headers['X-Key']) && request.headers['X-Key'] == 'a'" },
      "write the header name in lower case",
    ],
    [
      "11 ranges",
      { expression: undefined, ipRanges: Array.from({ length: 11 }, (_, index) => `192.0.2.${index}`) },
      "rule 100, match.config.src_ip_ranges",
    ],
    ["a long description", { description: "x".repeat(65) }, "allowed is 0 to 64 characters"],
    ["a status that Cloud Armor has not", { action: EdgeAction.deny(401) }, 'rule 100, action: got "deny(401)"'],
    [
      "an interval that Cloud Armor has not",
      { action: EdgeAction.throttle({ requests: 5, intervalSeconds: 45 }) },
      "rate_limit_options.rate_limit_threshold.interval_sec: got 45",
    ],
    [
      "no requests",
      { action: EdgeAction.throttle({ requests: 0 }) },
      "rate_limit_options.rate_limit_threshold.count: got 0",
    ],
    [
      "a ban over 10,000 requests",
      { action: EdgeAction.ban({ requests: 10001, banSeconds: 60 }) },
      "rate_limit_threshold.count: got 10001",
    ],
    [
      "a ban of 61 seconds",
      { action: EdgeAction.ban({ requests: 5, banSeconds: 61 }) },
      "rate_limit_options.ban_duration_sec: got 61",
    ],
    [
      "a ban of no time",
      { action: EdgeAction.ban({ requests: 5, banSeconds: 0 }) },
      "rate_limit_options.ban_duration_sec: got 0",
    ],
    [
      "a repeated key",
      { action: EdgeAction.throttle({ requests: 5, keys: [EdgeRateKey.ip(), EdgeRateKey.ip()] }) },
      "remove the repeated key",
    ],
    [
      "four keys",
      {
        action: EdgeAction.throttle({
          requests: 5,
          keys: [EdgeRateKey.ip(), EdgeRateKey.path(), EdgeRateKey.regionCode(), EdgeRateKey.header("a")],
        }),
      },
      "allowed is at most 3 items",
    ],
  ])("fails for %s", (_title, options, message) => {
    const construct = () => new EdgeSecurity(testStack(), "Security", { rules: [rule(options)] });
    expect(construct).toThrow(message);
    expect(construct).toThrow("[test/Security]");
  });

  test("fails for a priority that is taken, and leaves the policy as it was", () => {
    const stack = testStack();
    const security = new EdgeSecurity(stack, "Security", { rules: [rule({})] });
    expect(() => security.addRule(rule({ expression: "request.path == '/y'" }))).toThrow(
      "rule priority: got 100, allowed is a different priority for each rule",
    );
    expect(security.ruleCount).toBe(2);
    expect(rulesOf(only(synth(stack), "google_compute_security_policy"))).toHaveLength(2);
  });
});

describe("actions", () => {
  const rendered = (given: EdgeAction) => {
    const { action: name, rate_limit_options, redirect_options } = ruleAt(withRules(rule({ action: given })), 100)!;
    return { name, rate_limit_options, redirect_options };
  };

  test("a throttle counts by address and refuses with 429 unless told otherwise", () => {
    expect(rendered(EdgeAction.throttle({ requests: 5 }))).toMatchObject({
      name: "throttle",
      rate_limit_options: {
        conform_action: "allow",
        exceed_action: "deny(429)",
        enforce_on_key: "IP",
        rate_limit_threshold: { count: 5, interval_sec: 60 },
      },
    });
  });

  test.each([
    [[EdgeRateKey.header("x-api-key")], { enforce_on_key: "HTTP_HEADER", enforce_on_key_name: "x-api-key" }],
    [[EdgeRateKey.cookie("session")], { enforce_on_key: "HTTP_COOKIE", enforce_on_key_name: "session" }],
    [[EdgeRateKey.all()], { enforce_on_key: "ALL" }],
    [[EdgeRateKey.regionCode()], { enforce_on_key: "REGION_CODE" }],
    [
      [EdgeRateKey.header("x-api-key"), EdgeRateKey.path()],
      {
        enforce_on_key: "",
        enforce_on_key_configs: [
          { enforce_on_key_type: "HTTP_HEADER", enforce_on_key_name: "x-api-key" },
          { enforce_on_key_type: "HTTP_PATH" },
        ],
      },
    ],
  ])("counts by key %#", (keys, expected) => {
    expect(rendered(EdgeAction.throttle({ requests: 5, keys })).rate_limit_options).toMatchObject(expected);
  });

  test("a ban lasts, and may have a threshold of its own", () => {
    const ban = EdgeAction.ban({
      requests: 5,
      intervalSeconds: 30,
      banSeconds: 600,
      banAfterRequests: 50,
      exceedStatus: 403,
    });
    expect(rendered(ban)).toMatchObject({
      name: "rate_based_ban",
      rate_limit_options: {
        exceed_action: "deny(403)",
        ban_duration_sec: 600,
        ban_threshold: { count: 50, interval_sec: 30 },
      },
    });
  });

  test("a redirect goes to its URL, a challenge to none", () => {
    expect(rendered(EdgeAction.redirect("https://example.com/")).redirect_options).toEqual({
      type: "EXTERNAL_302",
      target: "https://example.com/",
    });
    expect(rendered(EdgeAction.recaptchaChallenge()).redirect_options).toEqual({ type: "GOOGLE_RECAPTCHA" });
  });
});

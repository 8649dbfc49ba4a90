import { ComputeBackendService } from "@cdktf/provider-google/lib/compute-backend-service";
import fc from "fast-check";
import {
  EdgeBodyInspection,
  EdgeSecurity,
  EdgeSecurityPart,
  type EdgeSecurityProps,
  EdgeWafRuleSet,
  GoogleProviderVersion,
} from "../../../lib";
import { cloudArmorRules } from "../../../lib/rules/cloud-armor";
import { evaluate } from "../../../lib/rules/evaluate";
import type { Block } from "../../../lib/topology/document";
import { dependsOn, only, synth, testStack } from "../../support";
import { decide, expressionOf, ruleAt, rulesOf } from "./edge-security-decide";

function preset(props: EdgeSecurityProps = {}) {
  const stack = testStack();
  EdgeSecurity.forAiApi(stack, "Security", props);
  return only(synth(stack), "google_compute_security_policy");
}

function bare(props: EdgeSecurityProps = {}) {
  const stack = testStack();
  new EdgeSecurity(stack, "Security", props);
  return only(synth(stack), "google_compute_security_policy");
}

const KEY = { authorization: "Bearer secret" };
const chat = (length: number) => ({
  method: "POST",
  path: "/v1/chat",
  headers: { ...KEY, "content-length": String(length) },
});
const [NO_KEY, TOO_LONG, WAF, WAF_BODY, PER_KEY, PER_IP, REST] = [31000, 32000, 50000, 50010, 70000, 71500, 2147483647];

describe("the policy", () => {
  test("is of type CLOUD_ARMOR, replaced beside its predecessor, after its API", () => {
    const policy = bare();
    expect(policy.values.type).toBe("CLOUD_ARMOR");
    expect(policy.values.name).toMatch(/^test-security-[a-z0-9]{6}$/);
    expect(policy.values.lifecycle).toEqual({ create_before_destroy: true });
    expect(dependsOn(policy)).toEqual([expect.stringMatching(/^google_project_service\.ProjectServices_compute_/)]);
  });

  test("keeps its name whatever its rules are", () => {
    expect(preset({ deniedRegions: ["KP"], preview: true }).values.name).toBe(bare().values.name);
  });

  test("filters nothing by itself", () => {
    expect(rulesOf(bare()).map(({ priority, action }) => [priority, action])).toEqual([[REST, "allow"]]);
  });

  test("is attached by its id", () => {
    const stack = testStack();
    const { policyId } = EdgeSecurity.forAiApi(stack, "Security");
    new ComputeBackendService(stack, "Backend", { name: "chat", securityPolicy: policyId });
    const document = synth(stack);
    const { security_policy } = only(document, "google_compute_backend_service").values;
    expect(document.target(security_policy)?.path).toBe("test/Security/Resource");
  });

  test("writes options out where they are off, because provider 6.50.0 cannot take their blocks away", () => {
    const { advanced_options_config, adaptive_protection_config } = bare().values;
    expect(advanced_options_config).toEqual({ json_parsing: "STANDARD", log_level: "NORMAL" });
    expect(adaptive_protection_config).toEqual({
      layer_7_ddos_defense_config: { enable: false, rule_visibility: "STANDARD" },
    });
    expect(rulesOf(preset()).map(({ preview }) => preview)).toEqual(rulesOf(preset()).map(() => false));
  });

  test("turns on what is asked for", () => {
    const { values } = bare({
      adaptiveProtection: true,
      verboseLogging: true,
      jsonContentTypes: ["application/vnd.api+json"],
      description: "Chat",
    });
    expect(values).toMatchObject({
      description: "Chat",
      advanced_options_config: {
        log_level: "VERBOSE",
        json_custom_config: { content_types: ["application/vnd.api+json"] },
      },
      adaptive_protection_config: { layer_7_ddos_defense_config: { enable: true } },
    });
  });

  test("raises the provider's version for a larger body, and for nothing else", () => {
    const versionFor = (props: EdgeSecurityProps) => {
      const stack = testStack();
      EdgeSecurity.forAiApi(stack, "Security", props);
      const { values } = only(synth(stack), "google_compute_security_policy");
      const json = stack.toTerraform() as { terraform: { required_providers: { google: { version: string } } } };
      return [
        json.terraform.required_providers.google.version,
        (values.advanced_options_config as Block).request_body_inspection_size,
      ];
    };
    expect(versionFor({ inspectedBodyKiB: 64 })).toEqual([">= 7.17.0, < 8.0.0", "64KB"]);
    expect(versionFor({})).toEqual(["6.50.0", undefined]);
  });

  test("fails for a larger body on a stack pinned to an older provider", () => {
    const stack = testStack();
    GoogleProviderVersion.of(stack).pin("7.16.0");
    expect(() => new EdgeSecurity(stack, "Security", { inspectedBodyKiB: 16 })).toThrow(
      'got "7.16.0", allowed is 7.17.0 or later, because of google_compute_security_policy.request_body_inspection_size',
    );
  });
});

describe("the preset", () => {
  const policy = preset();

  test.each([
    ["no key", { path: "/v1/chat" }, NO_KEY],
    ["no key on the health path", { path: "/health" }, PER_IP],
    ["no key below the health path", { path: "/health/x" }, NO_KEY],
    ["a preflight", { path: "/v1/chat", method: "OPTIONS" }, PER_IP],
    ["a key", { path: "/v1/models", headers: KEY }, PER_KEY],
    ["a prompt", chat(5000), PER_KEY],
    ["a body of 32 MiB", chat(33554432), PER_KEY],
    ["a body over 32 MiB", chat(33554433), TOO_LONG],
    ["an attack in the query", { headers: KEY, attacks: ["sqli"] }, WAF],
    ["an attack beside a short body", { ...chat(8192), attacks: ["sqli"] }, WAF_BODY],
    ["a prompt longer than what is inspected", { ...chat(8193), attacks: ["sqli"] }, PER_KEY],
    ["a prompt of undeclared length", { method: "POST", headers: KEY, attacks: ["xss"] }, PER_KEY],
    ["local file inclusion", { headers: KEY, attacks: ["lfi"] }, 50100],
    ["a rule set that was not chosen", { headers: KEY, attacks: ["php"] }, PER_KEY],
  ])("decides about %s", (_title, request, expected) => {
    expect(decide(policy, request)).toBe(expected);
  });

  test("excludes the values of parameters from the inspection of bodies only, and the key's header everywhere", () => {
    const exclusions = (priority: number) =>
      ((ruleAt(policy, priority)!.preconfigured_waf_config as Block).exclusion as Block[])[0];
    const request_header = [{ operator: "EQUALS", value: "authorization" }];
    expect(exclusions(WAF)).toEqual({ target_rule_set: "sqli-v33-stable", request_header });
    expect(exclusions(WAF_BODY)).toEqual({
      target_rule_set: "sqli-v33-stable",
      request_header,
      request_query_param: [{ operator: "EQUALS_ANY" }],
    });
  });

  test("counts by the key's header, and by address with a ban", () => {
    expect(ruleAt(policy, PER_KEY)).toMatchObject({
      action: "throttle",
      rate_limit_options: {
        enforce_on_key: "HTTP_HEADER",
        enforce_on_key_name: "authorization",
        exceed_action: "deny(429)",
        rate_limit_threshold: { count: 600, interval_sec: 60 },
      },
    });
    expect(ruleAt(policy, PER_IP)).toMatchObject({
      action: "rate_based_ban",
      rate_limit_options: { enforce_on_key: "IP", ban_duration_sec: 300 },
    });
  });

  test("reads the header that is named, in lower case", () => {
    const other = preset({ apiKeyHeader: "X-Api-Key" });
    expect(decide(other, { headers: KEY })).toBe(NO_KEY);
    expect(decide(other, { headers: { "x-api-key": "k" } })).toBe(PER_KEY);
  });

  test("lets paths below a prefix pass without a key, and takes dots literally", () => {
    const other = preset({ keylessPaths: ["/docs/*", "/v1.0/a+b"] });
    expect(decide(other, { path: "/docs/guide/intro" })).toBe(PER_IP);
    expect(decide(other, { path: "/docs" })).toBe(NO_KEY);
    expect(decide(other, { path: "/v1.0/a+b" })).toBe(PER_IP);
    expect(decide(other, { path: "/v1x0/a+b" })).toBe(NO_KEY);
  });

  test("leaves each part out", () => {
    const other = preset({
      requireApiKey: false,
      maxBodyKiB: 0,
      wafRuleSets: [],
      requestsPerMinutePerKey: 0,
      requestsPerMinutePerIp: 0,
      adaptiveProtection: false,
    });
    expect(rulesOf(other)).toHaveLength(1);
    expect(other.values.adaptive_protection_config).toMatchObject({ layer_7_ddos_defense_config: { enable: false } });
  });

  test("takes undefined as not given", () => {
    expect(rulesOf(preset({ wafRuleSets: undefined, maxBodyKiB: undefined }))).toEqual(rulesOf(policy));
  });

  test("refuses bodies of undeclared length on request", () => {
    const strict = preset({ requireContentLength: true });
    expect(decide(strict, { method: "POST", headers: KEY })).toBe(32100);
    expect(decide(strict, { method: "GET", headers: KEY })).toBe(PER_KEY);
  });
});

describe("the WAF", () => {
  test("does not look at requests with a body on request", () => {
    const policy = preset({ wafBodies: EdgeBodyInspection.none() });
    expect(decide(policy, { ...chat(100), attacks: ["sqli", "lfi"] })).toBe(PER_KEY);
    expect(decide(policy, { headers: KEY, attacks: ["sqli"] })).toBe(WAF);
  });

  test("looks at bodies of any length, values too, on request", () => {
    const policy = preset({ wafBodies: EdgeBodyInspection.full() });
    expect(decide(policy, { ...chat(100_000), attacks: ["sqli"] })).toBe(50020);
    expect(JSON.stringify(ruleAt(policy, 50020))).not.toContain("EQUALS_ANY");
  });

  test("looks at longer bodies where more is inspected", () => {
    expect(decide(preset({ inspectedBodyKiB: 64 }), { ...chat(65536), attacks: ["sqli"] })).toBe(WAF_BODY);
  });

  test("takes the sensitivity, and leaves signatures out of their own set", () => {
    const id = "owasp-crs-v030301-id942350-sqli";
    const expression = expressionOf(ruleAt(preset({ wafSensitivity: 3, wafOptOutSignatures: [id] }), WAF));
    expect(expression).toContain(`('sqli-v33-stable', {'sensitivity': 3, 'opt_out_rule_ids': ['${id}']})`);
    expect(expression).toContain("('xss-v33-stable', {'sensitivity': 3})");
  });

  test("gives each rule set the same place, whichever others are chosen", () => {
    const sets = Object.values(EdgeWafRuleSet);
    const placeOf = (set: string, chosen: EdgeWafRuleSet[]) =>
      decide(bare({ wafRuleSets: chosen }), { attacks: [set] });
    for (const set of sets) expect(placeOf(set, [set])).toBe(placeOf(set, sets));
  });
});

describe("preview", () => {
  test("logs only, and lets the default rule allow", () => {
    expect(decide(preset({ preview: true }), { path: "/v1/chat", attacks: ["sqli"] })).toBe(REST);
    expect(ruleAt(bare({ denyByDefault: true }), REST)).toMatchObject({ action: "deny(403)" });
    const policy = bare({ preview: true, denyByDefault: true });
    expect(ruleAt(policy, REST)).toMatchObject({ action: "allow", preview: false });
  });

  test.each([
    [EdgeSecurityPart.API_KEY, { path: "/x" }, NO_KEY, PER_IP],
    [EdgeSecurityPart.BODY_SIZE, chat(33554433), TOO_LONG, PER_KEY],
    [EdgeSecurityPart.WAF, { headers: KEY, attacks: ["sqli"] }, WAF, PER_KEY],
    [EdgeSecurityPart.RATES, { headers: KEY }, PER_KEY, REST],
  ])("of %s leaves the other parts acting", (part, request, enforced, previewed) => {
    expect(decide(preset(), request)).toBe(enforced);
    expect(decide(preset({ previewParts: [part] }), request)).toBe(previewed);
    const inPreview = rulesOf(preset({ previewParts: [part] })).filter(({ preview }) => preview);
    expect(inPreview.length).toBeLessThan(rulesOf(preset()).length - 3);
  });
});

test("whatever is chosen, the rulebook has nothing against it, and a request with a key and nothing suspicious reaches a limit", () => {
  const ban = fc.constantFrom(0, 60, 3600);
  const props = fc.record({
    apiKeyHeader: fc.constantFrom("authorization", "X-Api-Key"),
    requireApiKey: fc.boolean(),
    keylessPaths: fc.subarray(["/health", "/docs/*", "/v1.0/a+b"]),
    maxBodyKiB: fc.constantFrom(0, 1, 32768),
    requireContentLength: fc.boolean(),
    requestsPerMinutePerKey: fc.integer({ min: 1, max: 10000 }),
    keyBanSeconds: ban,
    requestsPerMinutePerIp: fc.integer({ min: 0, max: 10000 }),
    ipBanSeconds: ban,
    wafRuleSets: fc.subarray(Object.values(EdgeWafRuleSet)),
    wafSensitivity: fc.integer({ min: 1, max: 4 }),
    wafBodies: fc.constantFrom(
      EdgeBodyInspection.none(),
      EdgeBodyInspection.withoutValues(),
      EdgeBodyInspection.full(),
    ),
    deniedRegions: fc.subarray(["KP", "RU"]),
    adaptiveProtection: fc.boolean(),
  });
  fc.assert(
    fc.property(props, (options) => {
      const stack = testStack();
      EdgeSecurity.forAiApi(stack, "Security", options);
      const document = synth(stack);
      expect(evaluate(document, cloudArmorRules).findings).toEqual([]);
      const headers = { [options.apiKeyHeader.toLowerCase()]: "k", "content-length": "10" };
      const decided = decide(only(document, "google_compute_security_policy"), { method: "POST", headers });
      expect(decided).toBe(options.keyBanSeconds === 0 ? 70000 : 70500);
    }),
    { numRuns: 60 },
  );
});

import {
  EdgeAction,
  EdgeSecurity,
  RegionBackendService,
  RegionBackendTarget,
  RegionEdgeSecurity,
  type RegionEdgeSecurityProps,
} from "../../../lib";
import { allRules } from "../../../lib/rules/all-rules";
import { evaluate } from "../../../lib/rules/evaluate";
import { cloudRun } from "../../regional-support";
import { attributes, only, synth, testStack } from "../../support";

const BELGIUM = "europe-west1";
const REDIRECT = { priority: 20_000, action: EdgeAction.redirect("https://example.com/"), ipRanges: ["192.0.2.0/24"] };

function policy(props: Partial<RegionEdgeSecurityProps> = {}, region = BELGIUM): RegionEdgeSecurity {
  return new RegionEdgeSecurity(testStack(), "Policy", { region, ...props });
}

test("has the rules of the global policy, in the region, and is attached there", () => {
  const stack = testStack();
  const security = RegionEdgeSecurity.forAiApi(stack, "Policy", { region: BELGIUM, deniedIpRanges: ["192.0.2.0/24"] });
  security.addRule({ priority: 20_000, action: EdgeAction.deny(), expression: "request.path == '/admin'" });
  new RegionBackendService(stack, "Backend", {
    target: RegionBackendTarget.cloudRun(cloudRun(stack, BELGIUM)),
    securityPolicyId: security.policyId,
  });
  const document = synth(stack);
  const resource = only(document, "google_compute_region_security_policy");

  const other = testStack();
  const global = EdgeSecurity.forAiApi(other, "Policy", { deniedIpRanges: ["192.0.2.0/24"] });
  global.addRule({ priority: 20_000, action: EdgeAction.deny(), expression: "request.path == '/admin'" });
  const expected = only(synth(other), "google_compute_security_policy");

  const { rules, ...rest } = attributes(resource);
  expect(rules).toEqual(expected.values.rule);
  expect(rest).toEqual({
    name: expect.stringMatching(/^test-policy-[a-z0-9]{6}$/),
    region: BELGIUM,
    type: "CLOUD_ARMOR",
    advanced_options_config: { json_parsing: "STANDARD", log_level: "NORMAL" },
  });
  expect(resource.values.lifecycle).toEqual({ create_before_destroy: true });
  expect(document.target(only(document, "google_compute_region_backend_service").values.security_policy)).toBe(
    resource,
  );
  expect([security.ruleCount, security.expressionRuleCount]).toEqual([global.ruleCount, global.expressionRuleCount]);
  expect(evaluate(document, allRules).findings.filter(({ severity }) => severity === "error")).toEqual([]);
});

test("its name follows the region", () => {
  const name = (security: RegionEdgeSecurity) => security.resource.nameInput;
  expect(name(policy({ requestsPerMinutePerIp: 60 }))).toBe(name(policy()));
  expect(name(policy({}, "asia-northeast1"))).not.toBe(name(policy()));
});

test.each<[string, Partial<RegionEdgeSecurityProps>]>([
  ["adaptiveProtection: got true", { adaptiveProtection: true }],
  ["inspectedBodyKiB: got 16", { inspectedBodyKiB: 16 }],
  ["regional policies do not redirect", { rules: [REDIRECT] }],
  ["europe-west7", { region: "europe-west7" }],
  ["rule priority: got 5", { rules: [{ ...REDIRECT, priority: 50_000 }] }],
])("fails: %s", (message, props) => {
  expect(() => policy(props)).toThrow(message);
});

test("fails with an added rule that redirects, and stays as it was", () => {
  const security = policy();
  expect(() => security.addRule(REDIRECT)).toThrow("regional policies do not redirect");
  expect(security.ruleCount).toBe(1);
});

test("fails with what only global policies can ask", () => {
  const rule = {
    priority: 20_000,
    action: EdgeAction.deny(),
    expression: "evaluateThreatIntelligence('iplist-known-malicious-ips')",
  };
  expect(() => policy({ rules: [rule] })).toThrow("global");
});
